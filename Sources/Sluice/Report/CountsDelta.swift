// What a worker has counted by itself. Most assets are only counted, and there may be a million of them in a
// few seconds: if each went through the one worker that delivers, the others would wait for it.

/// Counts by name, in the order of each name's first.
struct CountTable: Sendable {
  private(set) var names: [[UInt8]?] = []
  private(set) var counts: [SeenKept] = []
  private var indices: [[UInt8]?: Int] = [:]
  private var last = 0

  mutating func add(_ name: [UInt8]?, seen: Int, kept: Int) {
    // Neighbours often share a name.
    if last < names.count, names[last] == name {
      counts[last].add(seen: seen, kept: kept)
      return
    }
    last = indices[name] ?? names.count
    if last == names.count {
      names.append(name)
      counts.append(SeenKept())
      indices[name] = last
    }
    counts[last].add(seen: seen, kept: kept)
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

  /// Counts an asset.
  mutating func add(_ facts: AssetFacts, _ decision: Decision) {
    let kept = decision.isKept ? 1 : 0
    assets.seen += 1
    assets.kept += kept
    assets.filtered += 1 - kept
    duplicateKeys += facts.duplicateKeys
    for batch in facts.batches { batches.add(batch, seen: 1, kept: kept) }
    if facts.batches.isEmpty { batches.add(nil, seen: 1, kept: kept) }
    for (index, task) in facts.tasks.enumerated() {
      let passes = decision.passingTasks.contains(index)
      tasks.add(seen: 1, kept: passes ? kept : 0)
      stages.add(facts.stageName(of: task), seen: 1, kept: passes ? kept : 0)
      if decision.countsAnnotations, passes { addAnnotations(of: task, isKept: decision.isKept) }
    }
  }

  private mutating func addAnnotations(of task: TaskFacts, isKept: Bool) {
    annotations.add(seen: task.annotations.total, kept: isKept ? task.matches.total : 0)
    func add(_ all: NameCounts, _ matches: NameCounts, to table: inout CountTable) {
      for name in all.order { table.add(name, seen: all[name], kept: isKept ? matches[name] : 0) }
    }
    add(task.annotations.titles, task.matches.titles, to: &titles)
    add(task.annotations.kinds, task.matches.kinds, to: &kinds)
    add(task.annotations.tools, task.matches.tools, to: &tools)
  }
}

extension BoundedTally {
  /// Adds what was counted after everything so far.
  mutating func add(_ table: CountTable) {
    for (name, count) in zip(table.names, table.counts) { add(name, seen: count.seen, kept: count.kept) }
  }
}
