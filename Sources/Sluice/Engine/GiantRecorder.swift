// Takes what is delivered of a giant: adds up what its slices have counted, writes its row as it comes, and at its
// end asks its phase what becomes of it, which may be that it must be walked through again.

internal import Sharding

/// The receiver of one giant after another.
struct GiantRecorder {
  private let plan: RunPlan
  private let counts: RunCounts
  private let rows: any RowReceiver
  private let pool: BlockPool
  private let lists: ListProcessor

  private var phase = GiantPhase.survey
  private var found = GiantCounts(nil)
  private var fault: ElementFault?
  private var row: GiantRow

  init(_ plan: RunPlan, counts: RunCounts, rows: any RowReceiver, pool: BlockPool) {
    self.plan = plan
    self.counts = counts
    self.rows = rows
    self.pool = pool
    lists = ListProcessor(plan)
    row = GiantRow(rows)
  }

  /// Takes the next item.
  ///
  /// - Returns: Why the engine is to stop, if it is.
  mutating func record(_ item: GiantItem) throws -> Interruption? {
    switch item {
    case .begin(let pass, _): try begin(pass.phase)
    case .envelope(let bytes, _): if fault == nil { try row.append(envelope: bytes) }
    case .list(let outcome): try record(outcome)
    case .bigList(let slice, let bytes): try record(slice, bytes)
    case .end(let giant): return try finish(giant)
    }
    return nil
  }

  private mutating func begin(_ phase: GiantPhase) throws {
    self.phase = phase
    (found, fault) = (GiantCounts(phase.summary?.decision), nil)
    rows.begin(asset: counts.nextAsset)
    if phase.isWriting, plan.needs.columns == nil, let known = phase.summary {
      row = try GiantRow(rows, at: RowPlace(known.facts, known.decision))
    } else {
      row = GiantRow(rows)
    }
  }

  // MARK: Lists

  private mutating func record(_ outcome: ListOutcome) throws {
    if let failure = outcome.failure { throw failure }
    if fault != nil { return }
    fault = outcome.fault
    found.add(outcome)
    for kept in outcome.rows { try rows.add(kept, ofAsset: counts.nextAsset, to: counts) }
    if let bytes = outcome.bytes { try row.append(elements: bytes) }
  }

  /// Does the work of a slice that is not held, and writes as it goes.
  private mutating func record(_ slice: ListSlice, _ bytes: RereadableBytes) throws {
    if fault != nil { return }
    let source = ReadAgain(bytes: bytes, pool: pool)
    if plan.needs.inspects, slice.job.isCounted {
      let isValid = try ListInspector(plan).process(slice, source) { found.add($0) }
      if !isValid { fault = try lists.fault(in: slice, source) }
      return
    }
    let writer = row.beginBigSlice()
    let buffer = RowBuffer(pool: pool, kernel: plan.kernel) { try writer.write($0) }
    guard let outcome = try lists.process(slice, source, buffer, onRow: { try writer.begin($0) }) else {
      fault = try lists.fault(in: slice, source)
      return
    }
    found.add(outcome)
    if case .elements = slice.job.output { row.endBigSlice(writer, count: buffer.count) }
    if let biggest = outcome.biggest {
      counts.addRows(
        outcome.rowCount, bytes: biggest.bytes - 1, externalId: phase.summary?.facts.externalId,
        at: biggest.offset, asset: counts.nextAsset, copies: max(0, writer.targets.count - 1))
    }
  }

  // MARK: The end

