// Random options for a run.

import ByteScan
import Compression
import FuzzChecks
import Sluice

extension EngineCase {
  /// Any options.
  init(_ random: inout SplitMix64) {
    self.init()
    select(&random)
    options.rows.history = random.oneIn(3) ? .drop : .keep
    options.rows.stripURLQuery = random.oneIn(3)
    if random.oneIn(2) { makeAnnotations(&random) }
    if random.oneIn(8) { options.rows.limit = Int.random(in: 0...5, using: &random) }
    if random.oneIn(6) { second = Corpus.random(&random) }
    way = random.oneIn(2) ? .file : random.pick(Way.allCases)
    toDirectory = random.oneIn(12)
    inspects = random.oneIn(8)
    options.onError = toDirectory ? random.pick(ErrorPolicy.allCases) : random.oneIn(3) ? .stop : .skip
    if toDirectory {
      options.output.partitionBy = random.pick([[], [.stage], [.batch], [.stage, .batch], [.batch, .stage]])
      if options.rows.kind == .annotations, random.oneIn(2) {
        options.output.partitionBy = random.pick([
          [.title], [.kind, .tool], [.stage, .title], [.tool, .batch],
        ])
      }
      options.output.targetSize = random.pick([1, 1000, 256_000_000])
    }
    options.resources.validation = random.oneIn(4) ? .kept : .all
    if random.oneIn(5) { options.resources.maxDepth = Int.random(in: 1...12, using: &random) }
    options.resources.workers = random.pick([1, 1, 2, 3, 8])
    options.resources.kernel = random.pick(ScanKernel.available)
    options.resources.blockSize =
      random.oneIn(3) ? Int.random(in: 1...12, using: &random) : Int.random(in: 13...6000, using: &random)
    // So little that most assets are too big to be held.
    if random.oneIn(2) { options.resources.memory = 1 }
  }

  private mutating func makeAnnotations(_ random: inout SplitMix64) {
    options.rows.kind = .annotations
    options.rows.history = random.oneIn(2) ? .drop : .rows
    options.rows.prune = false
    let keys = ["asset", "metadata", "dataset", "status", "task.status", "task.duration", "task.x", "é"]
    options.rows.context = keys.filter { _ in random.oneIn(4) }.map { ContextKey($0) }
    if options.rows.context.count(where: { $0.name == "status" }) > 1 { options.rows.context = [] }
  }

  private mutating func select(_ random: inout SplitMix64) {
    let some = { (random: inout SplitMix64) in (0..<3).map { _ in random.pick(Self.names) } }
    if random.oneIn(4) { options.selection.stages = some(&random) }
    if random.oneIn(8) { options.selection.excludedStages = some(&random) }
    if random.oneIn(6) { options.selection.batches = some(&random) }
    if random.oneIn(8) { options.selection.noBatch = true }
    if random.oneIn(8) { options.selection.excludedBatches = some(&random) }
    if random.oneIn(3) { options.selection.titles = some(&random) }
    if random.oneIn(4) { options.selection.excludedTitles = some(&random) }
    if random.oneIn(8) { options.selection.updatedSince = Timestamp("2023-06-01") }
    if random.oneIn(8) { options.selection.updatedBefore = Timestamp("2024-09-10T12:44:40.5+02:00") }
    if random.oneIn(8) { options.selection.sample = AssetSample("40%") }
    let looksAtTitles = !options.selection.titles.isEmpty || !options.selection.excludedTitles.isEmpty
    options.rows.prune = options.rows.kind == .assets && looksAtTitles && random.oneIn(2)
  }
}
