// What the annotations of a giant have brought up: keys that stand again, and warnings. Where rows are annotations
// that counts only if their task passes and its asset too, which may be known at the giant's end alone; so until
// then it is kept by task.

/// What some annotations have brought up.
private struct ListFindings {
  var duplicateKeys = 0
  var surprises: Surprises = [:]
  var lines: SurpriseLines = [:]
}

extension Surprises {
  /// Takes in others, and into `lines` the places of those that are now the first of their code.
  fileprivate mutating func add(_ others: Self, at places: SurpriseLines, to lines: inout SurpriseLines) {
    for (code, other) in others where other.first < self[code]?.first ?? .max { lines[code] = places[code] }
    add(others)
  }
}

/// What the annotations of a giant have brought up, by whose they are.
struct GiantFindings {
  private struct Owner: Hashable {
    var isInTaskList: Bool
    var task: Int
  }

  private var findings: [Owner: ListFindings] = [:]

  /// Takes in what came of a run.
  mutating func add(_ outcome: ListOutcome) {
    // There may be a million tasks, and hardly any has something.
    if outcome.surprises.isEmpty, outcome.duplicateKeys == 0 { return }
    let owner = Owner(isInTaskList: outcome.place.isInTaskList, task: outcome.place.task)
    var found = findings[owner] ?? ListFindings()
    found.duplicateKeys += outcome.duplicateKeys
    found.surprises.add(outcome.surprises, at: outcome.surpriseLines, to: &found.lines)
    findings[owner] = found
  }

  /// Adds to what is known of the giant what counts, now that it has been decided on.
  func add(to known: inout KnownGiant, _ needs: ReaderNeeds) {
    for (owner, found) in findings where counts(owner, known, needs) {
      known.facts.duplicateKeys += found.duplicateKeys
      known.facts.surprises.add(found.surprises, at: found.lines, to: &known.surpriseLines)
    }
  }

  private func counts(_ owner: Owner, _ known: KnownGiant, _ needs: ReaderNeeds) -> Bool {
    if needs.columns == nil { return true }
    if owner.isInTaskList != known.facts.isLegacy { return false }
    return needs.inspects || known.decision.isCandidate && known.decision.passes(owner.task)
  }
}
