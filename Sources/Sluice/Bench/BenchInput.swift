// The input of a measurement, opened anew for each figure, and what is measured over all of it: reading it,
// decompressing it, and running over it with nothing written.

internal import Compression
internal import Dispatch
internal import Pipeline
internal import Sharding
internal import Storage
internal import Synchronization
internal import SystemPackage

/// An input that is read again and again.
struct BenchInput: Sendable {
  let name: InputName
  /// Where what cannot be streamed is spooled.
  let temporaryDirectory: FilePath?
  /// How many bytes it may have when decompressed.
  let limit: Int?

  /// Its length as it is stored.
  ///
  /// - Throws: `RunError` if it can be read but once.
  func size() throws -> Int {
    guard let size = try name.size() else {
      throw RunError(
        .system, "\(name): a pipe can be read but once",
        hint: "A measurement reads its input several times; save it first.")
    }
    return size
  }

  private var scratch: Scratch { Scratch(directory: temporaryDirectory ?? CurrentProcess.temporaryDirectory) }

  /// Visits the rows of elements.
  private func forEachData(_ body: (DataInput) throws -> Bool) throws {
    do {
      let gate = ReadGate()
      try OpenInput(name, gate: gate, limit: limit) { _ in }.forEachData(
        scratch: scratch, records: RecordBudget(limit: .max, memory: .max), allowEmpty: true,
        skipped: { _ in }, body)
    } catch let error as CompressionError {
      throw RunError(.container, "\(name): \(error)", hint: Hints.container(error))
    }
  }

  /// What it is packed in.
  func container() throws -> Container {
    var container = Container.plain
    try forEachData { data in
      container = data.container
      return false
    }
    return container
  }

  /// Fills a buffer with its first bytes.
  func readStart(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    try forEachData { data in
      switch data.bytes {
      case .random(let source):
        let count = min(buffer.count, source.size)
        filled = try unsafe source.read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: 0)
      case .stream(let stream): filled = try unsafe stream.readFully(into: buffer)
      }
      // The first entry of an archive may be empty.
      return filled == 0
    }
    return filled
  }

  // MARK: Reading

  /// Reads a plain file in blocks, or decompresses another on one thread.
  func read(_ workers: Int, blockSize: Int, _ clock: BenchClock) throws -> BenchTally {
    var tally = BenchTally()
    repeat {
      try forEachData { data in
        switch data.bytes {
        case .random(let source):
          tally = try read(source, workers, blockSize: blockSize, clock)
          return false
        case .stream(let stream):
          tally.bytes += try read(stream, blockSize: blockSize, clock)
          return !clock.isOver
        }
      }
    } while !clock.isOver && tally.bytes > 0
    tally.outputBytes = nil
    tally.seconds = clock.elapsed
    return tally
  }

  private func read(
    _ source: any RandomAccessSource, _ workers: Int, blockSize: Int, _ clock: BenchClock
  ) throws -> BenchTally {
    let blocks = max(1, (source.size + blockSize - 1) / blockSize)
    let make = { @Sendable in BlockPool(blockSize: blockSize) }
    return try BenchSum.measure(blocks, workers, clock, with: make) { pool, index in
      let offset = index * blockSize
      let block = try unsafe Block(from: pool, offset: offset) { buffer in
        let count = min(blockSize, source.size - offset)
        return try unsafe source.read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: offset)
      }
      return (block.count, 0)
    }
  }

  private func read(_ stream: any ByteStream, blockSize: Int, _ clock: BenchClock) throws -> Int {
    let pool = BlockPool(blockSize: blockSize)
    var count = 0
    repeat {
      let block = try unsafe Block(from: pool, offset: count) { try unsafe stream.readFully(into: $0) }
      if block.count == 0 { break }
      count += block.count
    } while !clock.isOver
    return count
  }

  // MARK: Runs

  /// Runs over it until the time is up, and drops the rows.
  func run(_ options: RunOptions, _ clock: BenchClock) throws -> BenchTally {
    var total = BenchTally(outputBytes: 0)
    var passes = 0.0
    repeat {
      let pass = try BenchPass(self, options, clock).execute()
      total.bytes += pass.bytes
      total.outputBytes? += pass.outputBytes ?? 0
      total.seconds += pass.seconds
      passes += 1
      // A pass that would be cut off is not begun.
    } while total.bytes > 0 && !clock.isOver && clock.elapsed * (1 + 1 / passes) <= clock.seconds
    return total
  }
}

