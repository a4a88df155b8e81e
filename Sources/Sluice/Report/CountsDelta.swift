// What a worker has counted by itself. Most assets are only counted, and there may be a million of them in a
// few seconds: if each went through the one worker that delivers, the others would wait for it.

/// Counts by name, in the order of each name's first.
struct CountTable: Sendable {
  private var index = NameIndex<[UInt8]?>()
  private(set) var counts: [SeenKept] = []

  var names: [[UInt8]?] { index.names }

  mutating func add(_ name: [UInt8]?, seen: Int, kept: Int) {
    let number = index.number(of: name)
    if number == counts.count { counts.append(SeenKept()) }
    counts[number].add(seen: seen, kept: kept)
  }
}

/// The counts of assets that lie one after another.
struct CountsDelta: Sendable {
  private(set) var assets = AssetCounts()
  private(set) var tasks = SeenKept()
  private(set) var annotations = SeenKept()
  private(set) var stages = CountTable()
  private(set) var batches = CountTable()
  private(set) var titles = CountTable()
  private(set) var kinds = CountTable()
  private(set) var tools = CountTable()
  private(set) var duplicateKeys = 0
  /// What was inspected, if anything.
  private(set) var inspection: InspectionDelta?

  /// Counts an asset.
  mutating func add(_ facts: AssetFacts, _ decision: Decision) {
    let kept = decision.isKept ? 1 : 0
    if facts.inspection != nil {
      if inspection == nil { inspection = InspectionDelta() }
      inspection?.add(facts, number: assets.seen)
    }
    assets.seen += 1
    assets.kept += kept
    assets.filtered += 1 - kept
    duplicateKeys += facts.duplicateKeys
    for batch in facts.batches { batches.add(batch.text, seen: 1, kept: kept) }
    if facts.batches.isEmpty { batches.add(nil, seen: 1, kept: kept) }
    var passing = decision.passingTasks[...]
    for index in 0..<facts.taskCount {
      let task = facts.task(at: index)
      // Their indices are in order.
      let passes = passing.first == index
      if passes { passing = passing.dropFirst() }
      tasks.add(seen: 1, kept: passes ? kept : 0)
      stages.add(facts.stageName(of: task), seen: 1, kept: passes ? kept : 0)
      if decision.countsAnnotations, passes { addAnnotations(of: task, isKept: decision.isKept) }
    }
  }

  private mutating func addAnnotations(of task: TaskFacts, isKept: Bool) {
    for (group, count) in task.annotations.groups {
      let kept = isKept && group.isMatch ? count : 0
      annotations.add(seen: count, kept: kept)
      titles.add(group.title, seen: count, kept: kept)
      kinds.add(group.kind.name, seen: count, kept: kept)
      tools.add(group.tool, seen: count, kept: kept)
    }
  }
}

extension BoundedTally {
  /// Adds what was counted after everything so far.
  mutating func add(_ table: CountTable) {
    for (name, count) in zip(table.names, table.counts) { add(name, seen: count.seen, kept: count.kept) }
  }
}
