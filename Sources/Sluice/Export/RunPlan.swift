// What a run wants to know of each asset, worked out once.

internal import ByteScan

/// Everything about a run that workers need and nobody changes.
///
/// A class, because it is handed from hand to hand for each asset, and a copy would count a dozen references.
final class RunPlan: Sendable {
  let options: RunOptions
  let needs: ReaderNeeds
  let selector: Selector

  init(_ options: RunOptions) {
    self.options = options
    needs = ReaderNeeds(options)
    selector = Selector(options)
  }

  var kernel: ScanKernel { options.resources.kernel }
  var maxDepth: Int { options.resources.maxDepth }
  var validatesAll: Bool { options.resources.validation == .all }

  /// Whether annotations must be counted before the first row of a giant is written: they decide on its row,
  /// and on the rows of its snapshots.
  var surveysAnnotations: Bool {
    needs.inspects || !needs.annotations.predicate.keepsAll && needs.columns?.readsHistory != false
  }

  /// Whether the lists of `tasks` can be counted as they are met: only if it is known of each task that it passes.
  var surveysTaskListsAtOnce: Bool { !surveysAnnotations || selector.passesAllTasks }

  /// What an asset has too much of to be worked on.
  func excess(in facts: AssetFacts, _ decision: Decision) -> LimitViolation? {
    if let excess = facts.excess { return excess }
    // Nearly all assets are shorter than what columns may have.
    let isShort = facts.end > 0 && facts.end - facts.start <= AssetLimits.columns
    if needs.columns == nil || isShort || !decision.isCandidate { return nil }
    return facts.columnExcess(decision)
  }

  /// Whether elements that stand by themselves are watched for lines that start as a record does.
  var watchesLines: Bool { options.onError != .stop }
}