  private mutating func finish(_ giant: GiantEnd) throws -> Interruption? {
    guard fault == nil, let facts = giant.facts else { return try malformed(giant) }
    // What an earlier pass has told is all that there is to know; what is known early is not.
    var known = phase.fullSummary ?? GiantSummary(facts, giant)
    if known.facts.isIssue { return .issueExport(offset: giant.range.lowerBound, line: giant.line) }
    if known.facts.isNoAsset {
      let start = giant.range.lowerBound
      return findFault(giant)
        ?? refused(giant, ElementFault(noAssetAt: start, line: giant.line, end: giant.range.upperBound))
    }
    if phase.fullSummary == nil {
      let bytes = giant.bytes.map { ReadAgain(bytes: $0, pool: pool) }
      try known.facts.choose(plan.needs.selection.sample, at: giant.range, in: bytes)
    }
    if let phase = phase.beforeDecision(known, plan) { return try again(giant, phase) }
    found.add(to: &known.facts)
    known.decision = plan.selector.decide(known.facts)
    found.addFindings(to: &known, rowsAreAssets: plan.needs.columns == nil)
    if let excess = plan.excess(in: known.facts, known.decision) { return try exceeded(excess, giant) }
    switch phase.next(known, isSuspect: giant.isSuspect, plan) {
    case .phase(let phase): return try again(giant, phase)
    case .filtered(let known):
      count(known, giant)
      return nil
    case .refused: return refused(giant)
    case .written: return try finishRows(giant, known)
    }
  }

  /// Requests another pass over the giant.
  private func again(_ giant: GiantEnd, _ phase: GiantPhase) throws -> Interruption {
    if giant.bytes == nil { throw InputChanged() }
    return .giant(GiantRestart(giant, phase))
  }

  private mutating func finishRows(_ giant: GiantEnd, _ known: GiantSummary) throws -> Interruption? {
    if plan.needs.columns == nil { try finishRow(giant, known) } else { count(known, giant) }
    guard let limit = plan.options.rows.limit, counts.kept >= limit else { return nil }
    return .limitReached
  }

  private mutating func finishRow(_ giant: GiantEnd, _ known: GiantSummary) throws {
    try row.end()
    let start = giant.range.lowerBound
    if Row.isBig(row.count) {
      let column = start - giant.line.start + 1
      counts.warn(
        .rowTooBig, count: 1, at: counts.position(start, line: giant.line.line, column: column))
    }
    count(known, giant)
    counts.addRows(
      bytes: row.count - 1, externalId: known.facts.externalId, at: start, asset: counts.nextAsset - 1,
      copies: row.targets.count - 1)
  }

  private func count(_ known: GiantSummary, _ giant: GiantEnd) {
    var delta = CountsDelta()
    delta.add(known.facts, known.decision)
    counts.add(delta, known.facts.warningCounts, range: giant.range, lines: known.warningLines)
  }

  // MARK: Faults

  private func malformed(_ giant: GiantEnd) throws -> Interruption {
    // What looks at everything in order has met the first fault.
    if let findFault = findFault(giant) { return findFault }
    var found = fault ?? giant.fault
    if found == nil, let bytes = giant.bytes {
      found = try GiantReader(plan: plan, pool: pool).fault(in: giant, bytes)
    }
    guard let found else { throw InputChanged() }
    return refused(giant, found)
  }

  /// What a giant has too much of; unless it is no JSON anyway.
  private func exceeded(_ excess: LimitViolation, _ giant: GiantEnd) throws -> Interruption {
    if let findFault = findFault(giant) { return findFault }
    guard let bytes = giant.bytes else { throw InputChanged() }
    let line = try GiantReader(plan: plan, pool: pool).line(of: excess.offset, in: giant, bytes)
    return refused(giant, ElementFault(excess, line: line, end: giant.range.upperBound))
  }

  /// Another way through that finds the first fault, if this one need not have met it and there can be one.
  private func findFault(_ giant: GiantEnd) -> Interruption? {
    guard giant.bytes != nil, let next = phase.afterRefusal(plan) else { return nil }
    return .giant(GiantRestart(giant, next))
  }

  private func refused(_ giant: GiantEnd, _ fault: ElementFault? = nil) -> Interruption {
    let start = giant.range.lowerBound
    let unknown = ElementFault(
      offset: start, line: giant.line.line, column: start - giant.line.start + 1, code: "rejected",
      message: "the parser refuses this asset")
    return .malformed(
      MalformedElement(
        start: start, framing: giant.framing, line: giant.line, fault: fault ?? unknown,
        keepsRest: giant.framing == .sequence ? true : nil, bytes: giant.bytes))
  }
}
