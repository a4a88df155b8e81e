// What a worker has counted by itself. Most assets are only counted, and there may be a million of them in a
// few seconds: if each went through the one worker that delivers, the others would wait for it.

/// Counts by name, in the order of each name's first.
struct CountTable: Sendable {
  private var index = NameIndex<[UInt8]?>()
  private(set) var counts: [SeenKept] = []
  /// The sums of the names that were not taken in.
  private(set) var other = SeenKept()
  private var size = 0

  var names: [[UInt8]?] { index.names }

  /// Counts a name, a new one only as long as all have no more than `limit` bytes.
  mutating func add(_ name: [UInt8]?, seen: Int, kept: Int, limit: Int = .max) {
    guard let number = index.known(name) else {
      let grown = size + (name?.count ?? 0) + BoundedTally.overhead
      if grown > limit { return addOther(SeenKept(seen: seen, kept: kept)) }
      size = grown
      _ = index.number(of: name)
      counts.append(SeenKept(seen: seen, kept: kept))
      return
    }
    counts[number].add(seen: seen, kept: kept)
  }

  /// Counts names that are not known any more.
  mutating func addOther(_ sums: SeenKept) { other.add(seen: sums.seen, kept: sums.kept) }

  /// Takes in what was counted after everything so far; without `keeps` it is only seen.
  mutating func add(_ table: CountTable, keeps: Bool = true, limit: Int = .max) {
    for (name, count) in zip(table.names, table.counts) {
      add(name, seen: count.seen, kept: keeps ? count.kept : 0, limit: limit)
    }
    addOther(SeenKept(seen: table.other.seen, kept: keeps ? table.other.kept : 0))
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
    met.marks.formUnion(counts.metTitles)
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

extension BoundedTally {
  /// Adds what was counted after everything so far.
  mutating func add(_ table: CountTable) {
    for (name, count) in zip(table.names, table.counts) { add(name, seen: count.seen, kept: count.kept) }
    other.add(seen: table.other.seen, kept: table.other.kept)
  }
}
