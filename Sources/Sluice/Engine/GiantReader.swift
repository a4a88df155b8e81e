// What is looked up in a giant afterwards, where it can be read again: its faults, and the lines of places.

internal import JSONEvents
internal import Sharding

/// Reads in giants that have been walked through.
struct GiantReader: Sendable {
  let plan: RunPlan
  let pool: BlockPool

  /// The line of a place in it.
  func line(of offset: Int, in giant: GiantEnd, _ bytes: RereadableBytes) throws -> LineAnchor {
    let lines = LineFinder(kernel: plan.kernel)
    var line = giant.line
    try ReadAgain(bytes: bytes, pool: pool).visit(giant.range.lowerBound..<offset) {
      line = lines.advance(line, over: $0, at: $1)
    }
    return line
  }

  /// Where it stops being JSON, at its mark or behind it; nil if it is JSON.
  func fault(in giant: GiantEnd, _ bytes: RereadableBytes) throws -> ElementFault? {
    let mark = giant.mark
    let opening = mark.opening
    let source = ReadAgain(bytes: bytes, pool: pool)
    let lines = LineFinder(kernel: plan.kernel)
    var line = mark.line
    try source.visit(mark.lineOffset..<mark.offset) { line = lines.advance(line, over: $0, at: $1) }
    var grammar = JSONGrammar(maxDepth: plan.maxDepth, startingAt: mark.offset - opening.count)
    _ = grammar.consume(opening.span)
    var found: ElementFault?
    var offset = mark.offset
    while found == nil, offset < giant.range.upperBound {
      let block = try bytes.block(at: offset, below: giant.range.upperBound, from: pool)
      block.withBytes { bytes in
        let fault = grammar.consume(bytes)
        let before = bytes.extracting(0..<(fault.map { max(0, $0.offset - offset) } ?? bytes.count))
        line = lines.advance(line, over: before, at: offset)
        found = fault.map { ElementFault($0, line: line) }
      }
      offset += block.count
    }
    return found ?? grammar.finish().map { ElementFault($0, line: line) }
  }
}
