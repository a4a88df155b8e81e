// The bytes of one input for whoever must go back in them: a file is simply read again; of a stream the
// engine hands over the blocks that it had read, and they are read once more before the stream goes on.

internal import Sharding
internal import Storage

/// The bytes of one asset stream.
final class InputBytes {
  private enum Origin {
    case random(RereadableBytes)
    case stream(StreamBlocks)
  }

  private let origin: Origin
  private let pool: BlockPool
  private let gate: ReadGate
  /// Of a stream: what was read and is to be read again.
  private var tail = StreamTail()

  init(_ bytes: DataInput.Bytes, pool: BlockPool, gate: ReadGate) {
    self.pool = pool
    self.gate = gate
    switch bytes {
    case .random(let source): origin = .random(RereadableBytes(source: source, base: 0))
    case .stream(let stream):
      origin = .stream(StreamBlocks(stream, at: 0, blockSize: pool.blockSize, gate: gate))
    }
  }

  /// The blocks from `offset` on, which for a stream is where it was left.
  ///
  /// - Parameters:
  ///   - offset: Where the first starts.
  ///   - startsShort: Whether something malformed may be near.
  ///   - scratch: Where the spool of a giant element goes.
  /// - Returns: A source for one engine.
  func blocks(from offset: Int, startsShort: Bool, scratch: Scratch) -> BlockSource {
    let sizes = BlockSizes(full: pool.blockSize, startsShort: startsShort)
    return switch origin {
    case .random(let bytes): BlockSource(bytes.source, from: offset, sizes: sizes, scratch: scratch)
    case .stream(let stream): BlockSource(stream, sizes: sizes, scratch: scratch)
    }
  }

  /// Everything from `offset` on in one block, for the reference engine.
  func whole(from offset: Int) throws -> Block {
    var blocks: [Block] = []
    switch origin {
    case .random(let bytes):
      let count = max(0, bytes.source.size - offset)
      return try bytes.block(at: offset, below: offset + count, from: BlockPool(blockSize: max(1, count)))
    case .stream(let stream):
      while let next = try stream.next(from: pool) { blocks.append(next.block) }
    }
    return try Block.joining(blocks, at: offset)
  }

  /// Takes over what an engine had read and not delivered.
  ///
  /// - Parameters:
  ///   - blocks: Of a stream, in order, up to where it stands.
  ///   - walked: What was read before them and spooled.
  func keep(_ blocks: [Block], behind walked: RereadableBytes? = nil) {
    tail = StreamTail(walked: walked, blocks: blocks, pool: pool)
  }

  /// How long more bytes of a stream are waited for that are only to be looked at, in milliseconds.
  private static let patience = 50

  /// Looks at bytes from `offset` on, which afterwards can be read all the same.
  ///
  /// - Parameters:
  ///   - offset: Where the first of them stands.
  ///   - count: How many at most; of a stream that has no more for a while they are fewer.
  ///   - blocks: Of a stream, what an engine had read and not delivered; what more is read is added.
  ///   - walked: What was read before them and spooled.
  /// - Returns: The bytes; none if a stream has left them behind.
  /// - Throws: What reading throws.
  func look(
    at offset: Int, count: Int, _ blocks: inout [Block], behind walked: RereadableBytes? = nil
  ) throws -> [UInt8] {
    var end = offset + count
    if let walked {
      end = min(end, walked.base + walked.source.size)
    } else if case .stream(let stream) = origin {
      // Of a giant whose rows flow at once, the start is gone.
      if let first = blocks.first, first.offset > offset { return [] }
      try readOn(stream, to: end, &blocks)
      end = min(end, blocks.last?.range.upperBound ?? offset)
    }
    keep(blocks, behind: walked)
    defer { keep(blocks, behind: walked) }
    var cursor = cursor(at: offset, line: LineAnchor())
    var bytes: [UInt8] = []
    while cursor.offset < end, let byte = try cursor.peek() {
      bytes.append(byte)
      cursor.advance()
    }
    return bytes
  }

  private func readOn(_ stream: StreamBlocks, to end: Int, _ blocks: inout [Block]) throws {
    do {
      while blocks.last?.range.upperBound ?? 0 < end {
        gate.wait(milliseconds: Self.patience)
        guard let next = try stream.next(from: pool) else { break }
        blocks.append(next.block)
      }
    } catch is ReadPause {}
    gate.waitForever()
  }

  /// Reads byte by byte from `offset` on, which for a stream lies in what was kept or is where it stands.
  func cursor(at offset: Int, line: LineAnchor) -> BlockCursor {
    switch origin {
    case .random(let bytes): return BlockCursor(at: offset, line: line, of: bytes, from: pool)
    case .stream(let stream):
      let tail = self.tail
      let pool = self.pool
      return BlockCursor(at: offset, line: line) {
        while let block = try tail.next() {
          if block.range.upperBound > offset { return block }
        }
        return try stream.next(from: pool)?.block
      }
    }
  }

  /// Makes the next engine start at the cursor.
  func giveBack(_ cursor: BlockCursor) {
    guard case .stream(let stream) = origin else { return }
    var rest = cursor.rest
    let tail = self.tail
    stream.giveBack { try rest.take() ?? tail.next() }
  }
}

/// Blocks of a stream that were read already, in order.
private final class StreamTail {
  private let walked: RereadableBytes?
  private var walkedOffset = 0
  private var blocks: [Block]
  private let pool: BlockPool?

  init(walked: RereadableBytes? = nil, blocks: [Block] = [], pool: BlockPool? = nil) {
    self.walked = walked
    walkedOffset = walked?.base ?? 0
    self.blocks = blocks.reversed()
    self.pool = pool
  }

  func next() throws -> Block? {
    if let walked, let pool {
      let end = walked.base + walked.source.size
      if walkedOffset < end {
        let block = try walked.block(at: walkedOffset, below: end, from: pool)
        walkedOffset += block.count
        return block
      }
      // The first block behind may hold the end of what was spooled.
      while let block = blocks.popLast() {
        if block.range.upperBound <= end { continue }
        return block.offset < end ? block.part(end - block.offset..<block.count) : block
      }
      return nil
    }
    return blocks.popLast()
  }
}
