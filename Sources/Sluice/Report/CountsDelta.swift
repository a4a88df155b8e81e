// What a worker has counted by itself. Most assets are only counted, and there may be a million of them in a
// few seconds: if each went through the one worker that delivers, the others would wait for it.

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
  /// Which of the names that options have they have.
  private(set) var met = MetNames()
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
    if facts.isWithoutTask { assets.withoutTask += 1 }
    duplicateKeys += facts.duplicateKeys
    met.marks.formUnion(decision.met)
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
    }
    if decision.countsAnnotations { add(facts.annotations, isKept: decision.isKept) }
  }

  private mutating func add(_ counts: AnnotationCounts, isKept: Bool) {
    met.looksAtAnnotations = true
    met.marks.formUnion(counts.metNames)
    guard let tables = counts.tables else { return }
    annotations.add(seen: tables.all.seen, kept: isKept ? tables.all.kept : 0)
    titles.add(tables.titles, keeps: isKept)
    kinds.add(tables.kinds, keeps: isKept)
    tools.add(tables.tools, keeps: isKept)
  }

  /// How many names it holds, each in as many tables as it is in.
  var nameCount: Int {
    stages.names.count + batches.names.count + titles.names.count + tools.names.count + met.marks.weight
      + (inspection?.weight ?? 0)
  }
}
