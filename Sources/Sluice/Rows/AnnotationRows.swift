// Makes the rows of annotations, one behind the other, and groups those that go to the same place.

internal import JSONEvents
internal import Sharding

/// Writes the rows of one list.
final class AnnotationRows {
  /// The rows so far that were collected.
  private(set) var groups: [KeptRow] = []
  private let kind: AnnotationKind
  private let frame: RowFrame
  private let keys: Set<PartitionKey>
  private let buffer: RowBuffer
  private let arena: Arena?
  private let minifier: Minifier
  private var line: [UInt8] = []
  private let judge: Judge
  /// Told where each row goes before it is written, where rows are not collected.
  var onRow: ((RowPlace) throws -> Void)?

  /// An annotation that was to be written is no JSON.
  struct Malformed: Error {}

  /// Writes rows to `buffer`, which collects in `arena` if there is one.
  init(_ plan: RunPlan, _ list: ListPlace, _ frame: RowFrame, to buffer: RowBuffer, _ arena: Arena?) {
    kind = list.kind
    self.frame = frame
    keys = Set(plan.options.output.partitionBy)
    self.buffer = buffer
    self.arena = arena
    minifier = Minifier(kernel: plan.kernel)
    judge = Judge(plan, depth: list.depth)
  }

  /// Sees that an annotation is JSON.
  ///
  /// - Throws: `Malformed`, or what reading throws.
  func check(_ annotation: Annotation, _ bytes: any ElementBytes) throws {
    if try !judge.allows(annotation.range, of: bytes) { throw Malformed() }
  }

  /// Writes the row of an annotation.
  ///
  /// - Returns: The row's length with its newline.
  /// - Throws: What reading throws.
  func write(_ annotation: Annotation, _ bytes: any ElementBytes) throws -> Int {
    let place = place(of: annotation)
    try onRow?(place)
    let start = buffer.position
    let before = buffer.count
    try makeColumns(of: annotation, bytes)
    let line = line
    try buffer.append(line.span)
    try buffer.append(annotation.range, of: bytes)
    try buffer.append(Self.end.span)
    let count = buffer.count - before
    if let arena {
      add(Row(arena: arena, start: start, end: buffer.position, count: count), annotation, place)
    }
    return count
  }

  private static let end = Array("}\n".utf8)

  private func add(_ row: Row, _ annotation: Annotation, _ place: RowPlace) {
    let biggest = (bytes: row.count, offset: annotation.range.lowerBound)
    guard let last = groups.indices.last, groups[last].place == place else {
      groups.append(KeptRow(row, rows: 1, place: place, biggest: biggest, externalId: frame.externalId))
      return
    }
    groups[last].rows += 1
    groups[last].row.end = row.end
    groups[last].row.count += row.count
    if biggest.bytes > groups[last].biggest.bytes { groups[last].biggest = biggest }
  }

  private func place(of annotation: Annotation) -> RowPlace {
    var place = frame.place
    if keys.contains(.kind) { place.kind = kind }
    if keys.contains(.title) { place.title = annotation.members.title.text }
    if keys.contains(.tool) { place.tool = annotation.members.toolName(kind) }
    return place
  }

  // MARK: Columns

  private func makeColumns(of annotation: Annotation, _ bytes: any ElementBytes) throws {
    line.removeAll(keepingCapacity: true)
    for part in frame.head { line += part }
    line.append(UInt8(ascii: "\""))
    line += kind.name
    line += Self.tool
    try addTool(annotation, bytes)
    line += Self.title
    try add(annotation.columns.title, bytes)
    line += Self.objectId
    try add(annotation.columns.objectId, bytes)
    line += Self.schemaId
    try add(annotation.columns.schemaId, bytes)
    line += Self.page
    try add(annotation.columns.page, bytes)
    for part in frame.middle { line += part }
  }

  private static let tool = Array("\",\"tool\":".utf8)
  private static let title = Array(",\"title\":".utf8)
  private static let objectId = Array(",\"objectId\":".utf8)
  private static let schemaId = Array(",\"schemaId\":".utf8)
  private static let page = Array(",\"page\":".utf8)
  private static let null = Array("null".utf8)

  private func addTool(_ annotation: Annotation, _ bytes: any ElementBytes) throws {
    switch kind {
    case .classification: try add(annotation.columns.tool, bytes)
    case .relation: line += Self.null
    case .tool:
      guard let name = annotation.members.knownTool else { return try add(annotation.columns.toolKey, bytes) }
      line.append(UInt8(ascii: "\""))
      line += name
      line.append(UInt8(ascii: "\""))
    }
  }

  private func add(_ range: Range<Int>?, _ bytes: any ElementBytes) throws {
    guard let range else {
      line += Self.null
      return
    }
    var minifier = minifier
    var isContainer: Bool?
    try bytes.visit(range) { bytes, _ in
      let known = isContainer ?? (bytes[0] == UInt8(ascii: "{") || bytes[0] == UInt8(ascii: "["))
      isContainer = known
      // A scalar has no white space but in a string.
      if known { minifier.append(bytes, to: &line) } else { line.append(bytes) }
    }
  }
}
