// Where the values of an annotation are that become columns, for the scanner.

/// Notes places of columns.
struct ColumnPlaces: AnnotationDetails {
  private(set) var columns = AnnotationRanges()

  mutating func begin() { columns = AnnotationRanges() }

  mutating func note(_ member: AnnotationMember, _ range: Range<Int>) { columns[member] = range }

  // Nothing is counted beside title and tool.
  mutating func note(
    key: Int, of place: InspectedPlace, at start: Int, _ tokens: inout AnnotationTokens
  ) -> Bool { true }
  mutating func note(_ member: AnnotationMember, text: Int) {}
  mutating func read(
    _ key: Int, _ tokens: inout AnnotationTokens, _ cursor: inout TokenCursor
  ) -> TokenCursor.Verdict? { nil }
  mutating func count() {}
  mutating func flush(to findings: inout ListFindings, _ tokens: AnnotationTokens) {}
  mutating func forgetKeys() {}
}

extension AnnotationScanner<ColumnPlaces> {
  /// The annotation at `range`, which was read last.
  func annotation(at range: Range<Int>) -> Annotation {
    var annotation = Annotation(range: range, isObject: true)
    annotation.columns = details.columns
    (annotation.facts, annotation.toolKey) = facts
    return annotation
  }
}
