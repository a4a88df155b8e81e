// A report as Swift reads and writes it: the members of `report.json`, so that one that was written by a run can be
// decoded, by any decoder.

extension RunReport: Codable {
  private enum CodingKeys: String, CodingKey {
    case schema, status, inputs, assets, tasks, annotations, rows, copies, stages, batches, titles, kinds,
      tools, other
    case biggestRow, duplicateKeys, neverSeen, warnings
  }

  /// The sums of names that the tables did not keep.
  private struct Others: Codable {
    var stages: SeenKept
    var batches: SeenKept
    var titles: SeenKept
    var tools: SeenKept
  }

  /// Reads the members of `report.json`.
  ///
  /// - Parameter decoder: Where they are.
  /// - Throws: `DecodingError`, also for a schema that is not known.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    guard try values.decode(Int.self, forKey: .schema) == 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: values, debugDescription: "only schema 1 is known")
    }
    let other = try values.decode(Others.self, forKey: .other)
    func table(_ key: CodingKeys, _ other: SeenKept) throws -> BoundedTally {
      BoundedTally(try values.decodeIfPresent([BoundedTally.Entry].self, forKey: key) ?? [], other: other)
    }
    self.init(countsAnnotations: false)
    inputs = try values.decode([InputReport].self, forKey: .inputs)
    assets = try values.decode(AssetCounts.self, forKey: .assets)
    tasks = try values.decode(SeenKept.self, forKey: .tasks)
    annotations = try values.decodeIfPresent(SeenKept.self, forKey: .annotations)
    rows = try values.decode(Int.self, forKey: .rows)
    copies = try values.decode(Int.self, forKey: .copies)
    stages = try table(.stages, other.stages)
    batches = try table(.batches, other.batches)
    titles = try table(.titles, other.titles)
    kinds = try table(.kinds, SeenKept())
    tools = try table(.tools, other.tools)
    biggestRow = try values.decodeIfPresent(BiggestRow.self, forKey: .biggestRow)
    duplicateKeys = try values.decode(Int.self, forKey: .duplicateKeys)
    neverSeen = try values.decode([MissingName].self, forKey: .neverSeen)
    warnings = try values.decode([RunWarning].self, forKey: .warnings)
  }

  /// Writes the members of `report.json`.
  ///
  /// - Parameter encoder: Where they go.
  /// - Throws: `EncodingError`.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    func write(_ tally: BoundedTally?, _ key: CodingKeys) throws {
      try values.encode(tally?.entries, forKey: key)
    }
    try values.encode(1, forKey: .schema)
    try values.encode(isPartial ? "partial" : "complete", forKey: .status)
    try values.encode(inputs, forKey: .inputs)
    try values.encode(assets, forKey: .assets)
    try values.encode(tasks, forKey: .tasks)
    try values.encode(annotations, forKey: .annotations)
    try values.encode(rows, forKey: .rows)
    try values.encode(copies, forKey: .copies)
    try write(stages, .stages)
    try write(batches, .batches)
    try write(annotations == nil ? nil : titles, .titles)
    try write(annotations == nil ? nil : kinds, .kinds)
    try write(annotations == nil ? nil : tools, .tools)
    let others = Others(
      stages: stages.other, batches: batches.other, titles: titles.other, tools: tools.other)
    try values.encode(others, forKey: .other)
    try values.encode(biggestRow, forKey: .biggestRow)
    try values.encode(duplicateKeys, forKey: .duplicateKeys)
    try values.encode(neverSeen, forKey: .neverSeen)
    try values.encode(warnings.sorted { $0.code.rawValue < $1.code.rawValue }, forKey: .warnings)
  }
}

extension BoundedTally {
  /// The table in the order of `report.json`: no name first, then bytewise.
  fileprivate var entries: [Entry] {
    let none = rows.first { $0.name == nil }.map {
      [Entry(name: nil, seen: $0.count.seen, kept: $0.count.kept)]
    }
    return (none ?? []) + sortedNames.map { Entry(name: $0.name, seen: $0.count.seen, kept: $0.count.kept) }
  }
}

extension BiggestRow: Codable {
  private enum CodingKeys: String, CodingKey { case bytes, input, entry, asset, byte, externalId }

  /// Reads a member of `report.json`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    bytes = try values.decode(Int.self, forKey: .bytes)
    input = try values.decode(String.self, forKey: .input)
    entry = try values.decodeIfPresent(String.self, forKey: .entry)
    asset = try values.decode(Int.self, forKey: .asset)
    byte = try values.decode(Int.self, forKey: .byte)
    externalId = try values.decodeIfPresent(String.self, forKey: .externalId).map { Array($0.utf8) }
  }

  /// Writes a member of `report.json`.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(bytes, forKey: .bytes)
    try values.encode(input, forKey: .input)
    try values.encode(entry, forKey: .entry)
    try values.encode(asset, forKey: .asset)
    try values.encode(byte, forKey: .byte)
    try values.encode(externalId.map { String(decoding: $0, as: UTF8.self) }, forKey: .externalId)
  }
}

extension RunWarning: Codable {
  private enum CodingKeys: String, CodingKey { case code, count, message, first }

  /// Reads a member of `report.json`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    code = try values.decode(WarningCode.self, forKey: .code)
    count = try values.decode(Int.self, forKey: .count)
    first = try values.decode(InputPosition.self, forKey: .first)
  }

  /// Writes a member of `report.json`.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(code, forKey: .code)
    try values.encode(count, forKey: .count)
    try values.encode(code.message, forKey: .message)
    try values.encode(first, forKey: .first)
  }
}

extension WarningCode: Codable {}
extension NameOption: Codable {}
