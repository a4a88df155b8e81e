// Which members of an asset, its tasks and their snapshots become columns of annotation rows.

/// The columns of a run.
struct ColumnNeeds: Sendable {
  /// Members of an asset or a task that are always captured.
  struct Members: Sendable {
    let keys: [ExportKey]
    /// The place of the one that only legacy exports need, if it is no column.
    private let legacyOnly: Int?

    /// The `stage` column of a legacy asset comes from `status`.
    init(columns: [ExportKey]) {
      var keys: [ExportKey] = []
      for key in columns where !keys.contains(key) { keys.append(key) }
      legacyOnly = keys.contains(.status) ? nil : keys.count
      self.keys = legacyOnly == nil ? keys : keys + [.status]
    }

    func index(of key: ExportKey) -> Int? { keys.firstIndex(of: key) }

    /// Whether all that a current asset's columns show is among `ranges`, those of the context included.
    func isComplete(_ ranges: [Range<Int>?]) -> Bool {
      ranges.indices.allSatisfy { ranges[$0] != nil || $0 == legacyOnly }
    }
  }

  static let asset = Members(
    columns: AnnotationColumns.all.compactMap { column in
      if case .asset(let key) = column.source { key } else { nil }
    })

  static let task = Members(
    columns: AnnotationColumns.all.compactMap { column in
      switch column.source {
      case .task(let key), .currentTask(let key): key
      case .stage: .stage
      case .asset, .kind, .tool, .member, .snapshot, .annotation: nil
      }
    })

  /// Whether the annotations of snapshots are rows too.
  let readsHistory: Bool
  /// The names of the asset's members that are context, which follow those that are always captured.
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
    [Range<Int>?](repeating: nil, count: Self.asset.keys.count + assetContext.count)
  }

  /// Those of a task's.
  var emptyTask: [Range<Int>?] {
    [Range<Int>?](repeating: nil, count: Self.task.keys.count + taskContext.count)
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
  /// Where the values of `AnnotationColumns.snapshotKeys` are.
  var members = [Range<Int>?](repeating: nil, count: AnnotationColumns.snapshotKeys.count)
}
