// The reference engine's annotation rows, as the contract words them and nothing faster: all tokens of the asset
// in memory, each column looked for by name. Only the decision which tasks pass is not made here.

internal import Sharding

/// Writes the rows of one asset that is kept.
struct ReferenceRows {
  private static let toolTypes = [
    "bounding-box", "rotated-bounding-box", "polygon", "polyline", "point", "segmentation", "spline",
    "circle",
    "ellipse", "angle", "ner", "pdf", "brush", "message", "pct",
  ].map { Array($0.utf8) }
  private static let noToolTypes = [
    "classifications", "metadata", "features", "masks", "ocr", "stageHistory",
  ].map { Array($0.utf8) }
  private static let pieceSize = 1 << 20

  private let options: RunOptions
  private let predicate: AnnotationPredicate
  private let list: TokenList
  private let input: Extent
  private let decision: Decision
  private let arena = Arena(BlockPool(blockSize: pieceSize))
  /// The rows, those of one place that follow one another together.
  private(set) var rows: [KeptRow] = []
  /// Where the annotations are whose rows are too big.
  private(set) var tooBig: [Int] = []

  /// What is the same for all annotations of a list.
  private struct Place {
    var task: Int
    var kind: AnnotationKind
    /// The `snapshot` column.
    var snapshot: [UInt8]?
  }

  /// Writes the rows of the asset whose tokens are in `list`.
  init(
    _ list: TokenList, _ input: Extent, _ decision: Decision, _ options: RunOptions,
    _ predicate: AnnotationPredicate
  ) {
    self.options = options
    self.predicate = predicate
    self.list = list
    self.input = input
    self.decision = decision
    let task = list.first("task", in: asset).map { [$0] } ?? []
    let tasks = isLegacy ? list.elements(of: list.first("tasks", in: asset)) : task
    let passing = Set(decision.passingTasks)
    for (index, task) in tasks.enumerated() where passing.contains(index) { writeTask(task) }
  }

  /// The number of the asset's first token.
  private var asset: Int { 0 }

  private var isLegacy: Bool {
    list.first("task", in: asset) == nil && list.first("tasks", in: asset) != nil
  }

  // MARK: Which annotations

  private mutating func writeTask(_ task: Int) {
    for (name, member) in list.members(of: task) {
      if let kind = kind(ofListAt: name) {
        writeList(member.value, Place(task: task, kind: kind))
      } else if name == Array("stageHistory".utf8), options.rows.history == .rows {
        for (index, snapshot) in list.elements(of: member.value).enumerated() {
          writeSnapshot(snapshot, index, task)
        }
      }
    }
  }

  private mutating func writeSnapshot(_ snapshot: Int, _ index: Int, _ task: Int) {
    var column = Array("{\"index\":\(index)".utf8)
    for key in AnnotationColumns.snapshotKeys {
      column += Array(",\"".utf8) + key.name + Array("\":".utf8) + text(list.first(key.name, in: snapshot))
    }
    column.append(UInt8(ascii: "}"))
    for (name, member) in list.members(of: snapshot) {
      guard let kind = kind(ofListAt: name) else { continue }
      writeList(member.value, Place(task: task, kind: kind, snapshot: column))
    }
  }

  private mutating func writeList(_ annotations: Int, _ place: Place) {
    for annotation in list.elements(of: annotations) {
      let facts = list.facts(of: annotation, predicate.members)
      if predicate.verdict(of: facts).isKept { writeRow(annotation, place) }
    }
  }

  private func kind(ofListAt name: [UInt8]) -> AnnotationKind? {
    switch String(decoding: name, as: UTF8.self) {
    case "tools": isLegacy ? nil : .tool
    case "objects": isLegacy ? .tool : nil
    case "classifications": .classification
    case "relations": .relation
    default: nil
    }
  }

  // MARK: Columns

  private mutating func writeRow(_ annotation: Int, _ place: Place) {
    var columns = AnnotationColumns.all.map { ($0.name, value(of: $0.source, annotation, place)) }
    let further = options.rows.context.map { ($0.name, context($0, place.task)) }
    columns.insert(contentsOf: further, at: columns.count - 1)
    var row: [UInt8] = []
    for (name, value) in columns {
      row.append(UInt8(ascii: row.isEmpty ? "{" : ","))
      row += JSONText.text(name).utf8 + [UInt8(ascii: ":")] + value
    }
    row += Array("}\n".utf8)
    let keys = options.output.partitionBy
    let target = RowPlace(
      stage: list.shown(stage(of: place.task)), batches: decision.batches,
      title: keys.contains(.title) ? list.shown(list.first("title", in: annotation)) : nil,
      kind: keys.contains(.kind) ? place.kind : nil,
      tool: keys.contains(.tool) ? tool(of: annotation, place.kind).shown : nil)
    append(row, to: target, of: list.tokens[annotation].range.lowerBound)
  }

