// A piece of the input in memory. Everything later (frames, assets, rows) points into blocks and never
// copies them; when the last pointer is gone the memory goes back to the pool it came from.

public import ByteScan
internal import Synchronization

/// A buffer and, by that, the right to write to it and to give it back.
@safe
struct PooledMemory: @unchecked Sendable {
  // Proof of @unchecked: exactly one block, arena or free-list entry holds a buffer at any time.
  let bytes: UnsafeMutableRawBufferPointer

  /// Memory of `count` bytes with as much before it as is looked back over.
  static func allocate(_ count: Int) -> PooledMemory {
    let all = UnsafeMutableRawBufferPointer.allocate(byteCount: Block.lookBack + count, alignment: 64)
    return unsafe PooledMemory(bytes: UnsafeMutableRawBufferPointer(rebasing: all[Block.lookBack...]))
  }

  /// The last `count` bytes before it, and the memory itself.
  func reaching(back count: Int) -> UnsafeMutableRawBufferPointer {
    precondition(0...Block.lookBack ~= count)
    // `allocate` made that much room in front.
    return unsafe UnsafeMutableRawBufferPointer(
      start: bytes.baseAddress.map { unsafe $0 - count }, count: bytes.count + count)
  }

  /// Gives memory from `allocate` back to the system.
  func deallocate() { unsafe reaching(back: Block.lookBack).deallocate() }
}

/// Memory for blocks and rows, used again and again so that pages stay warm.
public final class BlockPool: Sendable {
  /// The size of every buffer, in bytes.
  public let blockSize: Int
  private let state = Mutex(State())

  private struct State {
    var free: [PooledMemory] = []
    var taken = 0
  }

  /// Makes an empty pool of buffers of `blockSize` bytes.
  public init(blockSize: Int) {
    self.blockSize = blockSize
  }

  deinit { releaseFree() }

  /// Gives the memory that is not in use back to the system.
  public func releaseFree() {
    state.withLock { state in
      for memory in state.free { memory.deallocate() }
      state.free = []
    }
  }

  /// How many buffers are in use; whoever reads ahead waits while there are too many.
  public var taken: Int { state.withLock { $0.taken } }

  func take() -> PooledMemory {
    let known = state.withLock { state in
      state.taken += 1
      return state.free.popLast()
    }
    return known ?? .allocate(blockSize)
  }

  func giveBack(_ memory: PooledMemory) {
    state.withLock { state in
      state.taken -= 1
      state.free.append(memory)
    }
  }
}

/// A run of input bytes, unchanging once it is made.
public final class Block: @unchecked Sendable {
  // Proof of @unchecked: the memory is written only in init, before anybody else can see the block.
  /// Where its first byte stands in the decompressed input.
  public let offset: Int
  /// How many bytes it holds.
  public let count: Int
  private let memory: PooledMemory
  private let pool: BlockPool
  /// The block whose memory it shares; nil if the memory is its own.
  private let whole: Block?

  /// How many bytes before a block can be read together with it.
  public static let lookBack = 64

  /// Takes memory from `pool` and fills it.
  ///
  /// - Parameters:
  ///   - pool: Where the memory comes from and goes back to.
  ///   - offset: Where the first byte stands in the input.
  ///   - fill: Writes into the buffer from its start and returns how many bytes it wrote.
  /// - Throws: What `fill` throws.
  public init(
    from pool: BlockPool, offset: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    let memory = pool.take()
    do {
      count = try unsafe fill(memory.bytes)
    } catch {
      pool.giveBack(memory)
      throw error
    }
    self.memory = memory
    self.pool = pool
    self.offset = offset
    whole = nil
  }

  /// Takes memory from `pool` and fills it together with what stands before it, in one read.
  ///
  /// - Parameters:
  ///   - pool: Where the memory comes from and goes back to.
  ///   - offset: Where the first byte stands in the input.
  ///   - before: How many bytes before that are wanted as well, at most `lookBack`.
  ///   - fill: Writes those, and the block's behind them, and returns how many bytes of the block it wrote.
  /// - Throws: What `fill` throws.
  public convenience init(
    from pool: BlockPool, offset: Int, before: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    try unsafe self.init(from: pool, offset: offset) { buffer in
      // The buffer is that of memory which `allocate` made, with room in front.
      try unsafe fill(PooledMemory(bytes: buffer).reaching(back: before))
    }
  }

  private init(_ range: Range<Int>, of block: Block) {
    memory = unsafe PooledMemory(bytes: UnsafeMutableRawBufferPointer(rebasing: block.memory.bytes[range]))
    pool = block.pool
    offset = block.offset + range.lowerBound
    count = range.count
    whole = block.whole ?? block
  }

  deinit { if whole == nil { pool.giveBack(memory) } }

