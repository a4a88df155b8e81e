// Takes what is delivered of a giant: adds up what its runs have counted, writes its row as it comes, and
// at its end says what becomes of it, which may be that it must be walked through again.

internal import Sharding

/// The receiver of one giant after another.
struct GiantRecorder {
  private let plan: RunPlan
  private let counts: RunCounts
  private let rows: any RowReceiver
  private let pool: BlockPool
  private let lists: ListProcessor

  private var pass = GiantPass(goal: .survey)
  /// What was found of the annotations of `task`, and of those of `tasks`.
  private var found = GiantCounts()
  private var legacyFound = GiantCounts()
  private var fault: ElementFault?
  /// Whether a part of a row has been written since a list was opened, so that a comma is due.
  private var listHasElements = false
  private var targets: [Int] = []
  private var rowBytes = 0

  init(_ plan: RunPlan, counts: RunCounts, rows: any RowReceiver, pool: BlockPool) {
    self.plan = plan
    self.counts = counts
    self.rows = rows
    self.pool = pool
    lists = ListProcessor(plan)
  }

  /// Takes the next item.
  ///
  /// - Returns: Why the engine is to stop, if it is.
  mutating func record(_ item: GiantItem) throws -> Interruption? {
    switch item {
    case .begin(let pass, _): try begin(pass)
    case .frame(let bytes, _):
      if fault == nil { try bytes.forEachRun { try write($0) } }
      listHasElements = false
    case .list(let outcome): try record(outcome)
    case .bigList(let run, let bytes): try record(run, bytes)
    case .end(let giant): return try finish(giant)
    }
    return nil
  }

  private mutating func begin(_ pass: GiantPass) throws {
    self.pass = pass
    (found, legacyFound) = (GiantCounts(), GiantCounts())
    (fault, listHasElements, targets, rowBytes) = (nil, false, [], 0)
    rows.begin(asset: counts.nextAsset)
    if pass.goal == .write, plan.needs.columns == nil, let known = pass.known {
      targets = try rows.targets(for: RowPlace(known.facts, known.decision))
    }
  }

  private mutating func write(_ bytes: Span<UInt8>) throws {
    for target in targets { try rows.append(bytes, to: target) }
    rowBytes += bytes.count
  }

  // MARK: Lists

  private mutating func record(_ outcome: ListOutcome) throws {
    if let failure = outcome.failure { throw failure }
    if fault != nil { return }
    fault = outcome.fault
    count(outcome)
    for kept in outcome.rows { try rows.add(kept, ofAsset: counts.nextAsset, to: counts) }
    guard let bytes = outcome.bytes, bytes.count > 0 else { return }
    try writeComma()
    try bytes.forEachRun { try write($0) }
  }

  private mutating func writeComma() throws {
    if listHasElements { try write([UInt8(ascii: ",")].span) }
    listHasElements = true
  }

  private mutating func count(_ outcome: ListOutcome) {
    if outcome.place.isInTaskList {
      let passes = pass.known?.decision.passes(outcome.place.task) ?? true
      legacyFound.add(outcome, passes: passes)
    } else {
      found.add(outcome, passes: true)
    }
  }

  /// Does the work of a run that is not held, and writes as it goes.
  private mutating func record(_ run: ListRun, _ bytes: RereadableBytes) throws {
    if fault != nil { return }
    let source = ReadAgain(bytes: bytes, pool: pool)
    if plan.needs.inspects, run.job.counts {
      let isValid = try ListInspector(plan).process(run, source) { count($0) }
      if !isValid { fault = try lists.fault(in: run, source) }
      return
    }
    let writer = BigRunWriter(rows, targets: targets, commaIsDue: listHasElements)
    let buffer = RowBuffer(pool: pool, kernel: plan.kernel) { try writer.write($0) }
    guard let outcome = try lists.process(run, source, buffer, onRow: { try writer.begin($0) }) else {
      fault = try lists.fault(in: run, source)
      return
    }
    count(outcome)
    if case .elements = run.job.output {
      rowBytes += buffer.count + writer.commas
      if buffer.count > 0 { listHasElements = true }
    }
    if let biggest = outcome.biggest {
      counts.addRows(
        outcome.rowCount, bytes: biggest.bytes - 1, externalId: pass.known?.facts.externalId,
        at: biggest.offset, asset: counts.nextAsset, copies: max(0, writer.targets.count - 1))
    }
  }