  private func value(of source: AnnotationColumn.Source, _ annotation: Int, _ place: Place) -> [UInt8] {
    switch source {
    case .asset(let key): text(list.first(key.name, in: asset))
    case .task(let key): text(list.first(key.name, in: place.task))
    case .currentTask(let key): text(isLegacy ? nil : list.first(key.name, in: place.task))
    case .stage: text(stage(of: place.task))
    case .kind: JSONText.string(place.kind.name).utf8
    case .tool: tool(of: annotation, place.kind).column
    case .member(let member): text(list.value(of: member, in: annotation))
    case .snapshot: place.snapshot ?? text(nil)
    case .annotation: text(annotation)
    }
  }

  /// A value as it stands, null if there is none.
  private func text(_ value: Int?, stripping stripped: [Int] = []) -> [UInt8] {
    guard let value else { return Array("null".utf8) }
    var text: [UInt8] = []
    list.write(value, of: input, stripping: stripped, to: &text)
    return text
  }

  private func stage(of task: Int) -> Int? {
    if !isLegacy { return list.first("stage", in: task) }
    let own = list.first("status", in: task)
    return own.map { list.tokens[$0].kind == .null } ?? true ? list.first("status", in: asset) : own
  }

  private func context(_ key: ContextKey, _ task: Int) -> [UInt8] {
    let value = list.first(key.name, in: key.isTasks ? task : asset)
    let urls = key.isTasks ? [] : ["asset", "dataset"]
    guard options.rows.stripURLQuery, (urls + ["brushDataUrl", "medicalBrushDataUrl"]).contains(key.name),
      let value
    else { return text(value) }
    let strings = key.name == "dataset" ? list.elements(of: value) : [value]
    return text(value, stripping: strings.filter { list.tokens[$0].kind == .string })
  }

  /// The `tool` column, and what directories show of it.
  private func tool(of annotation: Int, _ kind: AnnotationKind) -> (column: [UInt8], shown: [UInt8]?) {
    switch kind {
    case .relation: return (text(nil), nil)
    case .classification:
      let tool = list.first("tool", in: annotation)
      return (text(tool), list.shown(tool))
    case .tool:
      let members = list.members(of: annotation)
      if let type = Self.toolTypes.first(where: { type in members.contains { $0.name == type } }) {
        return (JSONText.string(type).utf8, type)
      }
      let others = members.filter { !Self.noToolTypes.contains($0.name) }.prefix(4096).filter {
        [.object, .array].contains(list.tokens[$0.member.value].kind)
      }
      guard let least = others.min(by: { $0.name.lexicographicallyPrecedes($1.name) }) else {
        return (text(nil), nil)
      }
      var column: [UInt8] = []
      input.forEachRun(in: list.tokens[least.member.key].range) { bytes, _ in column.append(bytes) }
      return (column, least.name)
    }
  }

  // MARK: Rows

  private mutating func append(_ row: [UInt8], to place: RowPlace, of offset: Int) {
    let start = arena.position
    for lower in stride(from: 0, to: row.count, by: Self.pieceSize) {
      let piece = row[lower..<min(lower + Self.pieceSize, row.count)]
      unsafe arena.append(upTo: piece.count) { buffer in
        unsafe buffer.copyBytes(from: piece)
        return piece.count
      }
    }
    let externalId = list.shown(list.first("externalId", in: asset))
    if Row.isBig(row.count) { tooBig.append(offset) }
    guard let last = rows.indices.last, rows[last].place == place else {
      let whole = Row(arena: arena, start: start, end: arena.position, count: row.count)
      rows.append(
        KeptRow(whole, rows: 1, place: place, biggest: (row.count, offset), externalId: externalId))
      return
    }
    rows[last].row.end = arena.position
    rows[last].row.count += row.count
    rows[last].rows += 1
    if row.count > rows[last].biggest.bytes { rows[last].biggest = (row.count, offset) }
  }
}
