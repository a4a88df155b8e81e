// The member names of the export format that mean something to a run.

/// A known member name, or `other`.
enum ExportKey: UInt8 {
  case other
  // Of an asset (Ango Hub documents the current and the legacy format).
  case asset, assetId, externalId, batches, dataset, task, tasks, labelTask, status
  // Of Sluice's own annotation rows, which are no assets.
  case annotation, kind, snapshot
  // Of a task or of a snapshot in its history.
  case taskId, stage, stageId, updatedAt, completedAt, completedBy, tools, objects, classifications,
    relations, stageHistory
  case brushDataUrl, medicalBrushDataUrl
  // Of an annotation.
  case title, tool, objectId, schemaId, page, metadata, features, masks, ocr
  // Of its `metadata`.
  case createdBy
  // The tool types, in the order in which they are looked for.
  case boundingBox, rotatedBoundingBox, polygon, polyline, point, segmentation, spline, circle, ellipse
  case angle, ner, pdf, brush, message, pct

  /// Recognises an unescaped name.
  ///
  /// - Complexity: Linear in the name's length.
  init(_ name: Span<UInt8>) {
    self = .other
    let lengths = Self.byLength
    guard name.count < lengths.count else { return }
    let start = Name.start(of: name)
    let candidates = lengths[name.count]
    // By their indices: a candidate that is taken out has its references counted.
    for index in candidates.indices where candidates[index].start == start {
      if candidates[index].equals(name) {
        self = candidates[index].key
        return
      }
    }
  }

  /// How early a tool type is looked for; nil if this is none.
  var toolRank: Int? {
    let rank = Int(rawValue) - Int(Self.boundingBox.rawValue)
    return rank >= 0 ? rank : nil
  }

  /// The name of the tool type of rank `rank`.
  static func toolName(rank: Int) -> [UInt8] { toolTypes[rank].bytes }

  /// The names of the tool types, in the order of their ranks.
  static var toolNames: [[UInt8]] { toolTypes.map(\.bytes) }

  /// Whether a member of this name can be an annotation's tool although it is no known type.
  var mayNameTool: Bool {
    switch self {
    case .classifications, .metadata, .features, .masks, .ocr, .stageHistory: false
    default: true
    }
  }

  /// How many there are.
  static let count = Int(ExportKey.pct.rawValue) + 1

  /// The name; that of `other` is empty.
  var name: [UInt8] { Self.byNumber[Int(rawValue)] }

  private struct Name: Sendable {
    let bytes: [UInt8]
    let key: ExportKey
    /// Most names of a length differ here, so that few are compared byte by byte.
    let start: UInt64

    init(_ bytes: [UInt8], _ key: ExportKey) {
      self.bytes = bytes
      self.key = key
      start = Self.start(of: bytes.span)
    }

    /// The first eight bytes, or all if there are fewer.
    static func start(of bytes: Span<UInt8>) -> UInt64 {
      var word: UInt64 = 0
      for index in 0..<min(8, bytes.count) { word = word << 8 | UInt64(bytes[index]) }
      return word
    }

    func equals(_ other: Span<UInt8>) -> Bool {
      for index in bytes.indices where bytes[index] != other[index] { return false }
      return true
    }
  }

  private static let names: [Name] = table([
    ("asset", .asset), ("assetId", .assetId), ("taskId", .taskId), ("completedAt", .completedAt),
    ("completedBy", .completedBy), ("objectId", .objectId), ("schemaId", .schemaId), ("page", .page),
    ("externalId", .externalId), ("batches", .batches), ("dataset", .dataset),
    ("task", .task), ("tasks", .tasks), ("labelTask", .labelTask), ("status", .status),
    ("stage", .stage), ("stageId", .stageId), ("updatedAt", .updatedAt), ("tools", .tools),
    ("objects", .objects), ("classifications", .classifications), ("relations", .relations),
    ("stageHistory", .stageHistory), ("brushDataUrl", .brushDataUrl),
    ("medicalBrushDataUrl", .medicalBrushDataUrl), ("title", .title), ("tool", .tool),
    ("annotation", .annotation), ("kind", .kind), ("snapshot", .snapshot),
    ("metadata", .metadata), ("features", .features), ("masks", .masks), ("ocr", .ocr),
    ("createdBy", .createdBy),
  ])

  private static let toolTypes: [Name] = table([
    ("bounding-box", .boundingBox), ("rotated-bounding-box", .rotatedBoundingBox), ("polygon", .polygon),
    ("polyline", .polyline), ("point", .point), ("segmentation", .segmentation), ("spline", .spline),
    ("circle", .circle), ("ellipse", .ellipse), ("angle", .angle), ("ner", .ner), ("pdf", .pdf),
    ("brush", .brush), ("message", .message), ("pct", .pct),
  ])

  private static func table(_ names: [(String, ExportKey)]) -> [Name] {
    names.map { Name(Array($0.0.utf8), $0.1) }
  }

  private static let byNumber: [[UInt8]] = {
    var table = [[UInt8]](repeating: [], count: count)
    for name in names + toolTypes { table[Int(name.key.rawValue)] = name.bytes }
    return table
  }()

  private static let byLength: [[Name]] = {
    let all = names + toolTypes
    var table = [[Name]](repeating: [], count: (all.map(\.bytes.count).max() ?? 0) + 1)
    for name in all { table[name.bytes.count].append(name) }
    return table
  }()
}
