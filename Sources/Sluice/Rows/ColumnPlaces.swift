// Where the values of an annotation are that become columns, for the scanner.

/// Notes places of columns.
struct ColumnPlaces: AnnotationDetails {
  private(set) var columns = Annotation.Columns()

  mutating func begin() { columns = Annotation.Columns() }

  mutating func note(_ key: ExportKey, _ range: Range<Int>) {
    switch key {
    case .title: columns.title = range
    case .objectId: columns.objectId = range
    case .schemaId: columns.schemaId = range
    case .page: columns.page = range
    case .tool: columns.tool = range
    default: break
    }
  }

  // Nothing is counted beside title and tool, and no value is read.
  mutating func read(
    _ key: Int, at start: Int, of kind: AnnotationKind, _ tokens: inout AnnotationTokens,
    _ cursor: inout TokenCursor, _ bytes: Span<UInt8>
  ) -> TokenCursor.Verdict? { nil }
  mutating func count() {}
  mutating func flush(to outcome: inout ListOutcome, _ tokens: AnnotationTokens) {}
  mutating func forgetKeys() {}
}

extension AnnotationScanner<ColumnPlaces> {
  /// The annotation at `range`, which was read last.
  func annotation(at range: Range<Int>) -> Annotation {
    var annotation = Annotation(range: range, isObject: true)
    annotation.columns = details.columns
    (annotation.members, annotation.columns.toolKey) = members
    return annotation
  }
}
