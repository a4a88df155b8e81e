// What is known of one annotation: enough to count it, and to say whether it is kept.

/// The members of an annotation that are looked at, and what its keys say of its tool.
struct AnnotationFacts: Sendable {
  private var title = Field.absent
  private var tool = Field.absent
  /// The others: hardly any run looks at one.
  private var others: [(member: AnnotationMember, field: Field)] = []

  /// The value of a member, if it is looked at and stands there.
  subscript(member: AnnotationMember) -> Field {
    get {
      switch member {
      case .title: title
      case .tool: tool
      default: others.first { $0.member == member }?.field ?? .absent
      }
    }
    set {
      switch member {
      case .title: title = newValue
      case .tool: tool = newValue
      default: others.append((member, newValue))
      }
    }
  }

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

  /// Sets the tool that the scanner has found.
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

extension TaskFacts {
  /// Counts an annotation of the task.
  mutating func count(_ annotation: AnnotationFacts, _ kind: AnnotationKind, _ predicate: AnnotationPredicate)
  {
    predicate.markNames(of: annotation, in: &annotations.metNames)
    count(
      annotation[.title].text, tool: annotation.toolName(kind), kind, 1, predicate.verdict(of: annotation))
  }

  /// Counts annotations of the task that have the same title, tool and verdict.
  mutating func count(
    _ title: [UInt8]?, tool: [UInt8]?, _ kind: AnnotationKind, _ count: Int, _ verdict: AnnotationVerdict
  ) {
    annotations.add(kind, title: title, tool: tool, isMatch: verdict.isKept, count: count)
    marks.count += count
    if verdict.isWanted { marks.hasWanted = true }
    if verdict.isExcluded { marks.hasExcluded = true }
    if verdict.isKept { marks.hasMatch = true }
  }
}
