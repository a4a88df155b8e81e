// What is looked up in a giant afterwards, where it can be read again: its faults, and its URLs' queries.

internal import JSONEvents
internal import Sharding

/// Reads in giants that have been walked through.
struct GiantReader: Sendable {
  let plan: RunPlan
  let pool: BlockPool

  /// What does not go into its row.
  func cutList(_ facts: AssetFacts, _ bytes: RereadableBytes) throws -> CutList {
    var starts: [Int: Int] = [:]
    for url in facts.urls {
      var finder = QueryFinder()
      try ReadAgain(bytes: bytes, pool: pool).visit(url.range) { finder.consume($0, at: $1) }
      starts[url.range.lowerBound] = finder.found
    }
    return facts.cutList { starts[$0.lowerBound] }
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