/// One run over an input that writes nothing, and ends early where time is up.
private struct BenchPass {
  private let options: RunOptions
  private let outer: BenchClock
  private let run: Run
  private let scratch: Scratch

  init(_ input: BenchInput, _ options: RunOptions, _ clock: BenchClock) {
    self.options = options
    outer = clock
    run = Run(
      inputs: [input.name], output: .nowhere, options: options,
      temporaryDirectory: input.temporaryDirectory)
    scratch = Scratch(directory: input.temporaryDirectory ?? CurrentProcess.temporaryDirectory)
  }

  func execute() throws -> BenchTally {
    let plan = MemoryPlan(options)
    let threads = ThreadLimit(plan.workers, processors: CurrentProcess.runnableProcessors)
    let sink = DroppedRows()
    let compression = options.output.compression(workers: plan.workers)
    let rows = StreamRows(try PartEncoder(compression, threads: threads)) { try sink.append($0) }
    let monitor = RunMonitor()
    let reader = InputsReader(
      run, plan, monitor, scratch: scratch, rows: rows, rejects: nil, threads: threads)
    let watch = BenchWatch(monitor, outer)
    let isWhole = try watch.watching {
      try reader.readAll()
      threads.enter()
      defer { threads.leave() }
      try rows.finish()
    }
    let report = reader.counts.report
    // Brackets with nothing in them are no work.
    let inputs = report.assets.seen > 0 ? report.inputs : []
    let bytes = inputs.reduce(0) { $0 + (isWhole ? $1.bytes : $1.lastGoodOffset) }
    return BenchTally(bytes: bytes, outputBytes: sink.count, seconds: watch.seconds(isWhole: isWhole))
  }
}

/// Ends a pass when time is up, but not before an asset is done, and knows when the last one was: what was
/// begun behind it counts neither in bytes nor in time.
private final class BenchWatch: @unchecked Sendable {
  // Proof of @unchecked: what changes is touched on `queue` only.
  private let monitor: RunMonitor
  private let outer: BenchClock
  private let clock: BenchClock
  private let queue = DispatchQueue(label: "sluice.bench.watch")
  private var seen = 0
  private var seenAt = 0.0
  private var ended = 0.0

  init(_ monitor: RunMonitor, _ outer: BenchClock) {
    self.monitor = monitor
    self.outer = outer
    clock = BenchClock(.infinity, outer.monitor)
  }

  /// Does the work of a pass.
  ///
  /// - Returns: Whether it came to its end.
  /// - Throws: What `body` throws, unless it was this watch that stopped it.
  func watching(_ body: () throws -> Void) throws -> Bool {
    // Dispatch would wait for them for ever.
    guard ThreadSupply.has(4) else {
      throw RunError(
        .system, "the system grants too few threads to measure with",
        hint: "Raise the limit on processes (ulimit -u, or the container's).")
    }
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now(), repeating: .milliseconds(5))
    timer.setEventHandler { [self] in look() }
    timer.resume()
    defer { timer.cancel() }
    do {
      try body()
      queue.sync { ended = clock.elapsed }
      return true
    } catch let error as RunError where error.code == .interrupted && !outer.monitor.isCancelled {
      queue.sync { ended = clock.elapsed }
      return false
    }
  }

  private func look() {
    let now = monitor.progress.assetsSeen
    if now != seen {
      seen = now
      seenAt = clock.elapsed
    }
    if outer.monitor.isCancelled || outer.isOver && seen > 0 { monitor.cancel() }
  }

  /// How long the pass took.
  func seconds(isWhole: Bool) -> Double { queue.sync { isWhole || seenAt == 0 ? ended : seenAt } }
}

/// Takes rows and counts them.
private final class DroppedRows: ByteSink {
  private let bytes = Atomic(0)

  var count: Int { bytes.load(ordering: .relaxed) }

  func append(_ bytes: UnsafeRawBufferPointer) { self.bytes.add(bytes.count, ordering: .relaxed) }
}
