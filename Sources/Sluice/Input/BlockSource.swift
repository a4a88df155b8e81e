// Where an engine's blocks come from: a source that any worker reads anywhere, or a stream that one worker
// at a time reads on. The stream's blocks can be kept for a reader that must go back a little.

internal import Pipeline
internal import Sharding
internal import Storage

/// How long blocks are: where a reader starts anew behind something malformed the next may be near, so the
/// first blocks are short.
struct BlockSizes: Sendable {
  /// The length of a first short block.
  static let first = 64 << 10

  /// The length of all blocks but the short ones.
  let full: Int
  /// How many short ones there are, each twice as long as the one before.
  private let short: Int

  init(full: Int, startsShort: Bool) {
    self.full = full
    var short = 0
    while startsShort, Self.first << short < full { short += 1 }
    self.short = short
  }

  /// The length of block `index`.
  func size(of index: Int) -> Int { index < short ? Self.first << index : full }

  /// How long all blocks before block `index` are together.
  func offset(of index: Int) -> Int {
    Self.first * (1 << min(index, short) - 1) + max(0, index - short) * full
  }

  /// How many blocks it takes for `length` bytes.
  func count(for length: Int) -> Int {
    let rest = length - offset(of: short)
    if rest >= 0 { return short + (rest + full - 1) / full }
    return (0..<short).first { offset(of: $0) >= length } ?? short
  }
}

/// The blocks of one input, from one offset on.
final class BlockSource: Sendable {
  private enum Origin: Sendable {
    case random(any RandomAccessSource, Range<Int>)
    case stream(StreamBlocks)
  }

  private let origin: Origin
  private let sizes: BlockSizes
  /// Where the spool of a giant element goes.
  let scratch: Scratch

  /// Reads `source` from `start` to its end.
  init(_ source: any RandomAccessSource, from start: Int, sizes: BlockSizes, scratch: Scratch) {
    origin = .random(source, start..<max(start, source.size))
    self.sizes = sizes
    self.scratch = scratch
  }

  /// Reads on in `stream`.
  init(_ stream: StreamBlocks, sizes: BlockSizes, scratch: Scratch) {
    stream.start(sizes)
    origin = .stream(stream)
    self.sizes = sizes
    self.scratch = scratch
  }

  /// Whether only one worker at a time may read.
  var isSequential: Bool {
    if case .stream = origin { true } else { false }
  }

  /// How many blocks there are, if that is known.
  var blockCount: Int? {
    guard case .random(_, let range) = origin else { return nil }
    return sizes.count(for: range.count)
  }

  /// Reads block `index`.
  ///
  /// - Returns: The block, and whether its first byte is escaped as far as the bytes before it tell; nil at
  ///   the end of a stream.
  func read(_ index: Int, from pool: BlockPool) throws -> (block: Block, startsEscaped: Bool)? {
    switch origin {
    case .random(let source, let range):
      let offset = range.lowerBound + sizes.offset(of: index)
      let end = min(range.upperBound, offset + sizes.size(of: index))
      return try Self.read(source, offset..<end, since: range.lowerBound, from: pool)
    case .stream(let stream): return try stream.next(from: pool)
    }
  }

  /// Reads a block together with the few bytes before it.
  ///
  /// They tell whether its first byte is escaped: whether it follows an odd run of backslashes. The engine scans anew
  /// in the rare case that the run is longer than what is looked at.
  private static func read(
    _ source: any RandomAccessSource, _ range: Range<Int>, since start: Int, from pool: BlockPool
  ) throws -> (block: Block, startsEscaped: Bool) {
    let before = min(Block.lookBack, range.lowerBound - start)
    let count = min(pool.blockSize, range.count)
    var run = 0
    let block = try unsafe Block(from: pool, offset: range.lowerBound, before: before) { buffer in
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<(before + count)])
      let filled = try unsafe source.read(into: part, at: range.lowerBound - before)
      guard filled == before + count else { throw InputChanged() }
      while run < before, unsafe part[before - 1 - run] == UInt8(ascii: "\\") { run += 1 }
      return count
    }
    return (block, run % 2 == 1)
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
  private let gate: ReadGate
  private var sizes: BlockSizes
  /// How many blocks were read since the sizes were set.
  private var blocks = 0
  private var offset: Int
  private var ended = false
  /// Whether the first byte of the next block is escaped.
  private var escaped = false
  /// Blocks that are to be read once more before the stream goes on; the last come first.
  private var again: [() throws -> Block?] = []

  /// How long a block that has begun waits for more, in milliseconds.
  private static let patience = 50

  /// Reads `stream`, whose next byte stands at `offset` of the input.
  ///
  /// - Parameters:
  ///   - stream: The stream.
  ///   - offset: Where its next byte stands.
  ///   - blockSize: How long a block is at most.
  ///   - gate: Says how long the stream waits for bytes.
  init(_ stream: any ByteStream, at offset: Int, blockSize: Int, gate: ReadGate) {
    self.stream = stream
    self.gate = gate
    self.offset = offset
    sizes = BlockSizes(full: blockSize, startsShort: false)
  }

  /// Sets the sizes of the next blocks.
  func start(_ sizes: BlockSizes) {
    self.sizes = sizes
    blocks = 0
  }

  /// Reads on; the block is full unless the stream ends, or has no more to give for a while.
  func next(from pool: BlockPool) throws -> (block: Block, startsEscaped: Bool)? {
    let size = sizes.size(of: blocks)
    guard let block = try known(size) ?? fresh(size, from: pool) else { return nil }
    blocks += 1
    let startsEscaped = escaped
    escaped = Self.endsEscaped(block, startsEscaped)
    return (block, startsEscaped)
  }

  /// Gives blocks back, to be read next; they end where the stream stands, and start between elements.
  func giveBack(_ blocks: @escaping () throws -> Block?) {
    again.append(blocks)
    escaped = false
  }

  private func known(_ size: Int) throws -> Block? {
    while let blocks = again.last {
      if let block = try blocks() {
        if block.count <= size { return block }
        var rest: Block? = block.part(size..<block.count)
        again.append { rest.take() }
        return block.part(0..<size)
      }
      again.removeLast()
    }
    return nil
  }

  private func fresh(_ size: Int, from pool: BlockPool) throws -> Block? {
    if ended { return nil }
    let block = try unsafe Block(from: pool, offset: offset) { buffer in
      try unsafe fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<size]))
    }
    offset += block.count
    if block.count == 0 { return nil }
    // A trickle is not to fill the memory with buffers that are nearly empty.
    return block.count < size / 4 ? try Block.joining([block], at: block.offset) : block
  }

  /// Reads until the buffer is full or the stream ends; from the first byte on it waits but a moment.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    defer { gate.waitForever() }
    var filled = 0
    while filled < buffer.count {
      do {
        let read = try unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        ended = read == 0
        if ended { break }
        if filled == 0 { gate.wait(milliseconds: Self.patience) }
        filled += read
      } catch is ReadPause where filled > 0 {
        break
      }
    }
    return filled
  }

  private static func endsEscaped(_ block: Block, _ startsEscaped: Bool) -> Bool {
    block.withBytes { bytes in
      var run = 0
      while run < bytes.count, bytes[bytes.count - 1 - run] == UInt8(ascii: "\\") { run += 1 }
      return (run % 2 == 1) != (run == bytes.count && startsEscaped)
    }
  }
}
