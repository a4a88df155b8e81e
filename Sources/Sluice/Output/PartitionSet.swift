// Takes rows in input order and sorts them into partitions. A few partitions, the first that occur, have a
// compressor of their own and write as rows come. The rows of the others collect in memory, then in the
// spill log, and are compressed when all rows are in, several partitions at a time. The bytes of a part are
// the same either way.

internal import ByteScan
internal import Compression
internal import Pipeline
internal import Storage
internal import SystemPackage

/// What a partition is called.
struct PartitionName: Sendable {
  /// The directory below `data`, empty without partitioning: `stage=Complete/batch=rain`.
  var directory: String
  /// Each key and its value.
  var values: [(key: PartitionKey, value: [UInt8]?)]
}

/// A finished partition.
struct PartitionFiles: Sendable {
  var name: PartitionName
  var parts: [PartFile]
}

/// How much the partitions may hold.
struct PartitionBudget: Sendable {
  /// How many partitions have a compressor from their first row on.
  var openWriters: Int
  /// How many bytes of rows may wait in memory.
  var waitingBytes: Int
  /// How many partitions are compressed at a time once all rows are in.
  var lateWriters: Int
}

/// Makes places for parts below `data`.
typealias PartCreator = @Sendable (_ directory: String, _ name: String) throws -> any PartDestination

/// What it takes to write a partition.
struct PartWriterPlan: Sendable {
  var options: OutputOptions
  var kernel: ScanKernel
  /// Counts the threads that compress.
  var threads: ThreadLimit
  var create: PartCreator

  /// Makes an encoder that compresses on `workers` threads, for one partition at a time.
  func makeEncoder(workers: Int) throws -> PartEncoder {
    try PartEncoder(options.compression(workers: workers), threads: threads)
  }

  /// Makes the writer of one partition.
  func makeWriter(_ name: PartitionName, _ encoder: PartEncoder) -> PartWriter {
    let create = self.create
    return PartWriter(options, encoder: encoder, kernel: kernel) {
      try create(name.directory, $0)
    }
  }
}

/// Where the rows of a run go.
final class PartitionSet {
  private struct Partition {
    let name: PartitionName
    var writer: PartWriter?
    var late: LateRows
  }

  private let plan: PartWriterPlan
  private let workers: Int
  private let budget: PartitionBudget
  private let records: RecordBudget
  private let scratch: Scratch
  private var partitions: [Partition] = []
  /// The numbers of partitions by the hashes of their directories, or by the next free number above.
  private var indices: [Int: Int] = [:]
  private var waiting: WaitingRows
  private var spill: SpillLog?
  /// The encoder of the first partition, made before workers take the threads that it needs.
  private var firstEncoder: PartEncoder?

  /// Makes an empty set.
  ///
  /// - Throws: What making an encoder throws.
  init(
    _ plan: PartWriterPlan, workers: Int, budget: PartitionBudget, records: RecordBudget, scratch: Scratch
  ) throws {
    self.plan = plan
    self.workers = workers
    self.budget = budget
    self.records = records
    self.scratch = scratch
    waiting = WaitingRows(capacity: budget.waitingBytes)
    firstEncoder = try plan.makeEncoder(workers: workers)
  }

  /// The number of a partition, which is made if it is new.
  func index(of name: PartitionName) throws -> Int {
    var hash = Self.hash(name.directory)
    while let known = indices[hash] {
      // By bytes: as text, names that differ in their Unicode form alone would be equal.
      if partitions[known].name.directory.utf8.elementsEqual(name.directory.utf8) { return known }
      hash &+= 1
    }
    try records.addPartition(name)
    let isOpen = partitions.count < budget.openWriters
    let writer =
      isOpen ? try plan.makeWriter(name, firstEncoder.take() ?? plan.makeEncoder(workers: workers)) : nil
    partitions.append(Partition(name: name, writer: writer, late: LateRows()))
    indices[hash] = partitions.count - 1
    return partitions.count - 1
  }

  private static func hash(_ directory: String) -> Int {
    var hasher = Hasher()
    var directory = directory
    directory.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    return hasher.finalize()
  }

  /// Adds bytes of a row, with its newline at the end, to a partition.
  func append(_ bytes: Span<UInt8>, to index: Int) throws {
    if let writer = partitions[index].writer {
      try writer.write(bytes)
      return
    }
    if waiting.append(bytes, to: &partitions[index].late.waiting) { return }
    let log = try spillAll()
    if waiting.append(bytes, to: &partitions[index].late.waiting) { return }
    try log.append([UInt8](bytes), to: &partitions[index].late.spilled)
  }

  /// Waits until no thread of a compressor works.
  func settle() throws {
    for index in partitions.indices.prefix(budget.openWriters) { try partitions[index].writer?.settle() }
  }

  /// Finishes all parts.
  ///
  /// - Returns: The partitions in the order of their directories.
  func finish() throws -> [PartitionFiles] {
    firstEncoder = nil
    var files: [PartitionFiles] = []
    let late = partitions.filter { $0.writer == nil }
    for index in partitions.indices {
      guard let writer = partitions[index].writer else { continue }
      plan.threads.enter()
      defer { plan.threads.leave() }
      try writer.finish()
      files.append(PartitionFiles(name: partitions[index].name, parts: writer.finished))
      // Its compressor's memory is counted for those that come now.
      partitions[index].writer = nil
    }
    let results = ConditionLock([PartitionFiles]())
    // One thread of libzstd a partition: its bytes do not depend on how many there are.
    try WorkerGroup(count: min(budget.lateWriters, workers)).forEach(
      below: late.count, with: { [plan] in try plan.makeEncoder(workers: 1) }
    ) {
      [plan, spill, waiting, names = late.map(\.name), rows = late.map(\.late)] encoder, index in
      plan.threads.enter()
      defer { plan.threads.leave() }
      let writer = plan.makeWriter(names[index], encoder)
      try rows[index].write(to: writer, from: spill, waiting)
      let files = PartitionFiles(name: names[index], parts: writer.finished)
      results.withLock { $0.append(files) }
    }
    return (files + results.withLock { $0 }).sorted {
      $0.name.directory.utf8.lexicographicallyPrecedes($1.name.directory.utf8)
    }
  }

  /// Moves all rows that wait to the spill log.
  private func spillAll() throws -> SpillLog {
    let log = try spill ?? SpillLog(scratch.makeSpool())
    spill = log
    var piece: [UInt8] = []
    for index in partitions.indices where !partitions[index].late.waiting.isEmpty {
      try waiting.visit(partitions[index].late.waiting) { bytes in
        piece.append(bytes)
        if piece.count < LateRows.pieceSize { return }
        try log.append(piece, to: &partitions[index].late.spilled)
        piece.removeAll(keepingCapacity: true)
      }
      if !piece.isEmpty { try log.append(piece, to: &partitions[index].late.spilled) }
      piece.removeAll(keepingCapacity: true)
      partitions[index].late.waiting = []
    }
    waiting.removeAll()
    return log
  }
}

/// Rows that wait for their partition's turn.
private struct LateRows: Sendable {
  static let pieceSize = 1 << 20

  var waiting: WaitingRows.Places = []
  var spilled = SpillLog.Chain()

  /// Writes and finishes the partition's parts.
  func write(to writer: PartWriter, from log: SpillLog?, _ rows: WaitingRows) throws {
    try log?.read(spilled, pieceSize: Self.pieceSize) { try writer.write($0) }
    try rows.visit(waiting) { try writer.write($0) }
    try writer.finish()
  }
}
