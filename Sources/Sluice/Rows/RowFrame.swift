// What the rows of a task's annotations have in common: the columns of the asset and the task. It is made once
// and copied into each row.
//
//     {"externalId":…,"assetId":…,…,"updatedAt":…,"kind":                        head
//     "tool","tool":…,"title":…,"objectId":…,"schemaId":…,"page":…               the annotation's own
//     ,"snapshot":…,"metadata":…,"annotation":                                   middle

internal import JSONEvents
internal import Sharding

/// The columns that the rows of one task, or of one of its snapshots, share.
struct RowFrame: Sendable {
  let head: [UInt8]
  let middle: [UInt8]
  /// The partitions, but for those that the annotation decides.
  let place: RowPlace
  let externalId: [UInt8]?
}

/// Makes the frames of one asset.
struct RowFrames: Sendable {
  private let plan: RunPlan
  private let columns: ColumnNeeds
  private let known: AssetFacts
  private let decision: Decision
  private let bytes: any ElementBytes
  private let queries: CutList
  private var frames: [Key: RowFrame] = [:]

  private struct Key: Hashable, Sendable {
    var task: Int
    var snapshot: Int?
  }

  /// A value that becomes a column is no JSON.
  struct Malformed: Error {}

  /// Plans the frames of an asset whose bytes are read from `bytes`.
  init(
    _ plan: RunPlan, _ columns: ColumnNeeds, _ facts: AssetFacts, _ decision: Decision,
    _ bytes: any ElementBytes
  )
    throws
  {
    self.plan = plan
    self.columns = columns
    known = facts
    self.decision = decision
    self.bytes = bytes
    var starts: [Int: Int] = [:]
    for url in facts.urls {
      var finder = QueryFinder()
      try bytes.visit(url.range) { finder.consume($0, at: $1) }
      starts[url.range.lowerBound] = finder.found
    }
    var addresses = AssetFacts()
    addresses.urls = facts.urls
    (addresses.hasTask, addresses.hasTasks) = (facts.hasTask, facts.hasTasks)
    queries = addresses.cutList { starts[$0.lowerBound] }
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
    if let frame = frames[key] { return frame }
    let frame = try make(known.task(at: task), snapshot)
    frames[key] = frame
    return frame
  }

  private func make(_ task: TaskFacts, _ snapshot: Int?) throws -> RowFrame {
    let stage = stage(of: task)
    var head = RowText("{")
    try head.add("externalId", value(known.members, 0))
    try head.add("assetId", value(known.members, 1))
    try head.add("taskId", value(task.members, 0))
    try head.add("stage", text(stage.range))
    try head.add("stageId", known.isLegacy ? nil : value(task.members, 2))
    try head.add("batches", value(known.members, 2))
    try head.add("updatedAt", value(task.members, 3))
    head.addName("kind")
    var middle = RowText(",")
    try middle.add("snapshot", snapshot.map { try self.snapshot(task.snapshots[$0]) })
    for (key, context) in zip(plan.options.rows.context, contextPlaces) {
      try middle.add(
        key.name, context.isTasks ? value(task.members, context.index) : value(known.members, context.index))
    }
    middle.addName("annotation")
    var place = RowPlace(known, decision)
    place.stage = stage.name
    return RowFrame(head: head.bytes, middle: middle.bytes, place: place, externalId: known.externalId)
  }

  /// Where the value of each context column is among the members.
  private var contextPlaces: [(isTasks: Bool, index: Int)] {
    var (asset, task) = (ColumnNeeds.asset.count, ColumnNeeds.task.count)
    return plan.options.rows.context.map { key in
      defer { if key.isTasks { task += 1 } else { asset += 1 } }
      return (key.isTasks, key.isTasks ? task : asset)
    }
  }

  /// The `stage` column and the name it gives a partition.
  private func stage(of task: TaskFacts) -> (range: Range<Int>?, name: [UInt8]?) {
    if !known.isLegacy { return (task.members.isEmpty ? nil : task.members[1], task.stage.text) }
    if task.status != .absent, task.status != .null { return (task.members[4], task.status.text) }
    return (known.members[3], known.status.text)
  }

  private func snapshot(_ snapshot: SnapshotFacts) throws -> [UInt8] {
    var text = RowText("{")
    text.add("index", Array(String(snapshot.index).utf8))
    try text.add("stage", value(snapshot.members, 0))
    try text.add("stageId", value(snapshot.members, 1))
    try text.add("completedAt", value(snapshot.members, 2))
    try text.add("completedBy", value(snapshot.members, 3))
    text.removeComma()
    return text.bytes + [UInt8(ascii: "}")]
  }

  private func value(_ members: [Range<Int>?], _ index: Int) throws -> [UInt8]? {
    members.indices.contains(index) ? try text(members[index]) : nil
  }

  /// The value at `range` without its white space, and without what is cut off its URLs.
  private func text(_ range: Range<Int>?) throws -> [UInt8]? {
    guard let range else { return nil }
    var minifier = Minifier(kernel: plan.kernel)
    var text: [UInt8] = []
    var validator = JSONValidator(maxDepth: plan.maxDepth, allowsMultipleValues: true)
    do {
      try bytes.visit(range) { bytes, offset in try validator.feed(bytes, at: offset) }
      try validator.endOfInput()
    } catch is JSONRejection {
      throw Malformed()
    }
    try queries.forEachKept(in: range) { part in
      try bytes.visit(part) { bytes, _ in minifier.append(bytes, to: &text) }
    }
    return text
  }
}

/// The text of an object, member by member.
private struct RowText {
  private(set) var bytes: [UInt8]

  init(_ opening: String) { bytes = Array(opening.utf8) }

  /// Appends a member and a comma; `null` for nil.
  mutating func add(_ name: String, _ value: [UInt8]?) {
    addName(name)
    bytes += value ?? Array("null".utf8)
    bytes.append(UInt8(ascii: ","))
  }

  /// Appends a member's name.
  mutating func addName(_ name: String) {
    bytes += JSONText.text(name).utf8
    bytes.append(UInt8(ascii: ":"))
  }

  mutating func removeComma() { bytes.removeLast() }
}