  /// One block of the bytes of several that follow one another.
  ///
  /// - Parameters:
  ///   - blocks: The blocks in order.
  ///   - offset: Where the first starts, if there is none.
  /// - Returns: A copy, in memory of its own.
  /// - Throws: Never, but for the type of a block's making.
  public static func joining(_ blocks: [Block], at offset: Int) throws -> Block {
    let count = blocks.reduce(0) { $0 + $1.count }
    let pool = BlockPool(blockSize: max(1, count))
    return try unsafe Block(from: pool, offset: blocks.first?.offset ?? offset) { buffer in
      var filled = 0
      for block in blocks {
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        unsafe part.copyMemory(from: UnsafeRawBufferPointer(rebasing: block.memory.bytes[..<block.count]))
        filled += block.count
      }
      return filled
    }
  }

  /// The offsets in the input that this block holds.
  public var range: Range<Int> { offset..<offset + count }

  /// Gives `body` the bytes at `range`, counted from the block's start.
  ///
  /// - Parameters:
  ///   - range: Which bytes, within `0..<count`.
  ///   - body: Reads them.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    // The block is alive until body returns, since self is; the range was checked above.
    let part = unsafe UnsafeRawBufferPointer(rebasing: memory.bytes[range])
    let bytes = unsafe part.assumingMemoryBound(to: UInt8.self)
    return try unsafe body(Span(_unsafeElements: bytes))
  }

  /// A block of some of the bytes, which it shares.
  ///
  /// - Parameter range: Which bytes, counted from this block's start, within `0..<count`.
  /// - Returns: A block that keeps the memory of this one in use.
  public func part(_ range: Range<Int>) -> Block {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Block(range, of: self)
  }

  /// Gives `body` all bytes.
  public func withBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withBytes(0..<count, body)
  }
}

/// A part of one block.
public struct Segment: Sendable {
  /// The block the bytes are in.
  public let block: Block
  /// Which bytes, counted from the block's start.
  public let range: Range<Int>
  /// The block's map, if it was made from the state that is true for this segment.
  public let map: ScanMap?

  /// Names the bytes at `range` of `block`.
  public init(_ block: Block, _ range: Range<Int>, map: ScanMap? = nil) {
    self.block = block
    self.range = range
    self.map = map
  }

  /// Where the first byte stands in the input.
  public var offset: Int { block.offset + range.lowerBound }
}

/// Bytes of the input that follow one another, over as many blocks as they take.
public struct Extent: Sendable {
  /// The parts in order, none empty, each starting where the one before ends.
  public private(set) var segments: [Segment] = []
  /// Where the first byte stands in the input.
  public let start: Int
  /// Where the byte after the last one stands in the input.
  public private(set) var end: Int

  /// Starts an empty extent at `start`.
  public init(from start: Int) {
    self.start = start
    end = start
  }

  /// The number of bytes.
  public var count: Int { end - start }

  /// Adds the bytes that follow.
  public mutating func append(_ segment: Segment) {
    precondition(segment.offset == end)
    if segment.range.isEmpty { return }
    segments.append(segment)
    end += segment.range.count
  }

  /// Visits the bytes at `range` of the input in order.
  ///
  /// - Parameters:
  ///   - range: Which bytes, as offsets in the input within `start..<end`.
  ///   - body: Gets each run of bytes and the offset of its first.
  /// - Throws: What `body` throws.
  public func forEachRun<Failure: Error>(
    in range: Range<Int>, _ body: (_ bytes: Span<UInt8>, _ offset: Int) throws(Failure) -> Void
  ) throws(Failure) {
    try forEachMappedRun(in: range) { bytes, offset, _ throws(Failure) in try body(bytes, offset) }
  }

  /// Visits the bytes at `range` like `forEachRun`, with the map of the block of each run, if there is one.
  ///
  /// - Parameters:
  ///   - range: Which bytes, as offsets in the input within `start..<end`.
  ///   - body: Gets each run of bytes, the offset of its first, and the map.
  /// - Throws: What `body` throws.
  public func forEachMappedRun<Failure: Error>(
    in range: Range<Int>,
    _ body: (_ bytes: Span<UInt8>, _ offset: Int, _ map: ScanMap?) throws(Failure) -> Void
  ) throws(Failure) {
    // Rows are made of many short ranges, so the first segment is not looked for one by one.
    let first = segments.partitionIndex { $0.offset + $0.range.count > range.lowerBound }
    for segment in segments[first...] {
      let lower = max(range.lowerBound, segment.offset)
      let upper = min(range.upperBound, segment.offset + segment.range.count)
      if lower >= upper { return }
      let base = segment.block.offset
      try segment.block.withBytes(lower - base..<upper - base) { bytes throws(Failure) in
        try body(bytes, lower, segment.map)
      }
    }
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element meets `test`, or the end; those behind it meet it too.
  ///
  /// - Parameter test: False for some of the first elements, true for all others.
  /// - Returns: The index.
  /// - Complexity: Logarithmic in the number of elements.
  package func partitionIndex(_ test: (Element) -> Bool) -> Int {
    var lower = startIndex
    var upper = endIndex
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if test(self[middle]) { upper = middle } else { lower = middle + 1 }
    }
    return lower
  }
}
