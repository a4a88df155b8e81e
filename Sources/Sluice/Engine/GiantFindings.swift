// What has been found of the annotations of a giant so far. It has to stay small, however many tasks there are, so
// most of it is summed over the tasks that pass.

/// Keys that stand again, and warnings.
struct GiantFindings: Sendable {
  private var duplicateKeys = 0
  private var warnings: WarningCounts = [:]
  /// Where the first warning of each code is.
  private var lines: WarningLines = [:]

  mutating func add(_ outcome: ListOutcome) {
    duplicateKeys += outcome.findings.duplicateKeys
    warnings.add(outcome.findings.warningCounts, at: outcome.warningLines, to: &lines)
  }

  func add(to known: inout GiantSummary) {
    known.facts.duplicateKeys += duplicateKeys
    known.facts.warningCounts.add(warnings, at: lines, to: &known.warningLines)
  }
}

extension WarningCounts {
  /// Adds others, and to `lines` the places of those that are now the first of their code.
  fileprivate mutating func add(_ others: Self, at places: WarningLines, to lines: inout WarningLines) {
    for (code, other) in others where other.first < self[code]?.first ?? .max { lines[code] = places[code] }
    add(others)
  }
}

/// What has been found in all its lists, apart for those of `task` and of `tasks` until it is known which count.
struct GiantCounts: Sendable {
  private var current = ListCounts()
  private var legacy = ListCounts()
  /// What has been decided, if anything has; a copy, as a giant may have a million slices and much is known of it.
  private let decision: Decision?

  init(_ decision: Decision?) { self.decision = decision }

  mutating func add(_ outcome: ListOutcome) {
    if outcome.place.isInTaskList {
      legacy.add(outcome, passes: decision?.passes(outcome.place.task) ?? true)
    } else {
      current.add(outcome, passes: true)
    }
  }

  /// Adds to the facts what the decision may depend on.
  func add(to facts: inout AssetFacts) {
    let counts = facts.isLegacy ? legacy : current
    // An earlier pass may have counted them.
    if !counts.marks.isEmpty { facts.annotationMarks = counts.marks }
    facts.annotations.add(counts.annotations, limit: BoundedTally.limit)
    facts.tally.add(counts.tally)
    facts.inspection?.shape = counts.shape
  }

  /// Adds the warnings that count, now that it has been decided on.
  func addFindings(to known: inout GiantSummary, rowsAreAssets: Bool) {
    let isLegacy = known.facts.isLegacy
    let isCandidate = known.decision.isCandidate
    if rowsAreAssets || !isLegacy && isCandidate { current.findings.add(to: &known) }
    if rowsAreAssets || isLegacy && isCandidate { legacy.findings.add(to: &known) }
  }
}

private struct ListCounts: Sendable {
  /// What is remembered of each task, by its number.
  private(set) var marks: [AnnotationMarks] = []
  private(set) var annotations = AnnotationCounts()
  private(set) var tally: AnnotationTally?
  private(set) var shape: ShapeTree?
  private(set) var findings = GiantFindings()

  mutating func add(_ outcome: ListOutcome, passes: Bool) {
    findings.add(outcome)
    marks.add(outcome.findings.task.marks, toTaskAt: outcome.place.task)
    shape.add(outcome.findings.shape)
    tally.add(outcome.findings.tally)
    if passes { annotations.add(outcome.findings.task.annotations, limit: BoundedTally.limit) }
  }
}