  // MARK: The end

  private mutating func finish(_ giant: GiantEnd) throws -> Interruption? {
    guard fault == nil, var known = giant.facts.map({ KnownGiant($0, giant) }) else {
      return try malformed(giant)
    }
    // What is known early is not all that there is to count; what an earlier pass has told is.
    if pass.tellsAll, let told = pass.known { known = told }
    if known.facts.isIssue { return .issueExport(offset: giant.range.lowerBound, line: giant.line) }
    if known.facts.isNoAsset {
      let start = giant.range.lowerBound
      return checkOfAll(giant)
        ?? refused(giant, ElementFault(noAssetAt: start, line: giant.line, end: giant.range.upperBound))
    }
    // What an earlier pass has told has been chosen.
    if !pass.tellsAll {
      let bytes = giant.bytes.map { ReadAgain(bytes: $0, pool: pool) }
      try known.facts.choose(plan.needs.selection.sample, at: giant.range, in: bytes)
    }
    if pass.goal == .survey, !pass.tellsAll, known.facts.hasTasks, !plan.surveysTaskListsAtOnce {
      return try surveyTasks(giant, known)
    }
    complete(&known)
    known.decision = plan.selector.decide(known.facts)
    addFindings(to: &known)
    if let excess = plan.excess(in: known.facts, known.decision) {
      return try exceeded(excess, giant)
    }
    switch pass.goal {
    case .survey:
      known.isCounted = plan.surveysAnnotations
      known.isWanted = known.isCounted ? known.decision.isKept : known.decision.isCandidate
      if known.isWanted || giant.isSuspect && !plan.validatesAll { return try again(giant, known) }
      count(known, giant)
      return nil
    case .check:
      if let known = pass.known, !known.isWanted {
        count(known, giant)
        return nil
      }
      // The two judges differ, which tests rule out: yajl's word stands, without an exact place.
      if pass.known == nil { return refused(giant) }
      let next = GiantPass(goal: .write, known: pass.known, bytes: giant.bytes)
      return .giant(GiantRestart(giant, next))
    case .write:
      if plan.needs.columns == nil { try finishRow(giant, known) } else { count(known, giant) }
      guard let limit = plan.options.rows.limit, counts.kept >= limit else { return nil }
      return .limitReached
    }
  }

  /// Adds what the runs have told and whether it is kept may depend on.
  private func complete(_ known: inout KnownGiant) {
    let found = known.facts.isLegacy ? legacyFound : self.found
    // An earlier pass may have counted them.
    if !found.marks.isEmpty { known.facts.annotationMarks = found.marks }
    known.facts.annotations.add(found.annotations, limit: BoundedTally.limit)
    known.facts.tally.add(found.tally)
    known.facts.inspection?.shape = found.shape
  }

  /// Adds the surprises that count, now that the giant has been decided on.
  private func addFindings(to known: inout KnownGiant) {
    let isLegacy = known.facts.isLegacy
    let rowsAreAssets = plan.needs.columns == nil
    if rowsAreAssets || !isLegacy && known.decision.isCandidate { found.findings.add(to: &known) }
    if rowsAreAssets || isLegacy && known.decision.isCandidate { legacyFound.findings.add(to: &known) }
  }

  /// Has the giant surveyed once more, now that it is known which of its tasks pass: to remember the counts of each
  /// of 65,536 tasks until then would take memory without bound.
  private func surveyTasks(_ giant: GiantEnd, _ known: KnownGiant) throws -> Interruption {
    guard let bytes = giant.bytes else { throw InputChanged() }
    var known = known
    known.decision = plan.selector.decide(known.facts)
    let pass = GiantPass(goal: .survey, known: known, bytes: bytes)
    return .giant(GiantRestart(giant, pass))
  }

