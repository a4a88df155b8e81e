// The row of an element that was not held, made from its bytes read again, block by block.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Writes the rows of giants, and finds their faults.
struct GiantWriter: Sendable {
  let plan: RunPlan
  let pool: BlockPool

  /// What came of writing one.
  enum Result {
    case written(Int)
    case fault(ElementFault)
  }

  /// Where the element stops being JSON; nil if it is JSON.
  func fault(in giant: GiantOutcome) throws -> ElementFault? {
    var validator = JSONValidator(maxDepth: plan.maxDepth)
    do {
      try forEachBlock(giant) { block in try block.withBytes { try validator.feed($0, at: block.offset) } }
      try validator.endOfInput()
      return nil
    } catch is JSONRejection {
      return try locate(giant)
    }
  }

  /// Makes the row and hands it out as it is made.
  func write(
    _ giant: GiantOutcome, _ facts: AssetFacts, _ append: (Span<UInt8>) throws -> Void
  ) throws -> Result {
    let cuts = try cutList(giant, facts)
    var validator = JSONValidator(maxDepth: plan.maxDepth)
    var minifier = Minifier(kernel: plan.kernel)
    var count = 1
    do {
      try forEachBlock(giant) { block in
        try block.withBytes { try validator.feed($0, at: block.offset) }
        let arena = Arena(pool)
        cuts.forEachKept(in: block.range) { range in
          block.withBytes(range.lowerBound - block.offset..<range.upperBound - block.offset) { bytes in
            unsafe arena.append(upTo: bytes.count) { destination in
              let written = unsafe minifier.append(bytes, to: destination)
              count += written
              return written
            }
          }
        }
        try arena.forEachRun(from: .start, to: arena.position) { try append($0) }
      }
      try validator.endOfInput()
    } catch is JSONRejection {
      guard let fault = try locate(giant) else { throw InputChanged() }
      return .fault(fault)
    }
    try append([UInt8(ascii: "\n")].span)
    return .written(count)
  }

  /// Where the first surprise of each code is.
  func lines(
    of surprises: [WarningCode: (count: Int, first: Int)], in giant: GiantOutcome
  ) throws -> [WarningCode: (line: Int, column: Int)] {
    let finder = LineFinder(kernel: plan.kernel)
    return try surprises.mapValues { surprise in
      var line = giant.line
      try forEachBlock(giant.range.lowerBound..<surprise.first, of: giant.bytes) { block in
        line = block.withBytes { finder.advance(line, over: $0, at: block.offset) }
      }
      return (line: line.line, column: surprise.first - line.start + 1)
    }
  }

  private func forEachBlock(_ giant: GiantOutcome, _ body: (Block) throws -> Void) throws {
    try forEachBlock(giant.range, of: giant.bytes, body)
  }

  private func forEachBlock(
    _ range: Range<Int>, of bytes: RereadableBytes, _ body: (Block) throws -> Void
  ) throws {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let block = try bytes.block(at: offset, below: range.upperBound, from: pool)
      try body(block)
      offset += block.count
    }
  }

  private func cutList(_ giant: GiantOutcome, _ facts: AssetFacts) throws -> CutList {
    var starts: [Int: Int] = [:]
    for url in facts.urls {
      var finder = QueryFinder()
      try forEachBlock(url.range, of: giant.bytes) { block in
        block.withBytes { finder.consume($0, at: block.offset) }
      }
      starts[url.range.lowerBound] = finder.found
    }
    return facts.cutList { starts[$0.lowerBound] }
  }

  private func locate(_ giant: GiantOutcome) throws -> ElementFault? {
    var grammar = JSONGrammar(maxDepth: plan.maxDepth, startingAt: giant.range.lowerBound)
    let lines = LineFinder(kernel: plan.kernel)
    var line = giant.line
    var found: ElementFault?
    try forEachBlock(giant) { block in
      if found != nil { return }
      block.withBytes { bytes in
        guard let fault = grammar.consume(bytes) else {
          line = lines.advance(line, over: bytes, at: block.offset)
          return
        }
        let before = bytes.extracting(0..<max(0, fault.offset - block.offset))
        line = lines.advance(line, over: before, at: block.offset)
        found = ElementFault(fault, line: line)
      }
    }
    return found ?? grammar.finish().map { ElementFault($0, line: line) }
  }
}
