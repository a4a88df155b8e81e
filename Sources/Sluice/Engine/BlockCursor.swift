// Bytes of an input one by one, for the few places that need them so: its start, and what follows a
// malformed element.

internal import Sharding
internal import Storage

/// Walks over blocks that follow one another.
struct BlockCursor: ByteCursor {
  private let nextBlock: () throws -> Block?
  private var block: Block?
  private var index = 0
  private(set) var offset: Int
  /// The line that the next byte is in.
  private(set) var line: LineAnchor
  /// Gets every byte that is passed.
  var onAdvance: ((UInt8) -> Void)?

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
    self.init(at: offset, line: line) {
      guard next < end else { return nil }
      let block = try bytes.block(at: next, below: end, from: pool)
      next += block.count
      return block
    }
  }

  mutating func peek() throws -> UInt8? {
    while true {
      if let block, index < block.count { return block.withBytes { $0[index] } }
      guard let next = try nextBlock() else { return nil }
      block = next
      index = offset - next.offset
    }
  }

  mutating func advance() {
    guard let block else { return }
    let byte = block.withBytes { $0[index] }
    onAdvance?(byte)
    index += 1
    offset += 1
    if byte == UInt8(ascii: "\n") { line = LineAnchor(line: line.line + 1, start: offset) }
  }

  /// What of the block under the cursor has not been passed.
  func rest(from pool: BlockPool) throws -> Block? {
    guard let block, index < block.count else { return nil }
    return try block.suffix(from: index, from: pool)
  }
}
