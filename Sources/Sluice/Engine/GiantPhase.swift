// What is known of a giant, and what it is walked through for. What becomes of an asset may be known only at its
// end; then it is walked through again, from the file, or of a pipe from the spool that it was written to on the
// way. Which way through comes next is decided here, and nowhere else.
//
//     survey ──┬────────────────┬─► write            all faults end the run, or all has been checked
//        │     └─► surveyTasks ─┼─► check ─► write   rows may flow only once it is known to be JSON
//        │                      ├─► checkFiltered    filtered out, but it may hold the next record
//        │                      └─► (counted)        filtered out
//     writeEarly                                     its first bytes tell all that decides on its rows
//
//     any of them ─► findFault                       something is wrong, and not every byte was checked

internal import Sharding

/// What is known of a giant before it is walked through again.
struct GiantSummary: Sendable {
  var facts: AssetFacts
  var decision = Decision()
  /// What does not go into its row, but for what is pruned: each slice sees to that itself.
  var cuts = GiantCuts()
  /// Where the first warning of each code is.
  var warningLines: WarningLines = [:]

  init(_ facts: AssetFacts) { self.facts = facts }

  init(_ facts: AssetFacts, _ end: GiantEnd) {
    self.facts = facts
    warningLines = end.warningLines
    cuts = end.cuts
  }
}

/// What a giant is walked through for, with what is known of it.
enum GiantPhase: Sendable {
  /// To gather its facts; nothing is known yet.
  case survey
  /// To count the annotations of the tasks that pass: to remember the counts of each of 65,536 tasks until that
  /// was known would have taken memory without bound.
  case surveyTasks(GiantSummary)
  /// To see that it is JSON to its end, in every byte or in those that its rows are made of.
  case check(GiantSummary, everyByte: Bool)
  /// To see that it is JSON in every byte before it counts as filtered out.
  case checkFiltered(GiantSummary)
  /// To find its first fault: all workers do so together, far sooner than the exact grammar would.
  case findFault
  /// To write its rows.
  case write(GiantSummary)
  /// To write its rows at once. What its first bytes have told is not all that there is to count.
  case writeEarly(GiantSummary, RowFrame?)

  /// What is known of it.
  var summary: GiantSummary? {
    switch self {
    case .survey, .findFault: nil
    case .surveyTasks(let summary), .check(let summary, _), .checkFiltered(let summary): summary
    case .write(let summary), .writeEarly(let summary, _): summary
    }
  }

  /// What an earlier way through has told: all that there is to know but for its annotations.
  var fullSummary: GiantSummary? {
    if case .writeEarly = self { nil } else { summary }
  }

  /// Whether what becomes of it is not known yet, or only as far as its first bytes tell.
  var isUndecided: Bool {
    switch self {
    case .survey, .surveyTasks, .writeEarly: true
    case .check, .checkFiltered, .findFault, .write: false
    }
  }

  var isSurvey: Bool {
    switch self {
    case .survey, .surveyTasks: true
    case .check, .checkFiltered, .findFault, .write, .writeEarly: false
    }
  }

  var isWriting: Bool {
    switch self {
    case .write, .writeEarly: true
    case .survey, .surveyTasks, .check, .checkFiltered, .findFault: false
    }
  }

  /// Whether every byte is checked to be JSON, or those that are needed alone.
  func readsEveryByte(_ plan: RunPlan) -> Bool {
    let rowsAreAssets = plan.needs.columns == nil
    return switch self {
    case .checkFiltered, .findFault: true
    case .check(_, let everyByte): everyByte || rowsAreAssets
    case .survey, .surveyTasks: plan.validatesAll
    case .write: rowsAreAssets
    case .writeEarly: plan.validatesAll || rowsAreAssets
    }
  }
}

// MARK: Transitions

extension GiantPhase {
  /// What follows a way through in which nothing was found wrong.
  enum Next {
    /// Another way through.
    case phase(GiantPhase)
    /// It is filtered out, and counted with what is known of it.
    case filtered(GiantSummary)
    /// Its rows have been written.
    case written
    /// A parser refused it, and no fault was found since: they differ, which tests rule out. The parser's word
    /// stands, without an exact place.
    case refused
  }

  /// The way through that must come before it can be decided on, now that its facts are known.
  func beforeDecision(_ summary: GiantSummary, _ plan: RunPlan) -> GiantPhase? {
    guard case .survey = self, summary.facts.hasTasks, !plan.surveysTaskListsAtOnce else { return nil }
    var summary = summary
    summary.decision = plan.selector.decide(summary.facts)
    return .surveyTasks(summary)
  }

  /// What follows, now that it has been decided on.
  ///
  /// A line in a suspect one may be the next record: see `LineWatch`.
  func next(_ summary: GiantSummary, isSuspect: Bool, _ plan: RunPlan) -> Next {
    switch self {
    case .survey, .surveyTasks:
      let isWanted = plan.surveysAnnotations ? summary.decision.isKept : summary.decision.isCandidate
      let isInDoubt = isSuspect && !plan.validatesAll
      if !isWanted { return isInDoubt ? .phase(.checkFiltered(summary)) : .filtered(summary) }
      if plan.validatesAll || plan.options.onError == .stop { return .phase(.write(summary)) }
      return .phase(.check(summary, everyByte: isInDoubt))
    case .check(let known, _): return .phase(.write(known))
    case .checkFiltered(let known): return .filtered(known)
    case .findFault: return .refused
    case .write, .writeEarly: return .written
    }
  }

  /// The way through that finds the first fault, when this one has found that something is wrong; nil if it has
  /// checked every byte, and so has met the first.
  func afterRefusal(_ plan: RunPlan) -> GiantPhase? { readsEveryByte(plan) ? nil : .findFault }
}

// MARK: The start

extension GiantPhase {
  /// The first way through a giant that has just turned out to be one, by those of its bytes that are held.
  ///
  /// Rows flow at once only where nothing that comes later can take them back or change them.
  static func first(_ element: Element, _ context: MergeContext) -> GiantPhase {
    let plan = context.plan
    let needs = plan.needs
    let editsRow = needs.columns == nil && (needs.dropsHistory || needs.stripsURLs)
    guard plan.options.onError == .stop, !plan.surveysAnnotations, !editsRow,
      needs.columns?.readsHistory != true, let facts = earlyFacts(element, plan)
    else { return .survey }
    var summary = GiantSummary(facts)
    summary.decision = plan.selector.decide(facts)
    let isCandidate = summary.decision.isCandidate
    guard isCandidate, plan.excess(in: facts, summary.decision) == nil else { return .survey }
    guard let columns = needs.columns else { return .writeEarly(summary, nil) }
    var frames = RowFrames(plan, columns, facts, summary.decision, element.extent)
    // What is no JSON is no reason to begin, and is found by those who read all.
    guard let frame = try? frames.frame(ofTask: 0) else { return .survey }
    return .writeEarly(summary, frame)
  }

  private static func earlyFacts(_ element: Element, _ plan: RunPlan) -> AssetFacts? {
    let reader = AssetReader(plan.needs, listsApart: .met)
    var walker = SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    let extent = element.extent
    do {
      try extent.forEachMappedRun(in: extent.start..<extent.end) { bytes, offset, map in
        try walker.consume(bytes, at: offset, map: map)
      }
    } catch {
      // The survey reads the same bytes, and says what is wrong with them.
      return nil
    }
    return reader.settledFacts(plan.options)
  }
}
