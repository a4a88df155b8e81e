// What a run counts of one annotation, and which titles it wants.

/// Gathers an annotation's title and tool from its keys.
struct AnnotationReader {
  var title = Field.absent
  /// A classification's `tool`.
  var tool = Field.absent
  /// The best-ranked tool type among the keys so far.
  private var rank: Int?
  /// The bytewise smallest key of an object or array that could be a tool of an unknown type.
  private var otherTool: [UInt8]?
  /// The current key, as long as it could be one and neither object nor array has followed; and which it is.
  private var lastKey: [UInt8]?
  private var lastKnown = ExportKey.other
  /// Those before it whose value was neither: the known ones, a bit each, and all others.
  private var scalars: UInt64 = 0
  private var otherScalars: [[UInt8]] = []

  /// Reads a member's name.
  mutating func key(_ key: ExportKey, _ name: Span<UInt8>, _ names: inout NameCache) {
    if let found = key.toolRank {
      rank = min(rank ?? found, found)
    } else if rank == nil {
      unnamedKey()
      if key.mayNameTool { (lastKey, lastKnown) = (names.name(name), key) }
    }
  }

  /// Reads a member's name that equals none: over 1 MiB, or with half a surrogate pair.
  mutating func unnamedKey() {
    guard rank == nil, let key = lastKey.take() else { return }
    if lastKnown == .other { otherScalars.append(key) } else { scalars |= 1 << UInt64(lastKnown.rawValue) }
  }

  /// Reads that the current member, named by `key`, is an object or array.
  ///
  /// - Returns: Whether the member is the tool of an unknown type, as far as is known.
  @discardableResult
  mutating func container(_ key: ExportKey) -> Bool {
    guard rank == nil, key.toolRank == nil, let name = lastKey.take() else { return false }
    let isSecond = key == .other ? otherScalars.contains(name) : scalars & 1 << UInt64(key.rawValue) != 0
    guard !isSecond, otherTool.map({ name.lexicographicallyPrecedes($0) }) ?? true else { return false }
    otherTool = name
    return true
  }

  /// The tool type, if it is a known one.
  var knownTool: [UInt8]? { rank.map { ExportKey.toolName(rank: $0) } }

  /// The value of the `tool` column for an annotation of `kind`.
  func toolName(_ kind: AnnotationKind) -> [UInt8]? {
    switch kind {
    case .classification: tool.text
    case .relation: nil
    case .tool: rank.map { ExportKey.toolName(rank: $0) } ?? otherTool
    }
  }
}

/// The title options, ready to compare.
struct TitleMatcher: Sendable {
  private let wanted: NameSet
  private let excluded: NameSet

  init(_ selection: Selection) {
    wanted = NameSet(selection.titles)
    excluded = NameSet(selection.excludedTitles)
  }

  /// Whether `--title` names this title.
  func wants(title: [UInt8]?) -> Bool { wanted.contains(title) }

  /// Whether `--exclude-title` names this title.
  func excludes(title: [UInt8]?) -> Bool { excluded.contains(title) }

  /// Whether an annotation of this title meets both.
  func keeps(title: [UInt8]?) -> Bool {
    (wanted.isEmpty || wants(title: title)) && !excludes(title: title)
  }
}

extension TaskFacts {
  /// Counts an annotation of the task.
  mutating func count(_ annotation: AnnotationReader, _ kind: AnnotationKind, _ matcher: TitleMatcher) {
    let title = annotation.title.comparable
    let isMatch = matcher.keeps(title: title)
    annotations.add(
      AnnotationGroup(
        kind: kind, title: annotation.title.text, tool: annotation.toolName(kind), isMatch: isMatch))
    if matcher.wants(title: title) { hasTitle = true }
    if matcher.excludes(title: title) { hasExcludedTitle = true }
    if isMatch { hasMatch = true }
  }

  /// Takes in what was counted of the same task elsewhere.
  mutating func addCounts(of other: TaskFacts) {
    hasTitle = hasTitle || other.hasTitle
    hasMatch = hasMatch || other.hasMatch
    hasExcludedTitle = hasExcludedTitle || other.hasExcludedTitle
    for (group, count) in other.annotations.groups { annotations.add(group, count) }
    guard let tally = other.tally else { return }
    if var known = self.tally.take() {
      known.add(tally)
      self.tally = known
    } else {
      self.tally = tally
    }
  }
}
