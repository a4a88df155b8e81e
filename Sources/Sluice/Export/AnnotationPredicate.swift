// Which annotations a run keeps. What "kept" means is said here and nowhere else: the scanner, yajl's readers, the
// reference engine's rows and `inspect` collect the members that the predicate looks at, and ask it.
//
// A condition is met by texts, and whether a text meets it does not depend on the annotation. So the scanner, which
// meets the same few texts again and again, asks once for each and keeps the answer, a bit for each condition.

/// What the predicate says of an annotation.
struct AnnotationVerdict: Sendable, Equatable {
  /// Whether it has a name of each option that wants some.
  var isWanted = false
  /// Whether it has a name that an option excludes.
  var isExcluded = false

  var isKept: Bool { isWanted && !isExcluded }
}

/// The options that choose annotations, ready to compare.
struct AnnotationPredicate: Sendable {
  /// The options by the members that they look at; a name may stand in any of these.
  private static let table: [(members: AnnotationMembers, wanted: NameOption, excluded: NameOption)] = [
    ([.title], .title, .excludeTitle)
  ]

  /// The options that it knows.
  static var options: [NameOption] { table.flatMap { [$0.wanted, $0.excluded] } }

  /// Names that an annotation is to have, or not to have.
  struct Condition: Sendable {
    var members: AnnotationMembers
    var wanted: NameSet
    var excluded: NameSet
  }

  /// Which conditions a text meets, or the texts of an annotation together; a bit for each.
  struct Matches: Sendable, Equatable {
    fileprivate(set) var wanted: UInt8 = 0
    fileprivate(set) var excluded: UInt8 = 0

    var isEmpty: Bool { wanted | excluded == 0 }

    mutating func formUnion(_ others: Matches) {
      wanted |= others.wanted
      excluded |= others.excluded
    }
  }

  private let conditions: [Condition]
  /// The conditions that want a name.
  private let required: UInt8
  /// The conditions that look at each member, by the members' numbers.
  private let masks: [UInt8]
  /// The members that it looks at.
  let members: AnnotationMembers

  init(_ selection: AssetSelection) {
    self.init(
      Self.table.map { members, wanted, excluded in
        Condition(
          members: members, wanted: selection.nameSet(wanted), excluded: selection.nameSet(excluded))
      })
  }

  init(_ conditions: [Condition]) {
    self.conditions = conditions.filter { !$0.wanted.isEmpty || !$0.excluded.isEmpty }
    var (required, members) = (UInt8(0), AnnotationMembers())
    var masks = [UInt8](repeating: 0, count: AnnotationMember.allCases.count)
    for (number, condition) in self.conditions.enumerated() {
      if !condition.wanted.isEmpty { required |= 1 << UInt8(number) }
      members.formUnion(condition.members)
      for member in AnnotationMember.allCases where condition.members.contains(member) {
        masks[Int(member.rawValue)] |= 1 << UInt8(number)
      }
    }
    (self.required, self.masks, self.members) = (required, masks, members)
  }

  /// Whether all annotations are kept.
  var keepsAll: Bool { conditions.isEmpty }

  /// Whether an annotation needs a name to be kept.
  var wantsNames: Bool { required != 0 }

  // MARK: Asking

  /// The conditions that a text meets wherever it stands.
  func matches(_ text: [UInt8]) -> Matches {
    var matches = Matches()
    for (number, condition) in conditions.enumerated() {
      if condition.wanted.contains(text) { matches.wanted |= 1 << UInt8(number) }
      if condition.excluded.contains(text) { matches.excluded |= 1 << UInt8(number) }
    }
    return matches
  }

  /// What of that counts where the text is the value of `member`.
  func matches(_ matches: Matches, as member: AnnotationMember) -> Matches {
    let mask = masks[Int(member.rawValue)]
    return Matches(wanted: matches.wanted & mask, excluded: matches.excluded & mask)
  }

  /// What the texts of an annotation say together.
  func verdict(_ matches: Matches) -> AnnotationVerdict {
    AnnotationVerdict(isWanted: matches.wanted & required == required, isExcluded: matches.excluded != 0)
  }

  func verdict(of annotation: AnnotationFacts) -> AnnotationVerdict {
    var found = Matches()
    for member in AnnotationMember.allCases where members.contains(member) {
      guard let text = annotation[member].comparable else { continue }
      found.formUnion(matches(matches(text), as: member))
    }
    return verdict(found)
  }

  // MARK: Names

  /// Marks the names that options have and the value of `member` is.
  func mark(_ text: [UInt8], as member: AnnotationMember, in met: inout NameMarks) {
    for condition in conditions where condition.members.contains(member) {
      _ = condition.wanted.find(text, &met)
      _ = condition.excluded.find(text, &met)
    }
  }

  func markNames(of annotation: AnnotationFacts, in met: inout NameMarks) {
    for member in AnnotationMember.allCases where members.contains(member) {
      if let text = annotation[member].comparable { mark(text, as: member, in: &met) }
    }
  }
}
