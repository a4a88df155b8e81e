// What has been found of the annotations of a giant so far. It has to stay small, however many tasks there are, so
// most of it is summed over the tasks that pass.

/// Keys that stand again, and warnings.
struct GiantFindings: Sendable {
  private var duplicateKeys = 0
  private var surprises: Surprises = [:]
  /// Where the first surprise of each code is.
  private var lines: SurpriseLines = [:]

  /// Adds what came of a run.
  mutating func add(_ outcome: ListOutcome) {
    duplicateKeys += outcome.duplicateKeys
    surprises.add(outcome.surprises, at: outcome.surpriseLines, to: &lines)
  }

  /// Adds it to what is known of the giant.
  func add(to known: inout KnownGiant) {
    known.facts.duplicateKeys += duplicateKeys
    known.facts.surprises.add(surprises, at: lines, to: &known.surpriseLines)
  }
}

extension Surprises {
  /// Adds others, and to `lines` the places of those that are now the first of their code.
  fileprivate mutating func add(_ others: Self, at places: SurpriseLines, to lines: inout SurpriseLines) {
    for (code, other) in others where other.first < self[code]?.first ?? .max { lines[code] = places[code] }
    add(others)
  }
}

/// What has been found in the lists of `task`, or in those of `tasks`.
struct GiantCounts: Sendable {
  /// What is remembered of each task, by its number.
  private(set) var marks: [AnnotationMarks] = []
  private(set) var annotations = AnnotationCounts()
  private(set) var tally: AnnotationTally?
  private(set) var shape: ShapeTree?
  private(set) var findings = GiantFindings()

  /// Adds what came of a run.
  ///
  /// - Parameters:
  ///   - outcome: What came of it.
  ///   - passes: Whether its task passes.
  mutating func add(_ outcome: ListOutcome, passes: Bool) {
    findings.add(outcome)
    marks.add(outcome.task.marks, toTaskAt: outcome.place.task)
    shape.add(outcome.shape)
    tally.add(outcome.tally)
    if passes { annotations.add(outcome.task.annotations, limit: BoundedTally.limit) }
  }
}
