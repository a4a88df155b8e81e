// Makes the rows of annotations, one behind the other, and groups those that go to the same place.

internal import JSONEvents
internal import Sharding

/// Writes the rows of one list.
final class AnnotationRows {
  /// The rows so far that were collected.
  private(set) var groups: [KeptRow] = []
  private let kind: AnnotationKind
  private let frame: RowFrame
  private let own: OwnColumns
  private let partitions: (kind: Bool, title: Bool, tool: Bool)
  private let buffer: RowBuffer
  private let arena: Arena?
  private let minifier: Minifier
  private var line: [UInt8] = []
  private let judge: JSONAcceptor
  /// Told where each row goes before it is written, where rows are not collected.
  var onRow: ((RowPlace) throws -> Void)?

  /// An annotation that was to be written is no JSON.
  struct Malformed: Error {}

  /// Writes rows to `buffer`, which collects in `arena` if there is one.
  init(_ plan: RunPlan, _ list: ListPlace, _ frame: RowFrame, to buffer: RowBuffer, _ arena: Arena?) {
    kind = list.kind
    self.frame = frame
    own = OwnColumns.all(of: kind)
    let keys = plan.options.output.partitionBy
    partitions = (keys.contains(.kind), keys.contains(.title), keys.contains(.tool))
    self.buffer = buffer
    self.arena = arena
    minifier = Minifier(kernel: plan.kernel)
    judge = JSONAcceptor(plan, depth: list.depth)
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
    var line: [UInt8] = []
    swap(&line, &self.line)
    line.removeAll(keepingCapacity: true)
    var isWritten = false
    try bytes.visit(annotation.range) { whole, offset in
      // Nearly every annotation lies in one piece, from which its columns can be taken as well.
      if whole.count < annotation.range.count { return }
      addColumns(of: annotation, to: &line) { range, line in
        add(whole.extracting(range.lowerBound - offset..<range.upperBound - offset), to: &line)
      }
      try buffer.append(line.span, whole, Self.end.span)
      isWritten = true
    }
    if !isWritten {
      try addColumns(of: annotation, to: &line) { range, line in try add(range, bytes, to: &line) }
      try buffer.append(line.span)
      try buffer.append(annotation.range, of: bytes)
      try buffer.append(Self.end.span)
    }
    swap(&line, &self.line)
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
    if partitions.kind { place.kind = kind }
    if partitions.title { place.title = annotation.facts[.title].text }
    if partitions.tool { place.tool = annotation.facts.toolName(kind) }
    return place
  }

  // MARK: Columns

  /// Appends all that stands before the annotation; `add` appends the value at a range of the input.
  private func addColumns<Failure: Error>(
    of annotation: Annotation, to line: inout [UInt8],
    _ add: (Range<Int>, inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for part in frame.head { line += part }
    let openings = own.openings
    for column in own.columns {
      line.append(openings.span.extracting(column.opening))
      let range: Range<Int>?
      switch column.value {
      case .none: continue
      case .null: range = nil
      case .member(let member): range = annotation.columns[member]
      case .tool:
        if let name = annotation.facts.knownTool {
          line.append(UInt8(ascii: "\""))
          line += name
          line.append(UInt8(ascii: "\""))
          continue
        }
        range = annotation.toolKey
      }
      if let range { try add(range, &line) } else { line += Self.null }
    }
    for part in frame.middle { line += part }
  }

  private static let null = Array("null".utf8)

  /// Appends a value without its white space.
  private func add(_ value: Span<UInt8>, to line: inout [UInt8]) {
    // A scalar has no white space but in a string.
    if value[0] != UInt8(ascii: "{"), value[0] != UInt8(ascii: "[") { return line.append(value) }
    var minifier = minifier
    minifier.append(value, to: &line)
  }

  /// Appends a value that need not lie in one piece.
  private func add(_ range: Range<Int>, _ bytes: any ElementBytes, to line: inout [UInt8]) throws {
    var minifier = minifier
    try bytes.visit(range) { bytes, _ in minifier.append(bytes, to: &line) }
  }
}

/// A column of which each annotation has its own value.
private struct OwnColumn: Sendable {
  enum Value: Sendable {
    /// What is known of the kind alone: it stands in `opening`.
    case none
    case null
    case member(AnnotationMember)
    /// What the keys say.
    case tool
  }

  /// Where in the text of all openings that is which stands before the value.
  let opening: Range<Int>
  let value: Value

  /// Appends the opening to `openings`.
  init(_ column: AnnotationColumn, _ kind: AnnotationKind, to openings: inout [UInt8]) {
    let start = openings.count
    openings += Array("\(start == 0 ? "" : ",")\"\(column.name)\":".utf8)
    switch (column.source, kind) {
    case (.kind, _):
      openings += Array("\"\(kind.rawValue)\"".utf8)
      value = .none
    case (.tool, .tool): value = .tool
    case (.tool, .classification): value = .member(.tool)
    case (.tool, .relation): value = .null
    case (.member(let member), _): value = .member(member)
    case (.asset, _), (.task, _), (.currentTask, _), (.stage, _), (.snapshot, _), (.annotation, _):
      value = .null
    }
    opening = start..<openings.count
  }
}

/// The columns of a kind.
private struct OwnColumns: Sendable {
  /// Without references: each row goes through them.
  let columns: [OwnColumn]
  /// What stands before the values, one behind the other.
  let openings: [UInt8]

  static func all(of kind: AnnotationKind) -> OwnColumns {
    switch kind {
    case .tool: tool
    case .classification: classification
    case .relation: relation
    }
  }

  // Lists are many and often short, so these are made once.
  private static let tool = OwnColumns(.tool)
  private static let classification = OwnColumns(.classification)
  private static let relation = OwnColumns(.relation)

  private init(_ kind: AnnotationKind) {
    var openings: [UInt8] = []
    columns = AnnotationColumns.own.map { OwnColumn($0, kind, to: &openings) }
    self.openings = openings
  }
}
