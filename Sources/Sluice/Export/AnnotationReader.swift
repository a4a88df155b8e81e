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
  /// The current key, if it could be one.
  private var candidate: [UInt8]?
  /// The keys so far that could be one, whatever their values, a bit for each known one.
  ///
  /// Of two equal ones the first decides.
  private var knownKeys: UInt64 = 0
  private var otherKeys = NameIndex<[UInt8]>()

  /// Reads a member's name.
  mutating func key(_ key: ExportKey, _ name: Span<UInt8>, _ names: inout NameCache) {
    candidate = nil
    if let found = key.toolRank {
      rank = min(rank ?? found, found)
    } else if rank == nil, key.mayNameTool, toolKeyCount < AssetLimits.toolKeys {
      let name = names.name(name)
      if isFirst(key, name) { candidate = name }
    }
  }

  /// Reads a member's name that equals none: over 1 MiB, or with half a surrogate pair.
  mutating func unnamedKey() { candidate = nil }

  private var toolKeyCount: Int { knownKeys.nonzeroBitCount + otherKeys.names.count }

  private mutating func isFirst(_ key: ExportKey, _ name: [UInt8]) -> Bool {
    let count = toolKeyCount
    if key == .other { _ = otherKeys.number(of: name) } else { knownKeys |= 1 << UInt64(key.rawValue) }
    return toolKeyCount > count
  }

  /// Reads that the current member is an object or array.
  ///
  /// - Returns: Whether the member is the tool of an unknown type, as far as is known.
  @discardableResult
  mutating func container() -> Bool {
    guard rank == nil, let name = candidate.take(),
      otherTool.map({ name.lexicographicallyPrecedes($0) }) ?? true
    else { return false }
    otherTool = name
    return true
  }

  /// Takes in what somebody else has found of the tool.
  mutating func setTool(rank: Int?, other: [UInt8]?) { (self.rank, otherTool) = (rank, other) }

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
  fileprivate let wanted: NameSet
  fileprivate let excluded: NameSet

  init(_ selection: Selection) {
    wanted = selection.nameSet(.title)
    excluded = selection.nameSet(.excludeTitle)
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
    annotations.add(
      kind, title: annotation.title.text, tool: annotation.toolName(kind),
      isMatch: matcher.keeps(title: title))
    note(title: title, 1, matcher)
  }

  /// Counts annotations of the task that have the same title and tool.
  mutating func count(
    _ title: [UInt8]?, tool: [UInt8]?, _ kind: AnnotationKind, _ count: Int, _ matcher: TitleMatcher
  ) {
    annotations.add(kind, title: title, tool: tool, isMatch: matcher.keeps(title: title), count: count)
    note(title: title, count, matcher)
  }
}

extension TaskFacts {
  /// Remembers annotations of one title.
  private mutating func note(title: [UInt8]?, _ count: Int, _ matcher: TitleMatcher) {
    let isWanted = matcher.wanted.find(title, &annotations.metTitles)
    let isExcluded = matcher.excluded.find(title, &annotations.metTitles)
    marks.count += count
    if isWanted { marks.hasTitle = true }
    if isExcluded { marks.hasExcludedTitle = true }
    if isWanted || matcher.wanted.isEmpty, !isExcluded { marks.hasMatch = true }
  }
}
