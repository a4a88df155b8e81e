// The place of a fault in a giant's envelope where that cannot be read again: a pipe whose rows flow at once is not
// spooled, so the exact grammar must go along.

internal import JSONEvents
internal import Sharding

/// Follows the envelope with the exact grammar, so that a fault in it has a place without reading it again.
struct EnvelopeChecker {
  private var grammar: JSONGrammar
  /// How many bytes of lists lie before what the grammar reads next.
  private var skipped = 0
  private var next: Int
  private var found: JSONFault?

  init(startingAt offset: Int, maxDepth: Int) {
    grammar = JSONGrammar(maxDepth: maxDepth, startingAt: offset)
    next = offset
  }

  mutating func consume(_ bytes: Span<UInt8>, at offset: Int) {
    if found != nil { return }
    skipped += offset - next
    next = offset + bytes.count
    found = grammar.consume(bytes)
  }

  /// The fault, which lies in the block that was read last.
  func fault(in block: GiantBlock, _ lines: LineFinder) -> ElementFault? {
    guard let found else { return nil }
    var extent = Extent(from: block.segment.offset)
    extent.append(block.segment)
    let element = Element(extent: extent, line: block.line)
    let offset = found.offset + skipped
    return ElementFault(found, at: offset, line: lines.anchor(at: offset, in: element))
  }

  /// The fault that the input's end is, at `offset` in `line`: behind it may lie what was not read.
  func finish(at offset: Int, _ line: LineAnchor) -> ElementFault? {
    var grammar = grammar
    return grammar.finish().map { ElementFault($0, at: offset, line: line) }
  }
}
