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

  /// Where it stops being JSON; nil if it is JSON.
  func fault(in giant: GiantEnd, _ bytes: RereadableBytes) throws -> ElementFault? {
    var grammar = JSONGrammar(maxDepth: plan.maxDepth, startingAt: giant.range.lowerBound)
    let lines = LineFinder(kernel: plan.kernel)
    var line = giant.line
    var found: ElementFault?
    try ReadAgain(bytes: bytes, pool: pool).visit(giant.range) { bytes, offset in
      if found != nil { return }
      guard let fault = grammar.consume(bytes) else {
        line = lines.advance(line, over: bytes, at: offset)
        return
      }
      let before = bytes.extracting(0..<max(0, fault.offset - offset))
      found = ElementFault(fault, line: lines.advance(line, over: before, at: offset))
    }
    return found ?? grammar.finish().map { ElementFault($0, line: line) }
  }
}
