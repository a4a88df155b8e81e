// Where an engine's blocks come from: a source that any worker reads anywhere, or a stream that one worker
// at a time reads on. The stream's blocks can be kept for a reader that must go back a little.

internal import Pipeline
internal import Sharding
internal import Storage

/// The blocks of one input, from one offset on.
final class BlockSource: Sendable {
  private enum Origin: Sendable {
    case random(any RandomAccessSource, Range<Int>)
    case stream(StreamBlocks)
  }

  private let origin: Origin
  private let blockSize: Int
  /// Where the spool of a giant element goes.
  private let scratch: Scratch

  /// Reads `source` from `start` to its end.
  init(_ source: any RandomAccessSource, from start: Int, blockSize: Int, scratch: Scratch) {
    origin = .random(source, start..<max(start, source.size))
    self.blockSize = blockSize
    self.scratch = scratch
  }

  /// Reads `stream`, whose next byte stands at `offset` of the input.
  init(_ stream: StreamBlocks, blockSize: Int, scratch: Scratch) {
    origin = .stream(stream)
    self.blockSize = blockSize
    self.scratch = scratch
  }

  /// Whether only one worker at a time may read.
  var isSequential: Bool {
    if case .stream = origin { true } else { false }
  }

  /// How many blocks there are, if that is known.
  var blockCount: Int? {
    guard case .random(_, let range) = origin else { return nil }
    return (range.count + blockSize - 1) / blockSize
  }

  /// Reads block `index`.
  ///
  /// - Returns: The block, and whether its first byte is escaped as far as the bytes before it tell; nil at
  ///   the end of a stream.
  func read(_ index: Int, from pool: BlockPool) throws -> (block: Block, startsEscaped: Bool)? {
    switch origin {
    case .random(let source, let range):
      let offset = range.lowerBound + index * blockSize
      let bytes = RereadableBytes(source: source, base: 0)
      let block = try bytes.block(at: offset, below: range.upperBound, from: pool)
      return (block, try Self.isEscaped(offset, in: source, since: range.lowerBound))
    case .stream(let stream): return try stream.next(from: pool)
    }
  }

  /// Whether the byte at `offset` follows an odd run of backslashes; looks back over 64 bytes at most, and
  /// the engine scans anew in the rare case that they do not tell.
  private static func isEscaped(
    _ offset: Int, in source: any RandomAccessSource, since start: Int
  ) throws -> Bool {
    let count = min(64, offset - start)
    if count == 0 { return false }
    return try unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
      guard try unsafe source.read(into: buffer, at: offset - count) == count else { throw InputChanged() }
      var run = 0
      while run < count, unsafe buffer[count - 1 - run] == UInt8(ascii: "\\") { run += 1 }
      return run % 2 == 1
    }
  }

  /// A place to write the bytes of a giant element to; nil if they can be read again where they are.
  func makeSpool() throws -> SpoolFile? {
    if case .stream = origin { try scratch.makeSpool() } else { nil }
  }

  /// The bytes themselves, if they can be read again where they are.
  func rereadable() -> RereadableBytes? {
    guard case .random(let source, _) = origin else { return nil }
    return RereadableBytes(source: source, base: 0)
  }
}

/// A stream cut into blocks.
final class StreamBlocks: @unchecked Sendable {
  // Proof of @unchecked: an engine reads a stream on one worker at a time, handed on under its lock, and
  // engines over one stream follow one another.
  private let stream: any ByteStream
  private let blockSize: Int
  private var offset: Int
  private var ended = false
  /// Whether the first byte of the next block is escaped.
  private var escaped = false
  /// Blocks that are to be read once more before the stream goes on; the last come first.
  private var again: [() throws -> Block?] = []

  /// Reads `stream`, whose next byte stands at `offset` of the input.
  init(_ stream: any ByteStream, at offset: Int, blockSize: Int) {
    self.stream = stream
    self.offset = offset
    self.blockSize = blockSize
  }

  /// Reads on; the block is full unless the stream ends.
  func next(from pool: BlockPool) throws -> (block: Block, startsEscaped: Bool)? {
    guard let block = try known() ?? fresh(from: pool) else { return nil }
    let startsEscaped = escaped
    escaped = Self.endsEscaped(block, startsEscaped)
    return (block, startsEscaped)
  }

  /// Gives blocks back, to be read next; they end where the stream stands, and start between elements.
  func giveBack(_ blocks: @escaping () throws -> Block?) {
    again.append(blocks)
    escaped = false
  }

  private func known() throws -> Block? {
    while let blocks = again.last {
      if let block = try blocks() { return block }
      again.removeLast()
    }
    return nil
  }

  private func fresh(from pool: BlockPool) throws -> Block? {
    if ended { return nil }
    let block = try unsafe Block(from: pool, offset: offset) { buffer in
      try unsafe stream.readFully(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<blockSize]))
    }
    ended = block.count < blockSize
    offset += block.count
    return block.count == 0 ? nil : block
  }

  private static func endsEscaped(_ block: Block, _ startsEscaped: Bool) -> Bool {
    block.withBytes { bytes in
      var run = 0
      while run < bytes.count, bytes[bytes.count - 1 - run] == UInt8(ascii: "\\") { run += 1 }
      return (run % 2 == 1) != (run == bytes.count && startsEscaped)
    }
  }
}
