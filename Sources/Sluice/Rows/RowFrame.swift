// What the rows of a task's annotations have in common: the columns of the asset and the task. It is made once
// and copied into each row.
//
//     {"externalId":…,"assetId":…,…,"updatedAt":…,                                head
//     "kind":"tool","tool":…,"title":…,"objectId":…,"schemaId":…,"page":…        the annotation's own
//     ,"snapshot":…,"metadata":…,"annotation":                                   middle

internal import Sharding

/// The columns that the rows of one task, or of one of its snapshots, share.
///
/// A class: it goes from hand to hand with each slice, and a copy would count half a dozen references.
final class RowFrame: Sendable {
  /// Text in parts: a long value stands alone, so that the frames of one asset hold it together.
  let head: [[UInt8]]
  let middle: [[UInt8]]
  /// The partitions, but for those that the annotation decides.
  let place: RowPlace
  let externalId: [UInt8]?

  init(head: [[UInt8]], middle: [[UInt8]], place: RowPlace, externalId: [UInt8]?) {
    self.head = head
    self.middle = middle
    self.place = place
    self.externalId = externalId
  }
}

/// Makes the frames of one asset.
struct RowFrames: Sendable {
  private let plan: RunPlan
  private let columns: ColumnNeeds
  private let known: AssetFacts
  private let decision: Decision
  private let bytes: any ElementBytes
  /// The frame that was made last: lists come in order, and a task may have a million snapshots.
  private var last: (key: Key, frame: RowFrame)?
  /// The texts of the asset's values by their places, and those of the task that was last.
  private var assetTexts: [Int: [UInt8]] = [:]
  private var taskTexts: [Int: [UInt8]] = [:]

  private struct Key: Equatable, Sendable {
    var task: Int
    var snapshot: Int?
  }

  /// A value that becomes a column is no JSON.
  struct Malformed: Error {}

  /// Plans the frames of an asset whose bytes are read from `bytes`.
  init(
    _ plan: RunPlan, _ columns: ColumnNeeds, _ facts: AssetFacts, _ decision: Decision,
    _ bytes: any ElementBytes
  ) {
    self.plan = plan
    self.columns = columns
    known = facts
    self.decision = decision
    self.bytes = bytes
  }

  /// The frame of the rows of `list`.
  ///
  /// - Throws: `Malformed`, or what reading throws.
  mutating func frame(of list: ListPlace) throws -> RowFrame {
    try frame(ofTask: list.task, snapshot: list.snapshot)
  }

  /// The frame of the rows of a task, or of one of its snapshots.
  ///
  /// - Throws: `Malformed`, or what reading throws.
  mutating func frame(ofTask task: Int, snapshot: Int? = nil) throws -> RowFrame {
    let key = Key(task: task, snapshot: snapshot)
    if let last, last.key == key { return last.frame }
    if last?.key.task != task { taskTexts = [:] }
    let frame = try make(known.task(at: task), snapshot)
    last = (key, frame)
    return frame
  }

  private mutating func make(_ task: TaskFacts, _ snapshot: Int?) throws -> RowFrame {
    var head = RowText("{")
    for column in AnnotationColumns.shared {
      head.add(column.name, try text(of: column.source, task, snapshot))
    }
    var middle = RowText(",")
    for column in AnnotationColumns.sharedBehind {
      middle.add(column.name, try text(of: column.source, task, snapshot))
    }
    for (key, index) in zip(plan.options.rows.context, contextIndices) {
      let urls = plan.options.rows.stripURLQuery ? URLPlaces(ofContext: key) : nil
      middle.add(key.name, try key.isTasks ? taskText(index, of: task, urls) : assetText(index, urls))
    }
    middle.addName("annotation")
    var place = RowPlace(known, decision)
    place.stage = stage(of: task).name
    return RowFrame(head: head.parts, middle: middle.parts, place: place, externalId: known.externalId)
  }

  /// The text of a column that the annotations of a task, or of a snapshot, share; nil for null.
  private mutating func text(
    of source: AnnotationColumn.Source, _ task: TaskFacts, _ snapshot: Int?
  ) throws -> [UInt8]? {
    switch source {
    case .asset(let key): try assetText(ColumnNeeds.asset.index(of: key))
    case .task(let key): try taskText(ColumnNeeds.task.index(of: key), of: task)
    case .currentTask(let key):
      known.isLegacy ? nil : try taskText(ColumnNeeds.task.index(of: key), of: task)
    case .stage: try stageText(of: task)
    case .snapshot: try snapshot.map { try snapshotText(task.snapshots[$0]) }
    case .kind, .tool, .member, .annotation: nil
    }
  }

