// Bytes of an input from front to back, for the few places that need them so: its start, and what follows a
// malformed element.

internal import Sharding
internal import Storage

/// Walks over blocks that follow one another.
struct BlockCursor: ByteCursor {
  private let nextBlock: () throws -> Block?
  /// The block that the next byte is in, if `load` was asked for it.
  private(set) var block: Block?
  /// Where in the block the next byte is.
  private(set) var index = 0
  private(set) var offset: Int
  /// The line that the next byte is in.
  private(set) var line: LineAnchor
  private var collect: ((Span<UInt8>) -> Void)?
  /// What comes before it in the block has been collected.
  private var collected = 0

  /// Starts at `offset`, which lies in the first block or at the input's end.
  init(at offset: Int, line: LineAnchor, nextBlock: @escaping () throws -> Block?) {
    self.nextBlock = nextBlock
    self.offset = offset
    self.line = line
  }

  /// Walks over bytes that can be read again.
  init(at offset: Int, line: LineAnchor, of bytes: RereadableBytes, from pool: BlockPool) {
    let end = bytes.base + bytes.source.size
    var next = offset
    var size = BlockSizes.first
    self.init(at: offset, line: line) {
      guard next < end else { return nil }
      // Most walks end soon.
      let block = try bytes.block(at: next, below: min(end, next + size), from: pool)
      size = min(2 * size, pool.blockSize)
      next += block.count
      return block
    }
  }

  /// Has a block under the cursor, unless the input is at its end.
  ///
  /// - Returns: Whether there is a next byte.
  mutating func load() throws -> Bool {
    while true {
      if let block, index < block.count { return true }
      guard let next = try nextBlock() else { return false }
      handOn()
      block = next
      index = offset - next.offset
      collected = index
    }
  }

  mutating func peek() throws -> UInt8? {
    guard try load(), let block else { return nil }
    return block.withBytes { $0[index] }
  }

  mutating func advance() { advance(by: 1) }

  mutating func skip(while isPlain: (UInt8) -> Bool) throws {
    guard try load(), let block else { return }
    advance(by: block.withBytes(index..<block.count) { $0.runLength(while: isPlain) })
  }

  mutating func scan(_ body: (Span<UInt8>) -> Int) throws -> Bool {
    guard try load(), let block else { return false }
    advance(by: block.withBytes(index..<block.count, body))
    return true
  }

  /// Moves over bytes of the block under the cursor.
  mutating func advance(by count: Int) {
    guard let block else { return }
    block.withBytes(index..<index + count) { bytes in
      for position in 0..<count where bytes[position] == UInt8(ascii: "\n") {
        line = LineAnchor(line: line.line + 1, start: offset + position + 1)
      }
    }
    index += count
    offset += count
  }

  mutating func skip(to target: Int) throws {
    while offset < target, try load(), let block {
      advance(by: min(target - offset, block.count - index))
    }
  }

  /// Has `collect` get the bytes that are passed from now on, run by run, until `stopCollecting`.
  mutating func startCollecting(_ collect: ((Span<UInt8>) -> Void)?) {
    self.collect = collect
    collected = index
  }

  mutating func stopCollecting() {
    handOn()
    collect = nil
  }

  private mutating func handOn() {
    if let collect, let block, collected < index { block.withBytes(collected..<index, collect) }
    collected = index
  }

  /// What of the block under the cursor has not been passed.
  var rest: Block? {
    guard let block, index < block.count else { return nil }
    return block.part(index..<block.count)
  }
}
