// The blocks of a stream that were read and whose elements are not all delivered: a malformed element may
// have reading go back, and so may one too big to be held.

internal import Sharding

/// Blocks in order, the oldest given up first.
struct KeptBlocks: Sendable {
  private var blocks: [Block] = []

  mutating func append(_ block: Block) { blocks.append(block) }

  /// Gives up what lies before `offset`.
  mutating func release(before offset: Int) {
    let count = blocks.prefix { $0.range.upperBound <= offset }.count
    if count > 0 { blocks.removeFirst(count) }
  }

  mutating func take() -> [Block] {
    defer { blocks = [] }
    return blocks
  }
}
