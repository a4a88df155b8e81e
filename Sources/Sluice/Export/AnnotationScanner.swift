// Reads annotations at a rate between that of the structural scan and that of a parser. It looks at the members
// of an annotation, knows keys and titles by their spelling, and passes over all other values. It says what an
// annotation is only where it is sure; on any doubt (a key that stands twice, an element that is no object, a byte
// that should not be there) it stops before the annotation, and yajl decides.

internal import ByteScan
internal import JSONEvents

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
  private let needs: AnnotationNeeds
  private let predicate: AnnotationPredicate
  private var kind = AnnotationKind.tool
  /// The members whose text matters in annotations of this kind, and whether those of `metadata` do.
  private var texts = AnnotationMembers()
  private let readsMetadata: Bool
  private var counts = ScannedCounts()

  // Of the annotation at hand.
  private var title: Int?
  /// A classification's `tool`.
  private var tool: Int?
  private var toolKeys = ScannedToolKeys()
  private var seen: UInt64 = 0
  private var memberCount = 0
  private var matches = AnnotationPredicate.Matches()
  /// Its texts that options name.
  private var named: [NamedText] = []

  init(_ details: Details, kernel: ScanKernel, _ needs: AnnotationNeeds) {
    self.details = details
    self.needs = needs
    predicate = needs.predicate
    readsMetadata = needs.members.readsMetadata
    tokens = AnnotationTokens(kernel: kernel, needs.predicate)
  }

  /// Starts a list of annotations of `kind`.
  mutating func begin(_ kind: AnnotationKind) {
    self.kind = kind
    texts = needs.texts
    if kind != .classification { texts.remove(.tool) }
    forget()
  }

  /// Whether it knows more names than are worth remembering.
  var isFull: Bool { tokens.isFull }

  /// Forgets names if they are too many; what was counted by them must have been handed over.
  mutating func forget() {
    if tokens.isFull, tokens.forget() { details.forgetKeys() }
  }

  // MARK: What was found

  /// What the predicate says of the annotation that was read last.
  var verdict: AnnotationVerdict { predicate.verdict(matches) }

  /// Title and tool of the annotation that was read last, and where the key is that names an unknown tool.
  var facts: (AnnotationFacts, toolKey: Range<Int>?) {
    let (title, tool) = group.names(tokens)
    var facts = AnnotationFacts()
    if let title { facts[.title] = .string(title) }
    if kind == .classification {
      if let tool { facts[.tool] = .string(tool) }
      return (facts, nil)
    }
    facts.setTool(rank: toolKeys.rank, other: toolKeys.other.map { tokens.keys[$0.key].name })
    return (facts, toolKeys.other?.range)
  }

  private var group: AnnotationGroup {
    let source = kind == .tool ? toolKeys.tool : tool.map { .text($0) } ?? .none
    return AnnotationGroup(title: title, tool: source, verdict)
  }

  /// Counts the annotation that was read last.
  mutating func count(at offset: Int) {
    counts.add(group)
    for text in named { counts.add(text) }
    if title == nil { counts.addUntitled(at: offset) }
    details.count()
  }

  /// How many different titles and tools have been counted since they were handed over last.
  var nameCount: Int { counts.nameCount }

  /// Hands over what was counted since the last time.
  mutating func flush(to findings: inout ListFindings) {
    counts.flush(to: &findings, kind, tokens, predicate)
    details.flush(to: &findings, tokens)
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
    (title, tool, toolKeys, seen, memberCount) = (nil, nil, ScannedToolKeys(), 0, 0)
    matches = AnnotationPredicate.Matches()
    if !named.isEmpty { named.removeAll(keepingCapacity: true) }
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
    let (known, member) = (tokens.keys[key].known, tokens.keys[key].member)
    let start = cursor.position
    let next = readValue(key, known, member, at: keyStart, &cursor, bytes)
    if next == .whole, let member { details.note(member, start..<cursor.position) }
    return next
  }

  // Inline, as it is called once for each member, and by one caller.
  @inline(__always)
  private mutating func readValue(
    _ key: Int, _ known: ExportKey, _ member: AnnotationMember?, at keyStart: Int,
    _ cursor: inout TokenCursor, _ bytes: Span<UInt8>
  ) -> Verdict {
    if let member, cursor.byte == UInt8(ascii: "\""), texts.contains(member) {
      return readText(of: member, &cursor)
    }
    if kind == .tool, !toolKeys.read(key, known, at: keyStart, cursor.byte, &tokens) { return .doubt }
    guard details.note(key: key, of: kind.place, at: keyStart, &tokens) else { return .doubt }
    if readsMetadata, known == .metadata, cursor.byte == UInt8(ascii: "{") {
      return readMetadata(&cursor, bytes)
    }
    return details.read(key, &tokens, &cursor) ?? tokens.skipValue(&cursor, bytes)
  }

  private mutating func readText(of member: AnnotationMember, _ cursor: inout TokenCursor) -> Verdict {
    let (text, verdict) = tokens.readText(&cursor)
    guard verdict == .whole else { return verdict }
    switch member {
    case .title: title = text
    case .tool: tool = text
    default: details.note(member, text: text)
    }
    if tokens.texts[text].matches.isEmpty { return .whole }
    let found = predicate.matches(tokens.texts[text].matches, as: member)
    if !found.isEmpty {
      matches.formUnion(found)
      named.append(NamedText(member: member, text: text))
    }
    return .whole
  }

  // MARK: Metadata

  private mutating func readMetadata(_ cursor: inout TokenCursor, _ bytes: Span<UInt8>) -> Verdict {
    var seen = AnnotationMembers()
    return cursor.readObject { readMetadataMember(&$0, bytes, &seen) }
  }

  private mutating func readMetadataMember(
    _ cursor: inout TokenCursor, _ bytes: Span<UInt8>, _ seen: inout AnnotationMembers
  ) -> Verdict {
    let keyStart = cursor.position
    let (key, verdict) = tokens.readKey(&cursor)
    guard verdict == .whole else { return verdict }
    guard details.note(key: key, of: .metadata, at: keyStart, &tokens) else { return .doubt }
    guard let member = tokens.keys[key].metadataMember, needs.members.contains(member) else {
      return tokens.skipValue(&cursor, bytes)
    }
    if seen.contains(member) { return .doubt }
    seen.insert(member)
    let start = cursor.position
    let isText = cursor.byte == UInt8(ascii: "\"") && needs.texts.contains(member)
    let next = isText ? readText(of: member, &cursor) : tokens.skipValue(&cursor, bytes)
    if next == .whole { details.note(member, start..<cursor.position) }
    return next
  }
}
