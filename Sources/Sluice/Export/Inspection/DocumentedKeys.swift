// The members that the format's documents name, place by place: whatever else an export has is worth a word,
// since nobody has said what it means.

/// Where in an export a key can be undocumented.
enum InspectedPlace: String, CaseIterable, Sendable {
  case asset, task, tool, classification, relation
  /// The `metadata` of an annotation.
  case metadata

  /// One bit each.
  var bit: UInt8 {
    switch self {
    case .asset: 1
    case .task: 2
    case .tool: 4
    case .classification: 8
    case .relation: 16
    case .metadata: 32
    }
  }
}

extension AnnotationKind {
  /// The place of its members.
  var place: InspectedPlace {
    switch self {
    case .tool: .tool
    case .classification: .classification
    case .relation: .relation
    }
  }
}

/// A key that the format's documents do not name.
struct UnknownKey: Sendable, Fingerprinted {
  var place: InspectedPlace
  var name: [UInt8]

  var fingerprint: Int { name.fingerprint &* 64 &+ Int(place.bit) }
}

/// How often undocumented keys were met, and where first.
struct UnknownKeys: Sendable {
  private var index = NameIndex<UnknownKey>()
  private(set) var counts: [(count: Int, first: Int)] = []
  /// How often keys were met that are not told apart.
  private(set) var other = 0
  private var size = 0

  var keys: [UnknownKey] { index.names }

  /// Counts a key, a new one only as long as all have no more than `limit` bytes.
  mutating func add(_ key: UnknownKey, _ count: Int = 1, first offset: Int, limit: Int) {
    guard let number = index.known(key) else {
      let grown = size + key.name.count + 2 * BoundedTally.overhead
      if grown > limit {
        other += count
        return
      }
      size = grown
      _ = index.number(of: key)
      counts.append((count, offset))
      return
    }
    counts[number].count += count
    counts[number].first = min(counts[number].first, offset)
  }

  /// Counts keys that are not told apart.
  mutating func addOther(_ count: Int) { other += count }

  /// Adds what was counted after everything so far.
  mutating func add(_ keys: UnknownKeys, limit: Int) {
    for (key, count) in zip(keys.keys, keys.counts) {
      add(key, count.count, first: count.first, limit: limit)
    }
    addOther(keys.other)
  }
}

/// The keys that the format's documents name.
enum DocumentedKeys {
  static func contains(_ name: [UInt8], at place: InspectedPlace) -> Bool {
    keys[place]?.contains(name) == true
  }

  private static let keys: [InspectedPlace: Set<[UInt8]>] = {
    let annotation = ["objectId", "schemaId", "title", "classifications", "metadata", "page"]
    let tools = ExportKey.toolNames.map { String(decoding: $0, as: UTF8.self) }
    let names: [InspectedPlace: [String]] = [
      .asset: [
        "asset", "assetId", "dataset", "externalId", "metadata", "batches", "contextData", "attachments",
        "task",
        "brushDataUrl", "medicalBrushDataUrl", "labelTask",
        // Legacy.
        "tasks", "status", "labeledAt", "reviewedAt", "labelDuration", "labelDuration(ms)", "consensus",
      ],
      .task: [
        "taskId", "type", "stage", "stageId", "updatedAt", "updatedBy", "totalDuration", "duration",
        "totalIdleDuration", "totalBlurDuration", "tools", "classifications", "relations", "brushDataUrl",
        "medicalBrushDataUrl", "stageHistory",
        // Legacy.
        "objects", "status", "review", "completedBy", "completedAt", "duration(ms)", "isSkipped",
        "isBenchmark",
        "benchmark", "issues",
      ],
      .tool: annotation + tools + [
        "interpolationStopped", "ocr", "masks", "lock", "medical-brush", "features",
      ],
      .classification: annotation + ["tool", "answer", "columnField"],
      .relation: ["objectId", "schemaId", "title", "metadata", "page", "from", "to", "direction", "group"],
      .metadata: ["createdAt", "createdBy", "createdIn", "updatedAt", "updatedBy", "updatedIn"],
    ]
    return names.mapValues { Set($0.map { Array($0.utf8) }) }
  }()
}
