// Counts what is written while it is written, in plain arrays of the names' numbers: the truth must not cost
// more than the text.

/// The counts of one export in the making.
struct Tally {
  private let vocabulary: Vocabulary
  private let stageCount: Int
  private var assets = 0
  private var tasks = 0
  private var snapshotAnnotations = 0
  /// Stages first, then the legacy statuses.
  private var stageTasks: [Int]
  private var stageAssets: [Int]
  private var stageBytes: [Int]
  private var batchAssets: [Int]
  private var batchBytes: [Int]
  private var withoutBatch = (assets: 0, bytes: 0)
  /// Tools first, then classifications, then relations.
  private var titles: [Int]
  private var titleAssets: [Int]
  private var partitions: [Int: Int] = [:]
  private var needle = (assets: 0, bytes: 0)
  private var updatedSince = 0
  /// What the asset being written has, a bit for each stage and each title.
  private var stagesSeen: UInt32 = 0
  private var titlesSeen: UInt32 = 0

  /// 2025-10-01, in days since 1970: the middle of the range of `updatedAt`.
  private static let sinceDay = 20_362

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    stageCount = vocabulary.stages.count
    let stages = Array(repeating: 0, count: stageCount + vocabulary.statuses.count)
    (stageTasks, stageAssets, stageBytes) = (stages, stages, stages)
    let batches = Array(repeating: 0, count: vocabulary.batches.count)
    (batchAssets, batchBytes) = (batches, batches)
    titles = Array(
      repeating: 0,
      count: vocabulary.tools.count + vocabulary.classifications.count + vocabulary.relations.count)
    titleAssets = titles
  }

  // MARK: While an asset is written

  mutating func begin() { (stagesSeen, titlesSeen) = (0, 0) }

  mutating func task(stage: Int) {
    tasks += 1
    stageTasks[stage] += 1
    stagesSeen |= 1 << stage
  }

  mutating func legacyTask(status: Int) { task(stage: stageCount + status) }

  mutating func tool(_ title: Int) { count(title) }

  mutating func classification(_ title: Int) { count(vocabulary.tools.count + title) }

  mutating func relation(_ title: Int) {
    count(vocabulary.tools.count + vocabulary.classifications.count + title)
  }

  mutating func copies(_ annotations: Int) { snapshotAnnotations += annotations }

  private mutating func count(_ title: Int) {
    titles[title] &+= 1
    titlesSeen |= 1 << title
  }

  mutating func end(_ plan: AssetPlan, bytes: Int, isNeedle: Bool) {
    assets += 1
    let stage = plan.generation == .legacy ? stageCount + plan.stage : plan.stage
    for other in stageAssets.indices where (stagesSeen | 1 << stage) >> other & 1 == 1 {
      stageAssets[other] += 1
      stageBytes[other] += bytes
    }
    for title in titleAssets.indices where titlesSeen >> title & 1 == 1 { titleAssets[title] += 1 }
    if plan.updatedDay >= Self.sinceDay { updatedSince += 1 }
    countBatches(plan, stage: stage, bytes: bytes)
    if isNeedle, plan.generation != .legacy {
      needle.assets += 1
      needle.bytes += bytes
    }
  }

  private mutating func countBatches(_ plan: AssetPlan, stage: Int, bytes: Int) {
    let distinct = Set(plan.batches.compactMap { $0 })
    for batch in distinct {
      batchAssets[batch] += 1
      batchBytes[batch] += bytes
      partitions[(batch + 1) * stageAssets.count + stage, default: 0] += 1
    }
    if distinct.isEmpty {
      withoutBatch.assets += 1
      withoutBatch.bytes += bytes
      partitions[stage, default: 0] += 1
    }
  }

  // MARK: In the end

  /// What the export holds.
  func truth(bytes: Int, minifiedBytes: Int) -> ExportTruth {
    let names = (vocabulary.stages + vocabulary.statuses).map(\.name.text)
    let one = Vocabulary.oneStage
    let batch = min(Vocabulary.needleBatch, vocabulary.batches.count - 1)
    return ExportTruth(
      bytes: bytes, minifiedBytes: minifiedBytes, assets: assets, tasks: tasks,
      tools: titles[..<vocabulary.tools.count].reduce(0, +),
      classifications: titles[vocabulary.tools.count...].prefix(vocabulary.classifications.count)
        .reduce(0, +),
      relations: titles.suffix(vocabulary.relations.count).reduce(0, +),
      snapshotAnnotations: snapshotAnnotations,
      stages: stages(names), batches: batches(), titles: titleCounts(), shapes: shapes(),
      partitions: partitions.sorted { $0.key < $1.key }.map { key, count in
        let (batch, stage) = key.quotientAndRemainder(dividingBy: names.count)
        let name = batch == 0 ? nil : vocabulary.batches[batch - 1].text
        return .init(stage: names[stage], batch: name, assets: count)
      },
      oneStage: .init(stage: names[one], batch: nil, assets: stageAssets[one], bytes: stageBytes[one]),
      needle: .init(
        stage: names[Vocabulary.needleStage], batch: batch < 0 ? nil : vocabulary.batches[batch].text,
        assets: needle.assets, bytes: needle.bytes),
      updatedSince: .init(time: "2025-10-01", assets: updatedSince))
  }

  private func stages(_ names: [String]) -> [ExportTruth.Stage] {
    names.indices.filter { stageAssets[$0] > 0 }.map {
      .init(name: names[$0], tasks: stageTasks[$0], assets: stageAssets[$0], bytes: stageBytes[$0])
    }
  }

  private func batches() -> [ExportTruth.Batch] {
    var counts = vocabulary.batches.indices.filter { batchAssets[$0] > 0 }.map {
      ExportTruth.Batch(name: vocabulary.batches[$0].text, assets: batchAssets[$0], bytes: batchBytes[$0])
    }
    if withoutBatch.assets > 0 {
      counts.append(.init(name: nil, assets: withoutBatch.assets, bytes: withoutBatch.bytes))
    }
    return counts
  }

  private func titleCounts() -> [ExportTruth.Title] {
    let names =
      vocabulary.tools.map { ($0.name.text, "tool") }
      + vocabulary.classifications.map { ($0.name.text, "classification") }
      + vocabulary.relations.map { ($0.text, "relation") }
    return names.indices.filter { titles[$0] > 0 }.map {
      .init(name: names[$0].0, kind: names[$0].1, annotations: titles[$0], assets: titleAssets[$0])
    }
  }

  private func shapes() -> [ExportTruth.Shape] {
    Shape.allCases.compactMap { shape in
      let count = vocabulary.tools.indices.filter { vocabulary.tools[$0].shape == shape }
        .reduce(0) { $0 + titles[$1] }
      return count == 0 ? nil : .init(name: "\(shape.key)", annotations: count)
    }
  }
}
