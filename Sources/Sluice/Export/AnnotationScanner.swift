// Reads annotations at a rate between that of the structural scan and that of a parser. It looks at the members
// of an annotation, knows keys and titles by their spelling, and passes over all other values. It says what an
// annotation is only where it is sure; on any doubt (a key that stands twice, an element that is no object, a byte
// that should not be there) it stops in front of the annotation, and yajl decides.

internal import ByteScan
internal import JSONEvents

/// What is read of an annotation beside its title and tool.
protocol AnnotationDetails {
  /// Begins an annotation.
  mutating func begin()

  /// Reads the value of a member.
  ///
  /// - Returns: nil if it is not for it; the value is then passed over.
  mutating func read(
    _ key: Int, at start: Int, of kind: AnnotationKind, _ tokens: inout AnnotationTokens,
    _ cursor: inout TokenCursor, _ bytes: Span<UInt8>
  ) -> TokenCursor.Verdict?

  /// Takes in where the value of a member was.
  mutating func note(_ key: ExportKey, _ range: Range<Int>)

  /// Counts the annotation, which is whole.
  mutating func count()

  /// Hands over what was counted since the last time.
  mutating func flush(to outcome: inout ListOutcome, _ tokens: AnnotationTokens)

  /// Forgets the numbers of keys.
  mutating func forgetKeys()
}

/// What has been counted by numbers, in the order in which they came.
struct NumberedCounts {
  private(set) var index = NameIndex<UInt64>()
  private(set) var counts: [Int] = []

  mutating func add(_ key: UInt64) {
    let number = index.number(of: key)
    if number == counts.count { counts.append(0) }
    counts[number] += 1
  }
}

/// Reads annotations that lie in one piece.
struct AnnotationScanner<Details: AnnotationDetails> {
  enum Step {
    /// The next annotation.
    case annotation(Range<Int>)
    /// The bytes end, and before them an annotation or what stands between two.
    case end
    /// The bytes end in the annotation that starts here.
    case cut(Int)
    /// Here starts what only a parser can judge.
    case doubt(Int)
  }

  /// What may come next in the list.
  enum Expected {
    case elementOrEnd, element, comma
  }

  private typealias Verdict = TokenCursor.Verdict

  var details: Details
  private var tokens: AnnotationTokens
  private let titles: TitleMatcher
  private let keepsUntitled: Bool
  private var kind = AnnotationKind.tool
  private var groups = NumberedCounts()
  private var untitled = (count: 0, first: Int.max)

  // Of the annotation at hand.
  private var title = 0
  private var tool = 0
  private var rank = Int.max
  private var otherTool = -1
  private var otherToolRange = 0..<0
  private var seen: UInt64 = 0
  private var memberCount = 0

  init(_ details: Details, kernel: ScanKernel, titles: TitleMatcher) {
    self.details = details
    self.titles = titles
    keepsUntitled = titles.keeps(title: nil)
    tokens = AnnotationTokens(kernel: kernel, titles: titles)
  }

  /// Starts a list of annotations of `kind`.
  mutating func begin(_ kind: AnnotationKind) {
    self.kind = kind
    forget()
  }

  /// Whether it knows more names than are worth remembering.
  var isFull: Bool { tokens.isFull }

  /// Forgets names if they are too many; what was counted by them must have been handed over.
  mutating func forget() {
    if tokens.isFull, tokens.forget() { details.forgetKeys() }
  }

  // MARK: What was found

  /// Whether the title options keep the annotation that was read last.
  var isKept: Bool { title == 0 ? keepsUntitled : tokens.texts[title - 1].isKept }

  /// The members of the annotation that was read last, and where the key is that names an unknown tool.
  var members: (AnnotationReader, toolKey: Range<Int>?) {
    let (title, tool) = names(of: group)
    var members = AnnotationReader()
    if let title { members.title = .string(title) }
    if kind == .classification {
      if let tool { members.tool = .string(tool) }
      return (members, nil)
    }
    members.setTool(rank: rank == .max ? nil : rank, other: otherTool < 0 ? nil : tokens.keys[otherTool].name)
    return (members, otherTool < 0 ? nil : otherToolRange)
  }

  /// The annotation's title and tool as one number.
  private var group: UInt64 {
    var tool = tool
    if kind == .tool, rank != .max {
      tool = rank << 2 | 1
    } else if kind == .tool, otherTool >= 0 {
      tool = otherTool << 2 | 2
    }
    return UInt64(title) << 32 | UInt64(tool)
  }

  private func names(of group: UInt64) -> (title: [UInt8]?, tool: [UInt8]?) {
    let title = Int(group >> 32)
    let tool = Int(group & 0xFFFF_FFFF)
    let name: [UInt8]? =
      switch tool & 3 {
      case 1: ExportKey.toolName(rank: tool >> 2)
      case 2: tokens.keys[tool >> 2].name
      case 3: tokens.texts[tool >> 2].text
      default: nil
      }
    return (title == 0 ? nil : tokens.texts[title - 1].text, name)
  }

