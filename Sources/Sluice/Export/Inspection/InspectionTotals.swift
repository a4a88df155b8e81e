// What has been counted of all assets so far, in the order of the input.

/// A key that the documents do not name.
public struct UndocumentedKey: Sendable {
  /// Where it stands: `asset`, `task`, `tool`, `classification`, `relation` or `metadata`.
  public var place: String
  /// The key, unescaped.
  public var name: [UInt8]
  /// How often it was met.
  public var count: Int
  /// Where first: the input's number, the asset's in it, and the key's first byte.
  var first: (input: Int, asset: Int, byte: Int)
}

/// Sums over everything that was inspected.
struct InspectionTotals: Sendable {
  private(set) var sums = InspectionSums()
  private(set) var urls = SignedURLs()
  private(set) var externalIds = IdentitySet()
  private(set) var taskIds = IdentitySet()
  private(set) var stages = BoundedTally()
  private(set) var batches = BoundedTally()
  private(set) var users = BoundedTally()
  private(set) var byBytes = BiggestAssets(10) { $0.bytes }
  private(set) var byAnnotations = BiggestAssets(10) { $0.annotations }
  private(set) var videos = BiggestAssets(5) { $0.pages == nil ? 0 : $0.annotations }
  private(set) var shape: ShapeTree?
  private(set) var unknownKeys: [UndocumentedKey] = []
  /// How often keys were met that are no longer told apart.
  private(set) var otherUnknownKeys = 0
  private var unknownNumbers: [UnknownKey: Int] = [:]
  private var unknownBytes = 0

  /// Adds assets of an input, before which there were `first` in it.
  mutating func add(_ delta: InspectionDelta, input: Int, firstAsset first: Int) {
    sums.add(delta.sums)
    urls.add(delta.urls)
    shape.add(delta.shape)
    for hash in delta.externalIds { externalIds.add(hash == 0 ? nil : hash) }
    for hash in delta.taskIds { taskIds.add(hash == 0 ? nil : hash) }
    stages.add(delta.stages)
    batches.add(delta.batches)
    users.add(delta.users)
    let placed = { (asset: InspectedAsset) in
      var asset = asset
      asset.input = input
      asset.number += first
      return asset
    }
    for asset in delta.byBytes.assets { byBytes.add(placed(asset)) }
    for asset in delta.byAnnotations.assets { byAnnotations.add(placed(asset)) }
    for asset in delta.videos.assets { videos.add(placed(asset)) }
    otherUnknownKeys += delta.unknownKeys.other
    for (index, key) in delta.unknownKeys.keys.enumerated() {
      let (count, offset) = delta.unknownKeys.counts[index]
      add(key, count, first: (input, first + delta.unknownIn[index], offset))
    }
  }

  private mutating func add(_ key: UnknownKey, _ count: Int, first: (input: Int, asset: Int, byte: Int)) {
    if let number = unknownNumbers[key] {
      unknownKeys[number].count += count
      return
    }
    let grown = unknownBytes + key.name.count + 2 * BoundedTally.overhead
    guard grown <= BoundedTally.limit else {
      otherUnknownKeys += count
      return
    }
    unknownBytes = grown
    unknownNumbers[key] = unknownKeys.count
    unknownKeys.append(
      UndocumentedKey(place: key.place.rawValue, name: key.name, count: count, first: first))
  }
}
