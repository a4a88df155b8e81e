// What inspecting reads of an annotation beside its title and tool: its page, who made it, and undocumented keys.

/// Counts pages, users and undocumented keys, for the scanner.
struct InspectedDetails: AnnotationDetails {
  typealias Verdict = TokenCursor.Verdict

  /// The places that do not document a key, a bit each, by the numbers of the keys as far as they have been
  /// asked for.
  private var unknownAt: [UInt8] = []
  private var users = NumberedCounts()
  private var page = (number: -1, count: 0)
  private var tally = AnnotationTally()

  // Of the annotation at hand.
  private var user = 0
  private var currentPage = -1
  private var unknown: [(key: UnknownKey, at: Int)] = []
  private var unknownBytes = 0

  mutating func begin() {
    (user, currentPage) = (0, -1)
    if unknown.isEmpty { return }
    unknown.removeAll(keepingCapacity: true)
    unknownBytes = 0
  }

  mutating func note(_ member: AnnotationMember, text: Int) {
    if member == .createdBy { user = text + 1 }
  }

  mutating func note(_ member: AnnotationMember, _ range: Range<Int>) {}

  mutating func forgetKeys() { unknownAt = [] }

  // MARK: Counts

  mutating func count() {
    users.add(UInt64(user))
    if currentPage >= 0 {
      if currentPage != page.number { flushPage() }
      page = (currentPage, page.count + 1)
    }
    for (key, place) in unknown { tally.add(key, first: place) }
  }

  private mutating func flushPage() {
    if page.count > 0 { tally.add(page: page.number, page.count) }
    page = (-1, 0)
  }

  mutating func flush(to findings: inout ListFindings, _ tokens: AnnotationTokens) {
    for (user, count) in zip(users.index.names, users.counts) {
      tally.add(user: user == 0 ? nil : tokens.texts[Int(user) - 1].text, count)
    }
    flushPage()
    if !users.counts.isEmpty { findings.tally.add(tally) }
    (users, tally) = (NumberedCounts(), AnnotationTally())
  }

  // MARK: Members

  mutating func read(
    _ key: Int, _ tokens: inout AnnotationTokens, _ cursor: inout TokenCursor
  ) -> Verdict? {
    guard tokens.keys[key].known == .page, (0x30...0x39).contains(cursor.byte) else { return nil }
    return readPage(&cursor)
  }

  /// Notes a key that nobody documents.
  ///
  /// - Returns: Whether it is documented, or one of those that are told apart.
  mutating func note(
    key: Int, of place: InspectedPlace, at start: Int, _ tokens: inout AnnotationTokens
  ) -> Bool {
    while unknownAt.count <= key { learn(tokens.keys[unknownAt.count].name) }
    guard unknownAt[key] & place.bit != 0 else { return true }
    let name = tokens.keys[key].name
    unknownBytes += name.count + 2 * BoundedTally.overhead
    unknown.append((UnknownKey(place: place, name: name), start))
    return unknownBytes <= InspectedAnnotation.mostUnknownBytes
  }

  private mutating func learn(_ name: [UInt8]) {
    var bits: UInt8 = 0
    for place in InspectedPlace.allCases where !DocumentedKeys.contains(name, at: place) { bits |= place.bit }
    unknownAt.append(bits)
  }

  private mutating func readPage(_ cursor: inout TokenCursor) -> Verdict {
    let start = cursor.index
    let first = cursor.byte
    var number = 0
    while cursor.index < cursor.count, (0x30...0x39).contains(cursor.byte), cursor.index - start < 16 {
      number = number * 10 + Int(cursor.byte) - 0x30
      cursor.index += 1
    }
    guard cursor.index < cursor.count else { return .cut }
    // What only looks like a page, or like a number, is seen as the parser sees it.
    let byte = cursor.byte
    let isEnd = byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte <= 0x20
    guard isEnd, cursor.index - start <= 15, cursor.index - start == 1 || first != 0x30 else {
      return .doubt
    }
    currentPage = number
    return .whole
  }
}
