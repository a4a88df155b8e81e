// What is to be done with the lists that a giant's walk meets, by what it is walked through for.

internal import Sharding

/// Says what is to be done with one list after another.
struct ListJobs: Sendable {
  private let phase: GiantPhase
  /// What is known of the giant; apart from the phase, since to take it out of there would copy it for each list.
  private let known: GiantSummary?
  private let plan: RunPlan
  private let readsEveryByte: Bool
  /// Makes what the rows of a list have in common.
  private var frames: RowFrames?
  private let earlyFrame: RowFrame?

  init(_ pass: GiantPass, _ plan: RunPlan, _ pool: BlockPool) {
    phase = pass.phase
    known = phase.summary
    self.plan = plan
    readsEveryByte = phase.readsEveryByte(plan)
    if case .writeEarly(_, let frame) = phase { earlyFrame = frame } else { earlyFrame = nil }
    if let columns = plan.needs.columns, let known = phase.fullSummary, let bytes = pass.bytes {
      frames = RowFrames(plan, columns, known.facts, known.decision, ReadAgain(bytes: bytes, pool: pool))
    }
  }

  /// What is to be done with a list, which may be cut out of its row.
  ///
  /// - Throws: What making the columns of its rows throws.
  mutating func job(_ list: ListPlace, isCut: Bool) throws -> ListJob {
    try plan.needs.columns == nil ? elementsJob(list, isCut: isCut) : rowsJob(list)
  }

  /// What is to be done with a list where the row is the asset.
  private func elementsJob(_ list: ListPlace, isCut: Bool) -> ListJob {
    let needs = plan.needs
    var job = ListJob()
    job.validates = true
    switch phase {
    case .survey, .surveyTasks:
      // Where all is validated, lists are met that do not come into the row.
      let isDropped = list.isInSnapshot && needs.dropsHistory
      let isWanted = list.counts && !needs.annotations.predicate.keepsAll || needs.prunes && !isDropped
      job.isCounted = isWanted && countsNow(list)
      job.validates = plan.validatesAll
    case .check, .checkFiltered, .findFault: break
    case .write, .writeEarly:
      if isCut { break }
      job.output = .elements(prunes: needs.prunes && (!list.isInTaskList || known?.facts.isLegacy == true))
    }
    return job
  }

  /// What is to be done with a list where rows are annotations.
  private mutating func rowsJob(_ list: ListPlace) throws -> ListJob {
    var job = ListJob()
    job.validates = readsEveryByte
    switch phase {
    case .survey, .surveyTasks: job.isCounted = list.hasRows && plan.surveysAnnotations && countsNow(list)
    case .findFault: break
    case .check, .checkFiltered:
      if let frame = try frame(of: list) { job.output = .checkedRows(frame) }
    case .write, .writeEarly:
      guard let frame = try frame(of: list) else { break }
      job.output = .rows(frame)
      job.isCounted = !plan.surveysAnnotations
    }
    return job
  }

  /// What the rows of a list have in common; nil if it has none.
  private mutating func frame(of list: ListPlace) throws -> RowFrame? {
    guard list.hasRows, list.isInTaskList == known?.facts.isLegacy, passes(list) else { return nil }
    return try earlyFrame ?? frames?.frame(of: list)
  }

  /// Whether a list is counted in this survey, or in the next, when it is known which tasks pass.
  private func countsNow(_ list: ListPlace) -> Bool {
    if !list.isInTaskList || plan.surveysTaskListsAtOnce { return true }
    guard let known else { return false }
    return plan.needs.columns == nil || known.facts.isLegacy && passes(list)
  }

  private func passes(_ list: ListPlace) -> Bool { known?.decision.passes(list.task) == true }
}
