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
  /// Text in parts: a long value stands alone, so that the frames of one asset hold it together.
  let head: [[UInt8]]
  let middle: [[UInt8]]
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
    let stage = stage(of: task)
    var head = RowText("{")
    head.add("externalId", try assetText(0))
    head.add("assetId", try assetText(1))
    head.add("taskId", try taskText(0, of: task))
    head.add("stage", try stage.isOfTask ? taskText(stage.index, of: task) : assetText(stage.index))
    head.add("stageId", known.isLegacy ? nil : try taskText(2, of: task))
    head.add("batches", try assetText(2))
    head.add("updatedAt", try taskText(3, of: task))
    head.addName("kind")
    var middle = RowText(",")
    middle.add("snapshot", try snapshot.map { try snapshotText(task.snapshots[$0]) })
    for (key, place) in zip(plan.options.rows.context, contextPlaces) {
      let urls = plan.options.rows.stripURLQuery ? URLPlaces(ofContext: key) : nil
      middle.add(
        key.name,
        try place.isTasks ? taskText(place.index, of: task, urls) : assetText(place.index, urls))
    }
    middle.addName("annotation")
    var place = RowPlace(known, decision)
    place.stage = stage.name
    return RowFrame(head: head.parts, middle: middle.parts, place: place, externalId: known.externalId)
  }

  /// Where the value of each context column is among the members.
  private var contextPlaces: [(isTasks: Bool, index: Int)] {
    var (asset, task) = (ColumnNeeds.asset.count, ColumnNeeds.task.count)
    return plan.options.rows.context.map { key in
      defer { if key.isTasks { task += 1 } else { asset += 1 } }
      return (key.isTasks, key.isTasks ? task : asset)
    }
  }

  /// Where the value of the `stage` column is among the members, and the name it gives a partition.
  private func stage(of task: TaskFacts) -> (isOfTask: Bool, index: Int, name: [UInt8]?) {
    if !known.isLegacy { return (true, 1, task.stage.text) }
    if task.status != .absent, task.status != .null { return (true, 4, task.status.text) }
    return (false, 3, known.status.text)
  }

  // MARK: Texts

  /// The text of the asset's value at `index` of its members.
  private mutating func assetText(_ index: Int, _ urls: URLPlaces? = nil) throws -> [UInt8]? {
    guard known.members.indices.contains(index), let range = known.members[index] else { return nil }
    let text = try assetTexts[range.lowerBound] ?? text(range, depth: 1, urls)
    assetTexts[range.lowerBound] = text
    return text
  }

  /// The text of a task's value at `index` of its members.
  private mutating func taskText(
    _ index: Int, of task: TaskFacts, _ urls: URLPlaces? = nil
  ) throws -> [UInt8]? {
    guard task.members.indices.contains(index), let range = task.members[index] else { return nil }
    let text = try taskTexts[range.lowerBound] ?? text(range, depth: taskDepth, urls)
    taskTexts[range.lowerBound] = text
    return text
  }

  private func snapshotText(_ snapshot: SnapshotFacts) throws -> [UInt8] {
    var text = Array("{\"index\":\(snapshot.index)".utf8)
    for (name, range) in zip(["stage", "stageId", "completedAt", "completedBy"], snapshot.members) {
      text += Array(",\"\(name)\":".utf8)
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
    if try !Judge(plan, depth: depth).allows(range, of: bytes) { throw Malformed() }
    let queries = try urls?.queries(in: range, of: bytes) ?? CutList([], isLegacy: false)
    try queries.forEachKept(in: range) { part in
      try bytes.visit(part) { bytes, _ in minifier.append(bytes, to: &text) }
    }
    return text
  }
}

/// Finds the queries of the URLs in a value that becomes a column.
private final class URLPlaces: JSONEventHandler {
  /// Whether they are the strings of an array; else the value is the only one.
  private let isInArray: Bool
  private var depth = 0
  private var isArray = false
  private var tokens: [Range<Int>] = []

  /// - Returns: nil if a context column of this name has no URLs.
  init?(ofContext key: ContextKey) {
    let names = (key.isTasks ? [] : ["asset", "dataset"]) + ["brushDataUrl", "medicalBrushDataUrl"]
    guard names.contains(where: { $0.utf8.elementsEqual(key.name.utf8) }) else { return nil }
    isInArray = key.name == "dataset"
  }

  /// What is to be cut off the value at `range`, which is JSON.
  func queries(in range: Range<Int>, of bytes: any ElementBytes) throws -> CutList {
    // It has been validated, and is as deep as it may be.
    var parser = JSONPushParser(self, maxDepth: .max, allowsMultipleValues: true)
    try bytes.visit(range) { try parser.feed($0, at: $1) }
    try parser.endOfInput()
    var cuts: [Cut] = []
    for token in tokens {
      var finder = QueryFinder()
      try bytes.visit(token) { finder.consume($0, at: $1) }
      if let start = finder.found { cuts.append(Cut(range: start..<token.upperBound - 1, isLegacy: false)) }
    }
    return CutList(cuts, isLegacy: false)
  }

  private func open(isArray: Bool) {
    if depth == 0 { self.isArray = isArray }
    depth += 1
  }

  private func note(_ token: Range<Int>) {
    if isInArray ? depth == 1 && isArray : depth == 0 { tokens.append(token) }
  }

  func startObject(at offset: Int) { open(isArray: false) }
  func startArray(at offset: Int) { open(isArray: true) }
  func endObject(at offset: Int) { depth -= 1 }
  func endArray(at offset: Int) { depth -= 1 }
  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {}
  func number(_ raw: Span<UInt8>, at range: Range<Int>) {}
  func oversizedNumber(at range: Range<Int>) {}
  func boolean(_ value: Bool, at range: Range<Int>) {}
  func null(at range: Range<Int>) {}

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    if value.contains(UInt8(ascii: "?")) { note(range) }
  }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    if !isKey { note(range) }
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
