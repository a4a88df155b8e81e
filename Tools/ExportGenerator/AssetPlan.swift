// What one asset will be, settled before its first byte. A plan is a few numbers; every annotation follows from
// the plan's seed and the annotation's index, so a snapshot in the history can repeat the very same values and
// an asset of any size takes no memory.

/// The numbers from which one asset is written.
struct AssetPlan {
  /// A generation of the format; `ExportFormat.mixed` is settled by now.
  enum Generation { case current, y2023, legacy }

  var index: Int
  var seed: UInt64
  var generation: Generation
  var isVideo: Bool
  /// Index into the stages, for a legacy asset into the statuses.
  var stage: Int
  /// Indices into the batch names; nil is a JSON null.
  var batches: [Int?]
  /// The day and the millisecond of `updatedAt`.
  var updatedDay: Int
  var updatedMilliseconds: Int
  var tools = 0
  var perFrame = 1
  var trackFrames = 1
  var classifications = 0
  var relations = 0
  /// Full snapshots in the history, beside its empty first entry.
  var snapshots = 0

  /// Shares `target` bytes among the asset's parts.
  mutating func fill(target: Int, random: inout SplitMix64) {
    snapshots = generation == .legacy ? 0 : [0, 1, 1, 1, 1, 2, 2, 2, 2, 3][random.below(10)]
    if target < 4000 { snapshots = min(snapshots, 1) }
    classifications = random.below(min(6, target / 1500) + 1)
    let fixed = Cost.asset + snapshots * Cost.snapshot
    let classification = classifications * (Cost.classification + snapshots * Cost.classificationCopy)
    let each = Cost.tool + snapshots * Cost.toolCopy
    tools = max((target - fixed - classification) / each, 1)
    relations = min(random.below(3 + tools / 40), 400)
    perFrame = isVideo ? 2 + random.below(10) : tools
    trackFrames = 20 + random.below(300)
  }

  /// Measured averages of the minified text.
  private enum Cost {
    static let asset = 1050
    static let snapshot = 390
    static let tool = 424
    static let toolCopy = 292
    static let classification = 346
    static let classificationCopy = 231
  }

  /// The frame of an annotation; several annotations share it.
  func frame(of index: Int) -> Int { index / perFrame }

  /// The track of an annotation: what it is on the frames before and after, under the same `objectId`.
  func track(of index: Int) -> Int { frame(of: index) / trackFrames * perFrame + index % perFrame }

  /// The seed of a thing of this asset.
  func seed(_ kind: UInt64, _ index: Int) -> UInt64 {
    SplitMix64.mix(seed &+ kind &* 0xD6E8_FEB8_6659_FD93 &+ UInt64(truncatingIfNeeded: index))
  }
}

/// The kinds of things that draw from an asset's seed.
enum Salt {
  static let track: UInt64 = 1
  static let tool: UInt64 = 2
  static let classification: UInt64 = 3
  static let relation: UInt64 = 4
  static let task: UInt64 = 5
  static let asset: UInt64 = 6
  static let snapshot: UInt64 = 7
}

/// Draws plans so that stages and the needle have their share of the bytes, not merely of the assets.
struct Planner {
  private let options: ExportOptions
  private let vocabulary: Vocabulary
  private var random: SplitMix64
  private var stageBytes: [Int]
  private var needleBytes = 0
  private var total = 0
  private var count = 0

  init(_ options: ExportOptions, _ vocabulary: Vocabulary) {
    self.options = options
    self.vocabulary = vocabulary
    random = SplitMix64(seed: SplitMix64.mix(options.seed))
    stageBytes = Array(repeating: 0, count: vocabulary.stages.count)
  }

  /// The next asset, or nil when the export is as big as was asked for.
  mutating func next() -> AssetPlan? {
    let left = options.size - total
    guard left > 0, options.kind != .giant || count == 0 else { return nil }
    let target = options.kind == .giant ? options.size : min(drawSize(), max(left, 1500))
    let giant = options.kind == .giant
    let stage = giant ? Vocabulary.oneStage : drawStage(target)
    var plan = AssetPlan(
      index: count, seed: random.next(), generation: drawGeneration(), isVideo: options.kind != .images,
      stage: stage, batches: giant ? [0] : drawBatches(stage, target),
      updatedDay: 20_089 + random.below(546), updatedMilliseconds: random.below(86_400_000))
    plan.fill(target: target, random: &random)
    count += 1
    return plan
  }

  /// Takes note of what an asset came to.
  mutating func wrote(_ plan: AssetPlan, bytes: Int) {
    stageBytes[plan.stage] += bytes
    total += bytes
    if isNeedle(plan) { needleBytes += bytes }
  }

  /// Whether a plan has the rare stage and its batch.
  func isNeedle(_ plan: AssetPlan) -> Bool {
    plan.stage == Vocabulary.needleStage && plan.batches.contains(needleBatch)
  }

  private var needleBatch: Int { min(Vocabulary.needleBatch, vocabulary.batches.count - 1) }

  private mutating func drawSize() -> Int {
    if options.kind == .images { return 2000 + random.below(6000) }
    // Thousandths of the assets in each doubling from 8 KB to 32 MB.
    let weights = [30, 57, 90, 120, 140, 140, 130, 110, 85, 60, 28, 10]
    var rest = random.below(1000)
    var octave = 0
    while rest >= weights[octave] {
      rest -= weights[octave]
      octave += 1
    }
    let low = 8000 << octave
    // In a small export one big asset would upset every share.
    return min(low + random.below(low), max(options.size / 16, 60_000))
  }

  private mutating func drawGeneration() -> AssetPlan.Generation {
    let drawn = random.below(3)
    return switch options.format {
    case .current: .current
    case .y2023: .y2023
    case .legacy: .legacy
    case .mixed: [.current, .y2023, .legacy][drawn]
    }
  }

  /// A stage, the likelier the more bytes it lacks.
  private mutating func drawStage(_ target: Int) -> Int {
    let lacks = vocabulary.stages.indices.map {
      max((total + target) / 1000 * vocabulary.stages[$0].share + 1 - stageBytes[$0], 0)
    }
    var rest = random.below(max(lacks.reduce(0, +), 1))
    for (stage, lack) in lacks.enumerated() {
      if rest < lack { return stage }
      rest -= lack
    }
    return 0
  }

  private mutating func drawBatches(_ stage: Int, _ target: Int) -> [Int?] {
    let names = vocabulary.batches.count
    guard names > 0 else { return [] }
    var batches: [Int?] = []
    for _ in 0..<[0, 1, 1, 1, 1, 1, 1, 2, 2, 3][random.below(10)] {
      let first = random.below(names)
      let second = random.below(names)
      batches.append(random.oneIn(2) ? first : min(first, second))
    }
    if random.oneIn(32) { batches.append(nil) }
    if random.oneIn(32), let again = batches.first { batches.append(again) }
    guard stage == Vocabulary.needleStage else { return batches }
    batches.removeAll { $0 == needleBatch }
    let allowed = max(total, options.size / 8) / 1000 * 40
    if needleBytes == 0 || needleBytes + target <= allowed { batches.append(needleBatch) }
    return batches
  }
}
