// What is found in a slice of an annotation list, whatever is made of it.

/// What the annotations of a slice say, counted.
struct ListFindings: Sendable {
  let place: ListPlace
  /// What they say of their task.
  var task = TaskFacts()
  /// What they look like, if that is asked for.
  var shape: ShapeTree?
  /// What else was counted of them, if all is inspected.
  var tally: AnnotationTally?
  var duplicateKeys = 0
  var warningCounts: WarningCounts = [:]

  init(_ place: ListPlace) { self.place = place }

  mutating func warn(_ code: WarningCode, at offset: Int) {
    warningCounts.add(code, first: offset)
  }
}
