// What is to be done with the lists that a giant's walk meets, by what the pass is for.

internal import Sharding

/// Says what is to be done with one list after another.
struct ListJobs: Sendable {
  private let pass: GiantPass
  private let plan: RunPlan
  private let readsAll: Bool
  private var frames: RowFrames?

  init(_ pass: GiantPass, _ plan: RunPlan) {
    self.pass = pass
    self.plan = plan
    readsAll = pass.readsAll(plan)
    frames = pass.known?.frames
  }

  /// What is to be done with a list, which may be cut out of its row.
  ///
  /// - Throws: What making the columns of its rows throws.
  mutating func job(_ place: ListPlace, isCut: Bool) throws -> ListJob {
    try plan.needs.columns == nil ? elementsJob(place, isCut: isCut) : rowsJob(place)
  }

  /// What is to be done with a list where the row is the asset.
  private func elementsJob(_ place: ListPlace, isCut: Bool) -> ListJob {
    var job = ListJob()
    let needs = plan.needs
    if pass.goal == .survey {
      // Where all is validated, lists are met that do not come into the row.
      let isDropped = place.isInSnapshot && needs.dropsHistory
      let isWanted = place.counts && !needs.annotations.predicate.keepsAll || needs.prunes && !isDropped
      job.counts = isWanted && countsNow(place)
      job.validates = plan.validatesAll
      return job
    }
    job.validates = true
    if pass.goal == .write, let known = pass.known, !isCut {
      job.output = .elements(prunes: needs.prunes && (!place.isInTaskList || known.facts.isLegacy))
    }
    return job
  }

  /// What is to be done with a list where rows are annotations.
  private mutating func rowsJob(_ place: ListPlace) throws -> ListJob {
    var job = ListJob()
    job.validates = readsAll
    if pass.goal == .survey { job.counts = place.hasRows && plan.surveysAnnotations && countsNow(place) }
    guard pass.goal != .survey, let known = pass.known else { return job }
    guard place.hasRows, place.isInTaskList == known.facts.isLegacy,
      known.decision.passes(place.task)
    else { return job }
    guard let frame = try known.earlyFrame ?? frames?.frame(of: place) else { return job }
    job.output = pass.goal == .write ? .rows(frame) : .checkedRows(frame)
    job.counts = pass.goal == .write && !known.isCounted
    return job
  }

  /// Whether a list is counted in this survey, or in the next, when it is known which tasks pass.
  private func countsNow(_ place: ListPlace) -> Bool {
    if !place.isInTaskList || plan.surveysTaskListsAtOnce { return true }
    guard let known = pass.known else { return false }
    return plan.needs.columns == nil || known.facts.isLegacy && known.decision.passes(place.task)
  }
}
