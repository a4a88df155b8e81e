// What a worker has counted of assets that lie one after another, and the sums over all of them.

/// One asset among the biggest.
struct InspectedAsset: Sendable {
  /// How many assets stand before it: in the delta, then in its input.
  var number: Int
  /// Which input it is in.
  var input = 0
  /// Its first byte.
  var offset: Int
  var bytes: Int
  var annotations: Int
  var externalId: [UInt8]?
  /// Where its annotations are; kept of few assets.
  var pages: PageCounts?
}

/// The few biggest assets by some size; of equal ones the first.
struct BiggestAssets: Sendable {
  private let most: Int
  private let size: @Sendable (InspectedAsset) -> Int
  private(set) var assets: [InspectedAsset] = []

  init(_ most: Int, by size: @escaping @Sendable (InspectedAsset) -> Int) {
    self.most = most
    self.size = size
  }

  /// Whether an asset of this size, which comes after all others, would be among them.
  func takes(_ value: Int) -> Bool {
    value > 0 && (assets.count < most || size(assets[most - 1]) < value)
  }

  /// Adds an asset that comes after all others.
  mutating func add(_ asset: InspectedAsset) {
    let value = size(asset)
    guard takes(value) else { return }
    let index = assets.firstIndex { size($0) < value } ?? assets.count
    assets.insert(asset, at: index)
    if assets.count > most { assets.removeLast() }
  }
}

/// Sums that do not depend on the order.
struct InspectionSums: Sendable, Hashable {
  var current = 0
  var legacy = 0
  var withoutTask = 0
  var bytes = 0
  var smallest = Int.max
  var largest = 0
  var historyBytes = 0
  var withHistory = 0
  var listBytes = 0
  /// Assets with pages; pages with annotations; the annotations on them.
  var pagedAssets = 0
  var pages = 0
  var annotationsOnPages = 0
  /// Annotations on pages too high to be told apart.
  var beyond = 0
  var lastPage = -1
  var gaps = 0
  var gapPages = 0
  var assetsWithGaps = 0
  var signedAssets = 0
  /// Assets and their bytes by size: those below 2^n bytes, and not below half of it, at n.
  var sizes = [Int](repeating: 0, count: 64)
  var sizeBytes = [Int](repeating: 0, count: 64)

  mutating func add(_ other: InspectionSums) {
    current += other.current
    legacy += other.legacy
    withoutTask += other.withoutTask
    bytes += other.bytes
    smallest = min(smallest, other.smallest)
    largest = max(largest, other.largest)
    historyBytes += other.historyBytes
    withHistory += other.withHistory
    listBytes += other.listBytes
    pagedAssets += other.pagedAssets
    pages += other.pages
    annotationsOnPages += other.annotationsOnPages
    beyond += other.beyond
    lastPage = max(lastPage, other.lastPage)
    gaps += other.gaps
    gapPages += other.gapPages
    assetsWithGaps += other.assetsWithGaps
    signedAssets += other.signedAssets
    for index in sizes.indices {
      sizes[index] += other.sizes[index]
      sizeBytes[index] += other.sizeBytes[index]
    }
  }

  mutating func add(_ pages: PageCounts) {
    let count = pages.pages
    let gaps = pages.gaps
    pagedAssets += 1
    self.pages += count
    annotationsOnPages += pages.annotations
    beyond += pages.beyond
    lastPage = max(lastPage, pages.last)
    self.gaps += gaps.count
    gapPages += gaps.pages
    if gaps.count > 0 { assetsWithGaps += 1 }
  }
}

/// What was counted of assets that lie one after another.
struct InspectionDelta: Sendable {
  private(set) var sums = InspectionSums()
  private(set) var urls = SignedURLs()
  /// Hashes of ids in the order of the input, 0 for none.
  private(set) var externalIds: [UInt64] = []
  private(set) var taskIds: [UInt64] = []
  /// Annotations by the stage of their task, and by the batches of their asset.
  private(set) var stages = CountTable()
  private(set) var batches = CountTable()
  private(set) var users = CountTable()
  private(set) var unknownKeys = UnknownKeys()
  /// The number of the asset in which each of them was met first.
  private(set) var unknownIn: [Int] = []
  private(set) var byBytes = BiggestAssets(10) { $0.bytes }
  private(set) var byAnnotations = BiggestAssets(10) { $0.annotations }
  private(set) var videos = BiggestAssets(5) { $0.pages == nil ? 0 : $0.annotations }
  private(set) var shape: ShapeTree?

  /// What it holds for each asset and each name, counted in names.
  var weight: Int {
    stages.names.count + batches.names.count + users.names.count + unknownKeys.counts.count
      + (externalIds.count + taskIds.count) / 16 + (shape?.nodes.count ?? 0)
  }

  /// Counts an asset, before which `number` have been counted.
  mutating func add(_ facts: AssetFacts, number: Int) {
    guard let inspection = facts.inspection else { return }
    let bytes = facts.end - facts.start
    addSums(facts, inspection, bytes)
    urls.add(inspection.urls)
    shape.add(inspection.shape)
    externalIds.append(Self.hash(facts.externalId))
    add(inspection.unknownKeys, number)
    var annotations = 0
    for index in 0..<facts.taskCount {
      let task = facts.task(at: index)
      if task.isObject { taskIds.append(Self.hash(task.taskId.text)) }
      let count = facts.marks(ofTask: index).count
      stages.add(facts.stageName(of: task), seen: count, kept: 0)
      annotations += count
    }
    if let tally = facts.tally {
      users.add(tally.users)
      add(tally.unknownKeys, number)
    }
    let pages = facts.tally?.pages
    for batch in facts.batches { batches.add(batch.text, seen: annotations, kept: 0) }
    if facts.batches.isEmpty { batches.add(nil, seen: annotations, kept: 0) }
    if let pages { sums.add(pages) }
    var asset = InspectedAsset(
      number: number, offset: facts.start, bytes: bytes, annotations: annotations,
      externalId: facts.externalId)
    byBytes.add(asset)
    byAnnotations.add(asset)
    if pages != nil, videos.takes(annotations) {
      asset.pages = pages
      videos.add(asset)
    }
  }

  private static func hash(_ id: [UInt8]?) -> UInt64 {
    guard let id, !id.isEmpty else { return 0 }
    return max(1, IdentitySet.hash(id))
  }

  private mutating func addSums(_ facts: AssetFacts, _ inspection: AssetInspection, _ bytes: Int) {
    if facts.isLegacy { sums.legacy += 1 } else { sums.current += 1 }
    if facts.isLegacy ? facts.legacyTasks.isEmpty : facts.task == nil { sums.withoutTask += 1 }
    sums.bytes += bytes
    sums.smallest = min(sums.smallest, bytes)
    sums.largest = max(sums.largest, bytes)
    sums.historyBytes += inspection.historyBytes
    if inspection.historyBytes > 0 { sums.withHistory += 1 }
    sums.listBytes += facts.isLegacy ? inspection.legacyListBytes : inspection.listBytes
    if inspection.urls.count > 0 { sums.signedAssets += 1 }
    let size = Int.bitWidth - bytes.leadingZeroBitCount
    sums.sizes[size] += 1
    sums.sizeBytes[size] += bytes
  }

  private mutating func add(_ keys: UnknownKeys, _ number: Int) {
    if keys.counts.isEmpty { return }
    unknownKeys.add(keys, limit: .max)
    while unknownIn.count < unknownKeys.counts.count { unknownIn.append(number) }
  }
}
