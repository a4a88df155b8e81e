// What a run has seen and kept: `report.json`, and the line of `--stats json`.

/// What was read of one input or entry.
public struct InputReport: Sendable, Hashable, Codable {
  /// The input as it was named.
  public var name: String
  /// The entry of an archive.
  public var entry: String?
  /// How many decompressed bytes were read.
  public var bytes = 0
  /// How many assets there were, malformed ones included.
  public var assets = 0
  /// Where the last whole asset ended.
  public var lastGoodOffset = 0

  init(name: String, entry: String?) {
    self.name = name
    self.entry = entry
  }
}

/// What became of the assets.
public struct AssetCounts: Sendable, Hashable, Codable {
  /// All of them.
  public var seen = 0
  /// Those written.
  public var kept = 0
  /// Those that did not meet the filters.
  public var filtered = 0
  /// Malformed ones left out.
  public var skipped = 0
  /// Malformed ones left out and written to `rejects/`.
  public var rejected = 0
  /// Those that have neither `task` nor `tasks`, kept or filtered.
  public var withoutTask = 0
}

/// The row with the most bytes.
public struct BiggestRow: Sendable, Hashable {
  /// Its length without the newline.
  public var bytes: Int
  /// Where its asset is.
  public var input: String
  /// The entry of an archive.
  public var entry: String?
  /// The asset's number in its input, from 0.
  public var asset: Int
  /// The asset's first byte.
  public var byte: Int
  /// The asset's `externalId`, in UTF-8.
  public var externalId: [UInt8]?
}

/// A surprise, counted, with the first place it was met at.
public struct RunWarning: Sendable, Hashable {
  /// What it is.
  public var code: WarningCode
  /// How often it was met.
  public var count: Int
  /// Where first.
  public var first: InputPosition
}

/// The counts of a run.
public struct RunReport: Sendable, Hashable {
  /// What was read, in order.
  public internal(set) var inputs: [InputReport] = []
  /// What became of the assets.
  public internal(set) var assets = AssetCounts()
  /// Tasks; kept are those that meet the task options in a kept asset.
  public internal(set) var tasks = SeenKept()
  /// Annotations, of the assets and tasks that meet the other options; nil if the run did not look at them.
  public internal(set) var annotations: SeenKept?
  /// Rows written, copies included.
  public internal(set) var rows = 0
  /// Rows beyond one a kept asset.
  public internal(set) var copies = 0
  /// Tasks by stage.
  public internal(set) var stages = BoundedTally()
  /// Assets by batch, once for each.
  public internal(set) var batches = BoundedTally()
  /// Annotations by title; empty if the run did not look at them, like the next two.
  public internal(set) var titles = BoundedTally()
  /// Annotations by kind.
  public internal(set) var kinds = BoundedTally()
  /// Annotations by tool.
  public internal(set) var tools = BoundedTally()
  /// The row with the most bytes.
  public internal(set) var biggestRow: BiggestRow?
  /// How often a key that the run needs stood again in one object.
  public internal(set) var duplicateKeys = 0
  /// The names that options have and nothing in the inputs has; empty if the run ended before the inputs did.
  public internal(set) var neverSeen: [MissingName] = []
  /// The surprises, by code.
  public internal(set) var warnings: [RunWarning] = []

  init(countsAnnotations: Bool) {
    if countsAnnotations { annotations = SeenKept() }
  }

  /// Whether malformed assets were left out.
  public var isPartial: Bool { assets.skipped + assets.rejected > 0 }

  mutating func add(_ delta: CountsDelta) {
    assets.seen += delta.assets.seen
    assets.kept += delta.assets.kept
    assets.filtered += delta.assets.filtered
    assets.withoutTask += delta.assets.withoutTask
    tasks.add(seen: delta.tasks.seen, kept: delta.tasks.kept)
    annotations?.add(seen: delta.annotations.seen, kept: delta.annotations.kept)
    duplicateKeys += delta.duplicateKeys
    stages.add(delta.stages)
    batches.add(delta.batches)
    titles.add(delta.titles)
    kinds.add(delta.kinds)
    tools.add(delta.tools)
  }

  mutating func warn(_ code: WarningCode, count: Int, at position: InputPosition) {
    if let index = warnings.firstIndex(where: { $0.code == code }) {
      warnings[index].count += count
    } else {
      warnings.append(RunWarning(code: code, count: count, first: position))
    }
  }
}

// MARK: As JSON

extension RunReport {
  /// The text of `report.json`.
  public var text: String { String(decoding: fileText, as: UTF8.self) }

  var fileText: [UInt8] {
    // In place: it may have tens of megabytes.
    var text = JSONText.object(members).utf8
    text.append(UInt8(ascii: "\n"))
    return text
  }

  /// The members in the order of the schema.
  var members: [(String, JSONText)] {
    let table = { (tally: BoundedTally) in annotations == nil ? JSONText.null : tally.json }
    return [
      ("schema", .int(1)), ("status", .text(isPartial ? "partial" : "complete")),
      ("inputs", .elements { [inputs] write in for input in inputs { write(input.json) } }),
      ("assets", assets.json), ("tasks", tasks.json),
      ("annotations", annotations?.json ?? .null), ("rows", .int(rows)), ("copies", .int(copies)),
      ("stages", stages.json), ("batches", batches.json), ("titles", table(titles)),
      ("kinds", table(kinds)), ("tools", table(tools)),
      (
        "other",
        .object([
          ("stages", stages.other.json), ("batches", batches.other.json), ("titles", titles.other.json),
          ("tools", tools.other.json),
        ])
      ),
      ("biggestRow", biggestRow?.json ?? .null), ("duplicateKeys", .int(duplicateKeys)),
      ("neverSeen", .array(neverSeen.map(\.json))),
      ("warnings", .array(warnings.sorted { $0.code.rawValue < $1.code.rawValue }.map(\.json))),
    ]
  }
}

extension InputReport {
  var json: JSONText {
    .object([
      ("name", .text(name)), ("entry", .text(entry)), ("bytes", .int(bytes)), ("assets", .int(assets)),
      ("lastGoodOffset", .int(lastGoodOffset)),
    ])
  }
}

extension AssetCounts {
  var json: JSONText {
    .object([
      ("seen", .int(seen)), ("kept", .int(kept)), ("filtered", .int(filtered)), ("skipped", .int(skipped)),
      ("rejected", .int(rejected)), ("withoutTask", .int(withoutTask)),
    ])
  }
}

extension BiggestRow {
  var json: JSONText {
    .object([
      ("bytes", .int(bytes)), ("input", .text(input)), ("entry", .text(entry)), ("asset", .int(asset)),
      ("byte", .int(byte)), ("externalId", .bytes(externalId)),
    ])
  }
}

extension RunWarning {
  var json: JSONText {
    .object([
      ("code", .text(code.rawValue)), ("count", .int(count)), ("message", .text(code.message)),
      ("first", .object(first.members)),
    ])
  }
}