  /// Where the value of each context column is among the members.
  private var contextIndices: [Int] {
    var (asset, task) = (ColumnNeeds.asset.keys.count, ColumnNeeds.task.keys.count)
    return plan.options.rows.context.map { key in
      defer { if key.isTasks { task += 1 } else { asset += 1 } }
      return key.isTasks ? task : asset
    }
  }

  /// The member that the `stage` column is made of, and the name it gives a partition.
  private func stage(of task: TaskFacts) -> (isOfTask: Bool, key: ExportKey, name: [UInt8]?) {
    if !known.isLegacy { return (true, .stage, task.stage.text) }
    if task.status != .absent, task.status != .null { return (true, .status, task.status.text) }
    return (false, .status, known.status.text)
  }

  private mutating func stageText(of task: TaskFacts) throws -> [UInt8]? {
    let stage = stage(of: task)
    return try stage.isOfTask
      ? taskText(ColumnNeeds.task.index(of: stage.key), of: task)
      : assetText(ColumnNeeds.asset.index(of: stage.key))
  }

  // MARK: Texts

  /// The text of the asset's value at `index` of its members.
  private mutating func assetText(_ index: Int?, _ urls: URLPlaces? = nil) throws -> [UInt8]? {
    guard let index, known.members.indices.contains(index), let range = known.members[index] else {
      return nil
    }
    let text = try assetTexts[range.lowerBound] ?? text(range, depth: 1, urls)
    assetTexts[range.lowerBound] = text
    return text
  }

  /// The text of a task's value at `index` of its members.
  private mutating func taskText(
    _ index: Int?, of task: TaskFacts, _ urls: URLPlaces? = nil
  ) throws -> [UInt8]? {
    guard let index, task.members.indices.contains(index), let range = task.members[index] else {
      return nil
    }
    let text = try taskTexts[range.lowerBound] ?? text(range, depth: taskDepth, urls)
    taskTexts[range.lowerBound] = text
    return text
  }

  private static let snapshotOpenings = AnnotationColumns.snapshotKeys.map {
    Array(",\"".utf8) + $0.name + Array("\":".utf8)
  }

  private func snapshotText(_ snapshot: SnapshotFacts) throws -> [UInt8] {
    var text = Array("{\"index\":\(snapshot.index)".utf8)
    for (opening, range) in zip(Self.snapshotOpenings, snapshot.members) {
      text += opening
      text += try range.map { try self.text($0, depth: taskDepth + 2) } ?? Array("null".utf8)
    }
    return text + [UInt8(ascii: "}")]
  }

  /// How many containers are open in a task.
  private var taskDepth: Int { known.isLegacy ? 3 : 2 }

  /// The value at `range`, in `depth` containers, without its white space and what is cut off its URLs.
  private func text(_ range: Range<Int>, depth: Int, _ urls: URLPlaces? = nil) throws -> [UInt8] {
    var minifier = Minifier(kernel: plan.kernel)
    var text: [UInt8] = []
    if try !JSONAcceptor(plan, depth: depth).allows(range, of: bytes) { throw Malformed() }
    let queries = try urls?.queries(in: range, of: bytes) ?? CutList([], isLegacy: false)
    try queries.forEachKept(in: range) { part in
      try bytes.visit(part) { bytes, _ in minifier.append(bytes, to: &text) }
    }
    return text
  }
}

/// The text of an object, member by member.
private struct RowText {
  private(set) var parts: [[UInt8]]
  /// How long a value is that is worth a part of its own.
  private static let long = 4096

  init(_ opening: String) { parts = [Array(opening.utf8)] }

  /// Appends a member and a comma; `null` for nil.
  mutating func add(_ name: String, _ value: [UInt8]?) {
    addName(name)
    let value = value ?? Array("null".utf8)
    if value.count < Self.long { append(value) } else { parts += [value, []] }
    append([UInt8(ascii: ",")])
  }

  /// Appends a member's name.
  mutating func addName(_ name: String) {
    append(Array(JSONText.text(name).utf8))
    append([UInt8(ascii: ":")])
  }

  private mutating func append(_ bytes: [UInt8]) { parts[parts.count - 1] += bytes }
}
