// Where a worker puts the rows it makes: buffers of the same pool as the blocks, so that one count bounds
// both. A row is at most as long as what it was made of, so there are never more of these than of blocks.

/// Bytes that are only ever appended, in buffers of a pool.
public final class Arena: @unchecked Sendable {
  // Proof of @unchecked: one worker fills an arena and then hands it on through a lock; nobody writes to it
  // afterwards (`append` is called by its maker only).
  private let pool: BlockPool
  private var buffers: [PooledMemory] = []
  private var filled: [Int] = []

  /// A row of bytes in an arena: from a position up to the next.
  public struct Position: Sendable, Hashable {
    var buffer: Int
    var offset: Int

    /// Before the first byte of any arena.
    public static let start = Position(buffer: -1, offset: 0)
  }

  /// Makes an empty arena.
  public init(_ pool: BlockPool) {
    self.pool = pool
  }

  deinit {
    for buffer in buffers { pool.giveBack(buffer) }
  }

  /// How many bytes it holds.
  public var count: Int { filled.reduce(0, +) }

  /// Where the next byte goes.
  public var position: Position { Position(buffer: buffers.count - 1, offset: filled.last ?? 0) }

  /// Appends at most `capacity` bytes.
  ///
  /// - Parameters:
  ///   - capacity: How many bytes `fill` may write; at most the pool's block size.
  ///   - fill: Writes from the start of the buffer and returns how many bytes it wrote.
  public func append(upTo capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) {
    // Whatever is written beyond a buffer is written into somebody else's.
    precondition(capacity <= pool.blockSize, "more than a buffer holds")
    if buffers.isEmpty || pool.blockSize - filled[filled.count - 1] < capacity {
      buffers.append(pool.take())
      filled.append(0)
    }
    let last = filled.count - 1
    let room = filled[last]..<filled[last] + capacity
    let written = unsafe fill(UnsafeMutableRawBufferPointer(rebasing: buffers[last].bytes[room]))
    precondition(0...capacity ~= written, "more than was asked for")
    filled[last] += written
  }

  /// Visits the bytes between two positions in order.
  public func forEachRun<Failure: Error>(
    from start: Position, to end: Position, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var buffer = max(0, start.buffer)
    var offset = start.buffer < 0 ? 0 : start.offset
    while buffer <= end.buffer {
      let upper = buffer == end.buffer ? end.offset : filled[buffer]
      if offset < upper {
        // The arena outlives the call, and the bytes below `filled` are written.
        let part = unsafe UnsafeRawBufferPointer(rebasing: buffers[buffer].bytes[offset..<upper])
        try unsafe body(Span(_unsafeElements: part.assumingMemoryBound(to: UInt8.self)))
      }
      buffer += 1
      offset = 0
    }
  }
}
