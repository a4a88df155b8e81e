// How a memory limit becomes counts of buffers. Everything a run holds that grows with the input is counted
// here; what is left out (code, the runtime, names in tables) is the `base`.

internal import Compression
internal import Sharding

/// Who may hold how much.
package struct MemoryPlan: Sendable {
  let workers: Int
  let blockSize: Int
  private(set) var engine: EngineBudget
  let partitions: PartitionBudget
  /// Counts what is kept of inputs, entries and partitions.
  let records: RecordBudget

  /// Code, the runtime, stacks, tables of names.
  private static let base = 40_000_000
  /// The least of these that a run with few partitions gets by with.
  private static let leastBase = 24_000_000
  private static let leastBlocks = 4_000_000
  /// How many bytes of blocks a worker has a use for: more have not made any run faster.
  private static let usefulBlocks = 12 << 20
  private static let mostBlocks = 1 << 16
  /// More memory than any machine has: who asks for as much wants no limit.
  private static let mostMemory = 1 << 50

  /// The smallest memory limit that a run with these options can keep to, on one worker.
  ///
  /// - Parameter options: The options of the run.
  /// - Returns: Bytes.
  package static func leastMemory(_ options: RunOptions) -> Int {
    leastBase + leastBlocks + encoderMemory(options, workers: 1)
  }

  /// Divides what the options allow.
  ///
  /// - Parameters:
  ///   - options: The options of the run.
  ///   - heldRow: The longest row that is put together before it is handed over; nil where rows are compressed.
  init(_ options: RunOptions, heldRow: Int? = nil) {
    let limit = min(options.resources.memory, Self.mostMemory)
    let heldRow = heldRow.map { min($0, Self.mostMemory) }
    var workers = max(1, options.resources.workers)
    var encoder = heldRow ?? Self.encoderMemory(options, workers: workers)
    // Fewer workers, rather than more memory.
    while workers > 1, Self.base + encoder + Self.least(workers, options) > limit {
      workers -= 1
      encoder = heldRow ?? Self.encoderMemory(options, workers: workers)
    }
    self.workers = workers
    var room = max(limit - Self.base - encoder, Self.least(workers, options))
    let most = max(RecordBudget.base, room / 2)
    records = RecordBudget(limit: most, memory: limit)
    // Partitions come while blocks are read; of entries what is kept is taken off between them.
    if !options.output.partitionBy.isEmpty {
      room = max(room - (most - RecordBudget.base), Self.least(workers, options))
    }
    let late = max(1, min(workers, (encoder + room) / max(1, Self.encoderMemory(options, workers: 1))))
    partitions = PartitionBudget(openWriters: 1, waitingBytes: room / 12, lateWriters: late)
    // For each block there may be two buffers of rows, neither full: those of the elements that are whole in
    // it, and those of the one that starts in it and goes on behind.
    let buffers = min(room * 7 / 8 / 3, workers * Self.usefulBlocks)
    // Few big blocks would leave nothing to read ahead with.
    blockSize = max(1, min(options.resources.blockSize, buffers / (16 * workers)))
    // What is known of a block takes over a kilobyte, however small the block is.
    let blocks = max(2 * workers + 2, min(Self.mostBlocks, buffers / blockSize))
    engine = EngineBudget(
      blocks: blocks, buffers: .max, giant: max(blockSize, blocks * blockSize / 4), rows: .max)
    if options.rows.kind == .annotations {
      // Rows are longer than what they are made of: what is read leaves room for them.
      engine = EngineBudget(
        blocks: max(2 * workers + 2, blocks / 2), buffers: 2 * blocks, giant: engine.giant / 2,
        rows: max(blockSize, blocks * blockSize / 8))
    }
  }

  private static func least(_ workers: Int, _ options: RunOptions) -> Int {
    8 * workers * min(options.resources.blockSize, 1 << 20)
  }

  private static func encoderMemory(_ options: RunOptions, workers: Int) -> Int {
    PartEncoder.estimatedMemory(options.output.compression(workers: workers))
  }
}

extension EngineBudget {
  /// What is left when `bytes` are kept otherwise.
  func without(_ bytes: Int, blockSize: Int, workers: Int) -> EngineBudget {
    if bytes < blockSize { return self }
    let gone = 3 * bytes / (4 * blockSize)
    var budget = self
    budget.blocks = max(2 * workers + 2, blocks - gone)
    if buffers != .max { budget.buffers = max(2 * budget.blocks, buffers - gone) }
    budget.giant = max(blockSize, giant / max(1, blocks) * budget.blocks)
    budget.rows = rows == .max ? .max : max(blockSize, rows / max(1, blocks) * budget.blocks)
    return budget
  }
}
