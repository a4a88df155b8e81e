// Which members of an asset, its tasks and their snapshots become columns of annotation rows.

/// The columns of a run.
struct ColumnNeeds: Sendable {
  /// The members of an asset that are always lifted, by their places in `AssetFacts.members`.
  static let asset: [ExportKey] = [.externalId, .assetId, .batches, .status]
  /// Those of a task.
  static let task: [ExportKey] = [.taskId, .stage, .stageId, .updatedAt, .status]
  /// Those of a snapshot.
  static let snapshot: [ExportKey] = [.stage, .stageId, .completedAt, .completedBy]

  /// Whether the annotations of snapshots are rows too.
  let readsHistory: Bool
  /// The names of the asset's members that are context, which follow those that are always lifted.
  let assetContext: [[UInt8]]
  /// Those of the task's.
  let taskContext: [[UInt8]]

  init(_ options: RowOptions) {
    readsHistory = options.history == .rows
    assetContext = options.context.filter { !$0.isTasks }.map { Array($0.name.utf8) }
    taskContext = options.context.filter(\.isTasks).map { Array($0.name.utf8) }
  }

  /// The places of an asset's members before any has been read.
  var emptyAsset: [Range<Int>?] {
    [Range<Int>?](repeating: nil, count: Self.asset.count + assetContext.count)
  }

  /// Those of a task's.
  var emptyTask: [Range<Int>?] {
    [Range<Int>?](repeating: nil, count: Self.task.count + taskContext.count)
  }

  /// Which of the context members `name` is, of those in `names`.
  static func index(of name: Span<UInt8>, in names: [[UInt8]]) -> Int? {
    names.firstIndex { candidate in
      guard candidate.count == name.count else { return false }
      for index in candidate.indices where candidate[index] != name[index] { return false }
      return true
    }
  }
}

/// What is known of a snapshot of a task.
struct SnapshotFacts: Sendable {
  /// Its index in `stageHistory`.
  var index: Int
  /// Where the values of `ColumnNeeds.snapshot` are.
  var members = [Range<Int>?](repeating: nil, count: ColumnNeeds.snapshot.count)
}
