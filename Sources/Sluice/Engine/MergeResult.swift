// What goes into merging a block, and what comes of it.

internal import Sharding

/// What merging needs and does not change.
struct MergeContext: Sendable {
  let plan: RunPlan
  let source: BlockSource
  let pool: BlockPool
  let budget: EngineBudget

  var lines: LineFinder { LineFinder(kernel: plan.kernel) }
}

/// What merging one block has brought about.
struct MergeResult: Sendable {
  var tasks: [ElementTask] = []
  var items: [(number: Int, item: EngineItem)] = []
  /// What is to be done once one of the items has been delivered.
  var rests: [(number: Int, work: ElementTask.Work)] = []
  var isLast = false
  /// Whether the block is to be merged once more, when some of the items are done.
  var isPartial = false
  /// Everything before this offset has been taken care of without being held.
  var walkedTo: Int?
}
