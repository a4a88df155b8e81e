// What became of one asset, while a worker is at it.

internal import Sharding

/// Why an element is no asset, and where.
struct Malformed: Sendable {
  var fault: ElementFault
  var element: Element
}

/// What became of one element.
struct AssetOutcome: Sendable {
  var range: Range<Int>
  /// The line in which the element's first block starts; of an issue, that in which it starts itself.
  var line: LineAnchor
  var facts = AssetFacts()
  var decision = Decision()
  /// Its row, or those of its annotations, in order.
  var rows: [KeptRow] = []
  var malformed: Malformed?
  /// What went wrong that is no fault of the input.
  var failure: (any Error)?
  /// Where the first warning of each code is.
  var warningLines: WarningLines = [:]

  /// Whether a line was counted for it.
  var needsLine: Bool { malformed != nil || !facts.warningCounts.isEmpty }
}

extension AssetOutcome {
  /// Adds what came of one of its lists.
  mutating func add(_ list: ListOutcome) {
    rows += list.rows
    facts.add(list)
  }
}

extension AssetFacts {
  /// Adds what was counted in one of its lists, whose task passes or not.
  mutating func add(_ list: ListOutcome, passes: Bool = true) {
    duplicateKeys += list.findings.duplicateKeys
    warningCounts.add(list.findings.warningCounts)
    cuts += list.cuts.map { Cut(range: $0, isLegacy: list.place.isInTaskList) }
    // A current asset's `tasks` is nothing we know.
    guard list.place.isInTaskList == isLegacy else { return }
    if passes { annotations.add(list.findings.task.annotations, limit: BoundedTally.limit) }
    tally.add(list.findings.tally)
    annotationMarks.add(list.findings.task.marks, toTaskAt: list.place.task)
  }
}

extension [AnnotationMarks] {
  /// Adds what was found of the annotations of a task.
  mutating func add(_ marks: AnnotationMarks, toTaskAt index: Int) {
    // There are no more tasks than that; and a list that was not counted says nothing.
    guard marks.count > 0, index < AssetLimits.tasks else { return }
    while count <= index { append(AnnotationMarks()) }
    self[index].add(marks)
  }
}

extension AnnotationTally? {
  /// Adds what was counted of annotations that follow.
  mutating func add(_ other: AnnotationTally?) {
    guard let other else { return }
    guard var known = take() else {
      self = other
      return
    }
    known.add(other)
    self = known
  }
}
