// What an asset may have at most, of the few things that are remembered one by one until it ends, whatever its
// size. No asset that a person works on comes near; a hostile one is malformed, like one that is nested too deep
// (docs/decisions/0014-asset-limits.md).

/// How much an asset may have.
enum AssetLimits {
  /// Elements of a legacy asset's `tasks`.
  static let tasks = 1 << 16
  /// Snapshots in all, where their annotations are rows.
  static let snapshots = 1 << 16
  /// Bytes of the names of different batches, each counted with what it takes in a table.
  static let batches = 1 << 20
  /// Bytes of the values that an asset, its task and a snapshot have put into each row.
  static let columns = 4 << 20
  /// Different keys of an annotation that are looked at for a tool of an unknown type.
  static let toolKeys = 4096
}

/// Something of which an asset has too much.
struct LimitViolation: Sendable, Hashable {
  enum Kind: Sendable {
    case tasks, snapshots, batches, columns

    /// A word that stays the same.
    var code: String {
      switch self {
      case .tasks: "too-many-tasks"
      case .snapshots: "too-many-snapshots"
      case .batches: "too-many-batches"
      case .columns: "columns-too-long"
      }
    }
  }

  var kind: Kind
  /// Where the first is that goes beyond.
  var offset: Int

  var message: String {
    switch kind {
    case .tasks: "more than \(AssetLimits.tasks) tasks in one asset"
    case .snapshots: "more than \(AssetLimits.snapshots) snapshots in one asset"
    case .batches: "more than 1 MiB of names of batches in one asset"
    case .columns: "more than 4 MiB of values that each row would repeat"
    }
  }
}

extension AssetFacts {
  /// Notes that there is too much of something, unless there was of something else before.
  mutating func exceed(_ kind: LimitViolation.Kind, at offset: Int) {
    if excess == nil { excess = LimitViolation(kind: kind, offset: offset) }
  }

  /// Whether the rows of the passing tasks would repeat too much: the longest value of the first such row.
  func columnExcess(_ decision: Decision) -> LimitViolation? {
    let shared = members.compactMap { $0 }
    for number in decision.passingTasks {
      let task = task(at: number)
      let common = shared + task.members.compactMap { $0 }
      let length = Self.length(common)
      if length > AssetLimits.columns { return Self.excess(common) }
      for snapshot in task.snapshots {
        let own = snapshot.members.compactMap { $0 }
        if length + Self.length(own) > AssetLimits.columns { return Self.excess(common + own) }
      }
    }
    return nil
  }

  private static func length(_ ranges: [Range<Int>]) -> Int { ranges.reduce(0) { $0 + $1.count } }

  private static func excess(_ ranges: [Range<Int>]) -> LimitViolation? {
    ranges.max { $0.count < $1.count }.map { LimitViolation(kind: .columns, offset: $0.lowerBound) }
  }
}

extension AssetState {
  /// Starts a snapshot whose annotations are rows.
  mutating func beginSnapshot(at offset: Int) {
    if snapshotCount == AssetLimits.snapshots { return facts.exceed(.snapshots, at: offset) }
    snapshotCount += 1
    task.snapshots.append(SnapshotFacts(index: snapshotIndex))
  }

  /// Adds an element of `tasks` that starts at `offset`.
  mutating func addLegacyTask(_ task: TaskFacts, at offset: Int) {
    if taskCount == AssetLimits.tasks { return facts.exceed(.tasks, at: offset) }
    taskCount += 1
    if keepsTasks { facts.legacyTasks.append(task) }
  }

  /// Notes a list that is read apart, if it will be: an asset may have any number of others.
  mutating func addList(_ list: ListPlace) {
    if list.hasRows || needs.prunes, facts.excess == nil { facts.lists.append(list) }
  }

  /// The number of a batch whose name stands at `offset`; nil if there are too many.
  mutating func batchNumber(_ name: [UInt8], at offset: Int) -> Int? {
    if let known = batchNames.known(name) { return known }
    let grown = batchBytes + name.count + BoundedTally.overhead
    guard grown <= AssetLimits.batches else {
      facts.exceed(.batches, at: offset)
      return nil
    }
    batchBytes = grown
    facts.batches.append(BatchName(text: name, isComparable: false))
    return batchNames.number(of: name)
  }
}