  /// Counts the annotation that was read last.
  mutating func count(at offset: Int) {
    groups.add(group)
    if title == 0 {
      untitled.count += 1
      untitled.first = min(untitled.first, offset)
    }
    details.count()
  }

  /// How many different titles and tools have been counted since they were handed over last.
  var nameCount: Int { groups.counts.count }

  /// Hands over what was counted since the last time.
  mutating func flush(to outcome: inout ListOutcome) {
    for (group, count) in zip(groups.index.names, groups.counts) {
      let (title, tool) = names(of: group)
      outcome.task.count(title, tool: tool, kind, count, titles)
    }
    if untitled.count > 0 {
      let known = outcome.surprises[.fieldNotString]
      outcome.surprises[.fieldNotString] = (
        (known?.count ?? 0) + untitled.count, min(known?.first ?? .max, untitled.first)
      )
    }
    details.flush(to: &outcome, tokens)
    (groups, untitled) = (NumberedCounts(), (0, .max))
  }

  // MARK: Lists

  /// Reads the next element and what stands before it.
  ///
  /// - Parameters:
  ///   - cursor: Where to begin; becomes where the annotation ends.
  ///   - bytes: The bytes that the cursor is in: a part of the list, from an element, a comma or white space on.
  ///   - expected: What may come next; becomes what may come behind.
  /// - Returns: What came, by its place in the input.
  mutating func next(
    _ cursor: inout TokenCursor, _ bytes: Span<UInt8>, _ expected: inout Expected
  ) -> Step {
    while cursor.skipSpace() {
      let byte = cursor.byte
      if byte == UInt8(ascii: ","), expected == .comma {
        cursor.index += 1
        expected = .element
        continue
      }
      let start = cursor.position
      guard byte == UInt8(ascii: "{"), expected != .comma else { return .doubt(start) }
      switch readAnnotation(&cursor, bytes) {
      case .whole:
        expected = .comma
        return .annotation(start..<cursor.position)
      case .cut: return .cut(start)
      case .doubt: return .doubt(start)
      }
    }
    return .end
  }

  // MARK: One annotation

  private mutating func readAnnotation(_ cursor: inout TokenCursor, _ bytes: Span<UInt8>) -> Verdict {
    (title, tool, rank, otherTool, seen, memberCount) = (0, 0, .max, -1, 0, 0)
    details.begin()
    return cursor.readObject { readMember(&$0, bytes) }
  }

  private mutating func readMember(_ cursor: inout TokenCursor, _ bytes: Span<UInt8>) -> Verdict {
    let keyStart = cursor.position
    let (key, verdict) = tokens.readKey(&cursor)
    guard verdict == .whole else { return verdict }
    // Of keys that stand twice the first decides: what that means is not for here.
    if key < 64 {
      let bit = UInt64(1) << UInt64(key)
      if seen & bit != 0 { return .doubt }
      seen |= bit
    }
    memberCount += 1
    if memberCount > AssetLimits.toolKeys { return .doubt }
    let known = tokens.keys[key].known
    let start = cursor.position
    let next = readValue(key, known, at: keyStart, &cursor, bytes)
    if next == .whole { details.note(known, start..<cursor.position) }
    return next
  }

  private mutating func readValue(
    _ key: Int, _ known: ExportKey, at keyStart: Int, _ cursor: inout TokenCursor, _ bytes: Span<UInt8>
  ) -> Verdict {
    if cursor.byte == UInt8(ascii: "\""), known == .title || known == .tool && kind == .classification {
      let (text, verdict) = tokens.readText(&cursor)
      if known == .title { title = text + 1 } else { tool = text << 2 | 3 }
      return verdict
    }
    if kind == .tool, !lookForTool(key, known, at: keyStart, cursor.byte) { return .doubt }
    return details.read(key, at: keyStart, of: kind, &tokens, &cursor, bytes)
      ?? tokens.skipValue(&cursor, bytes)
  }

  /// Looks whether a key names the tool.
  ///
  /// - Returns: Whether that can be said.
  private mutating func lookForTool(
    _ key: Int, _ known: ExportKey, at keyStart: Int, _ first: UInt8
  ) -> Bool {
    if let found = known.toolRank {
      rank = min(rank, found)
    } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "["), known.mayNameTool {
      // Few keys are worth a bit; of the others nobody knows whether they stand twice.
      if key >= 64 { return false }
      if otherTool < 0 || tokens.keys[key].name.lexicographicallyPrecedes(tokens.keys[otherTool].name) {
        otherTool = key
        // With its quotes; there is no escape in it.
        otherToolRange = keyStart..<keyStart + tokens.keys[key].name.count + 2
      }
    }
    return true
  }
}