  /// Has the giant walked through once more, now that it is known to be kept.
  private func again(_ giant: GiantEnd, _ known: KnownGiant) throws -> Interruption {
    guard let bytes = giant.bytes else { throw InputChanged() }
    var known = known
    if let columns = plan.needs.columns {
      known.frames = RowFrames(
        plan, columns, known.facts, known.decision, ReadAgain(bytes: bytes, pool: pool))
    }
    let isChecked = plan.validatesAll || plan.options.onError == .stop
    let pass = GiantPass(
      goal: isChecked ? .write : .check, known: known, checksAll: !isChecked && giant.isSuspect, bytes: bytes)
    return .giant(GiantRestart(giant, pass))
  }

  private mutating func finishRow(_ giant: GiantEnd, _ known: KnownGiant) throws {
    try write([UInt8(ascii: "\n")].span)
    let start = giant.range.lowerBound
    if Row.isBig(rowBytes) {
      let column = start - giant.line.start + 1
      counts.warn(
        .rowTooBig, count: 1, at: counts.position(start, line: giant.line.line, column: column))
    }
    count(known, giant)
    counts.addRows(
      bytes: rowBytes - 1, externalId: known.facts.externalId, at: start, asset: counts.nextAsset - 1,
      copies: targets.count - 1)
  }

  private func count(_ known: KnownGiant, _ giant: GiantEnd) {
    var delta = CountsDelta()
    delta.add(known.facts, known.decision)
    counts.add(delta, known.facts.surprises, range: giant.range, lines: known.surpriseLines)
  }

  private func malformed(_ giant: GiantEnd) throws -> Interruption {
    // What looks at everything in order has met the first fault.
    if let check = checkOfAll(giant) { return check }
    var found = fault ?? giant.fault
    if found == nil, let bytes = giant.bytes {
      found = try GiantReader(plan: plan, pool: pool).fault(in: giant, bytes)
    }
    guard let found else { throw InputChanged() }
    return refused(giant, found)
  }

  /// What a giant has too much of; unless it is no JSON anyway.
  private func exceeded(_ excess: Excess, _ giant: GiantEnd) throws -> Interruption {
    if let check = checkOfAll(giant) { return check }
    guard let bytes = giant.bytes else { throw InputChanged() }
    let line = try GiantReader(plan: plan, pool: pool).line(of: excess.offset, in: giant, bytes)
    return refused(giant, ElementFault(excess, line: line, end: giant.range.upperBound))
  }

  /// Another way through that checks every byte, if this one did not and there can be one: all workers find a
  /// fault together, far sooner than the exact grammar would.
  private func checkOfAll(_ giant: GiantEnd) -> Interruption? {
    guard !pass.readsAll(plan), let bytes = giant.bytes else { return nil }
    let check = GiantPass(goal: .check, checksAll: true, bytes: bytes)
    return .giant(GiantRestart(giant, check))
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

/// Writes what comes of a run that is not held.
private final class BigRunWriter {
  private let rows: any RowReceiver
  private(set) var targets: [Int]
  private var commaIsDue: Bool
  /// How many commas were written before it.
  private(set) var commas = 0

  init(_ rows: any RowReceiver, targets: [Int], commaIsDue: Bool) {
    self.rows = rows
    self.targets = targets
    self.commaIsDue = commaIsDue
  }

  /// Starts the row of an annotation.
  func begin(_ place: RowPlace) throws { targets = try rows.targets(for: place) }

  func write(_ bytes: Span<UInt8>) throws {
    if bytes.isEmpty { return }
    if commaIsDue {
      commas += 1
      for target in targets { try rows.append([UInt8(ascii: ",")].span, to: target) }
    }
    commaIsDue = false
    for target in targets { try rows.append(bytes, to: target) }
  }
}
