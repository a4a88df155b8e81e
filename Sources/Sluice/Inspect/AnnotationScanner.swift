// Reads annotations at a rate between that of the structural scan and that of a parser. It looks at the members
// of an annotation and of its `metadata`, knows keys, titles and users by their spelling, and jumps over all other
// values. It says what an annotation is only where it is sure; on any doubt (a key that stands twice, an element
// that is no object, a byte that should not be there) it stops in front of the annotation, and yajl decides.

internal import ByteScan
internal import JSONEvents

/// What has been counted of annotations by the numbers of their names.
private struct NumberedCounts {
  private(set) var index = NameIndex<UInt64>()
  private(set) var counts: [Int] = []

  mutating func add(_ key: UInt64) {
    let number = index.number(of: key)
    if number == counts.count { counts.append(0) }
    counts[number] += 1
  }
}

/// Reads annotations that lie in one piece.
struct AnnotationScanner {
  enum Stop {
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

  /// What a key means.
  private struct Key {
    var name: [UInt8]
    var known: ExportKey
    var isCreatedBy: Bool
    /// The places that do not document it, a bit each.
    var unknownAt: UInt8
  }

  private let kernel: ScanKernel
  private var keys = TokenTable()
  private var keyInfos: [Key] = []
  private var texts = TokenTable()
  private var textNames: [(text: [UInt8], isLone: Bool)] = []

  private var kind = AnnotationKind.tool
  private var groups = NumberedCounts()
  private var users = NumberedCounts()
  private var page = (number: -1, count: 0)
  private var tally = AnnotationTally()
  private var untitled = (count: 0, first: Int.max)

  // Of the annotation at hand.
  private var title = 0
  private var tool = 0
  private var user = 0
  private var currentPage = -1
  private var rank = Int.max
  private var otherTool = -1
  private var seen: UInt64 = 0
  private var unknown: [(key: Int, place: InspectedPlace, at: Int)] = []
  private var unknownBytes = 0
  /// Where the last annotation ends that was counted.
  private(set) var end = 0

  init(kernel: ScanKernel) {
    self.kernel = kernel
    seedKeys()
  }

  /// Those that mean something get the first numbers, which are told apart where they stand twice.
  private mutating func seedKeys() {
    (keys, keyInfos) = (TokenTable(), [])
    for name in ["title", "tool", "page", "metadata", "createdBy"] {
      let bytes = Array(name.utf8)
      // Read before the array goes.
      unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        let cursor = unsafe TokenCursor(base: base, count: buffer.count, index: 0)
        _ = keyNumber(cursor, 0, buffer.count)
      }
    }
  }

  /// Starts a list of annotations of `kind`.
  mutating func begin(_ kind: AnnotationKind) {
    self.kind = kind
    forget()
  }

  /// Whether it knows more names than are worth remembering.
  var isFull: Bool { keys.count > TokenTable.most || texts.count > TokenTable.most }

  /// Forgets names if they are too many; what was counted by them must have been handed over.
  mutating func forget() {
    if keys.count > TokenTable.most { seedKeys() }
    if texts.count > TokenTable.most { (texts, textNames) = (TokenTable(), []) }
  }

  /// Hands over what was counted since the last time.
  mutating func flush(to outcome: inout ListOutcome) {
    for (group, count) in zip(groups.index.names, groups.counts) {
      let (title, tool) = names(of: group)
      outcome.task.annotations.add(kind, title: title, tool: tool, isMatch: true, count: count, limit: .max)
    }
    for (user, count) in zip(users.index.names, users.counts) {
      tally.add(user: user == 0 ? nil : textNames[Int(user) - 1].text, count)
    }
    flushPage()
    if var known = outcome.task.tally.take() {
      known.add(tally, limit: .max)
      outcome.task.tally = known
    } else if !groups.counts.isEmpty {
      outcome.task.tally = tally
    }
    if untitled.count > 0 {
      let known = outcome.surprises[.fieldNotString]
      outcome.surprises[.fieldNotString] = (
        (known?.count ?? 0) + untitled.count, min(known?.first ?? .max, untitled.first)
      )
    }
    (groups, users, tally, untitled) = (NumberedCounts(), NumberedCounts(), AnnotationTally(), (0, .max))
  }

  private mutating func flushPage() {
    if page.count > 0 { tally.add(page: page.number, page.count) }
    page = (-1, 0)
  }

  // MARK: Lists

  /// Reads elements and what is between them.
  ///
  /// - Parameters:
  ///   - bytes: A part of the list, from an element, a comma or white space on.
  ///   - start: Where to begin in it.
  ///   - offset: Where `bytes` stand in the input.
  ///   - expected: What may come next; becomes what may come behind.
  /// - Returns: Why it stopped.
  mutating func scan(
    _ bytes: Span<UInt8>, from start: Int, at offset: Int, expected: inout Expected
  ) -> Stop {
    // Nothing is kept of the pointer, and every index is compared with the count before it is read at.
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return .end }
      var cursor = unsafe TokenCursor(base: base, count: buffer.count, index: start)
      while cursor.skipSpace() {
        let byte = cursor.byte
        if byte == UInt8(ascii: ","), expected == .comma {
          cursor.index += 1
          expected = .element
          continue
        }
        guard byte == UInt8(ascii: "{"), expected != .comma else { return .doubt(cursor.index) }
        let element = cursor.index
        switch readAnnotation(&cursor, bytes) {
        case .whole:
          count(at: offset, element)
          end = offset + cursor.index
        case .cut: return .cut(element)
        case .doubt: return .doubt(element)
        }
        expected = .comma
      }
      return .end
    }
  }

  private typealias Verdict = TokenCursor.Verdict

  /// Takes in the annotation that has been read.
  private mutating func count(at offset: Int, _ element: Int) {
    if rank != .max {
      tool = kind == .tool ? rank << 2 | 1 : 0
    } else if otherTool >= 0 {
      tool = kind == .tool ? otherTool << 2 | 2 : 0
    }
    groups.add(UInt64(title) << 32 | UInt64(tool))
    users.add(UInt64(user))
    if title == 0 {
      untitled.count += 1
      untitled.first = min(untitled.first, offset + element)
    }
    if currentPage >= 0 {
      if currentPage != page.number { flushPage() }
      page = (currentPage, page.count + 1)
    }
    for (key, place, at) in unknown {
      tally.add(UnknownKey(place: place, name: keyInfos[key].name), first: offset + at)
    }
  }

  private func names(of group: UInt64) -> (title: [UInt8]?, tool: [UInt8]?) {
    let title = Int(group >> 32)
    let tool = Int(group & 0xFFFF_FFFF)
    let name: [UInt8]? =
      switch tool & 3 {
      case 1: ExportKey.toolName(rank: tool >> 2)
      case 2: keyInfos[tool >> 2].name
      case 3: textNames[tool >> 2].text
      default: nil
      }
    return (title == 0 ? nil : textNames[title - 1].text, name)
  }

  // MARK: One annotation

  private mutating func readAnnotation(_ cursor: inout TokenCursor, _ bytes: Span<UInt8>) -> Verdict {
    (title, tool, user, currentPage, rank, otherTool, seen) = (0, 0, 0, -1, .max, -1, 0)
    if !unknown.isEmpty {
      unknown.removeAll(keepingCapacity: true)
      unknownBytes = 0
    }
    cursor.index += 1
    guard cursor.skipSpace() else { return .cut }
    if cursor.byte == UInt8(ascii: "}") {
      cursor.index += 1
      return .whole
    }
    while true {
      let keyStart = cursor.index
      let (number, verdict) = readKey(&cursor)
      guard verdict == .whole else { return verdict }
      let next = readMember(number, keyStart, &cursor, bytes)
      guard next == .whole else { return next }
      guard cursor.skipSpace() else { return .cut }
      if cursor.byte == UInt8(ascii: "}") {
        cursor.index += 1
        return .whole
      }
      guard cursor.byte == UInt8(ascii: ",") else { return .doubt }
      cursor.index += 1
      guard cursor.skipSpace() else { return .cut }
    }
  }

  /// Reads a key and its colon, up to the value.
  private mutating func readKey(_ cursor: inout TokenCursor) -> (Int, Verdict) {
    guard cursor.byte == UInt8(ascii: "\"") else { return (0, .doubt) }
    let start = cursor.index + 1
    guard let end = cursor.endOfString(from: start) else { return (0, .cut) }
    guard let number = keyNumber(cursor, start, end) else { return (0, .doubt) }
    cursor.index = end + 1
    guard cursor.skipSpace() else { return (0, .cut) }
    guard cursor.byte == UInt8(ascii: ":") else { return (0, .doubt) }
    cursor.index += 1
    return (number, cursor.skipSpace() ? .whole : .cut)
  }

  private mutating func readMember(
    _ number: Int, _ keyStart: Int, _ cursor: inout TokenCursor, _ bytes: Span<UInt8>
  ) -> Verdict {
    // Of keys that stand twice the first decides: what that means is not for here.
    if number < 64 {
      let bit = UInt64(1) << UInt64(number)
      if seen & bit != 0 { return .doubt }
      seen |= bit
    }
    let info = keyInfos[number].known
    if keyInfos[number].unknownAt != 0, keyInfos[number].unknownAt & kind.place.bit != 0 {
      guard note(number, kind.place, keyStart) else { return .doubt }
    }
    let byte = cursor.byte
    switch info {
    case .title:
      if byte == UInt8(ascii: "\"") {
        guard let (text, verdict) = readText(&cursor) else { return .cut }
        title = text + 1
        return verdict == .whole && textNames[text].isLone ? .doubt : verdict
      }
    case .tool where kind == .classification:
      if byte == UInt8(ascii: "\"") {
        guard let (text, verdict) = readText(&cursor) else { return .cut }
        tool = text << 2 | 3
        return verdict == .whole && textNames[text].isLone ? .doubt : verdict
      }
    case .page:
      if (0x30...0x39).contains(byte) { return readPage(&cursor) }
    case .metadata:
      if byte == UInt8(ascii: "{") { return readMetadata(&cursor, bytes) }
    default: break
    }
    if let found = info.toolRank {
      rank = min(rank, found)
    } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "["), info.mayNameTool, kind == .tool {
      // Few keys are worth a bit; of the others nobody knows whether they stand twice.
      if number >= 64 { return .doubt }
      if otherTool < 0 || keyInfos[number].name.lexicographicallyPrecedes(keyInfos[otherTool].name) {
        otherTool = number
      }
    }
    return skipValue(&cursor, bytes)
  }

  private mutating func readMetadata(_ cursor: inout TokenCursor, _ bytes: Span<UInt8>) -> Verdict {
    cursor.index += 1
    guard cursor.skipSpace() else { return .cut }
    var hasCreatedBy = false
    if cursor.byte == UInt8(ascii: "}") {
      cursor.index += 1
      return .whole
    }
    while true {
      let keyStart = cursor.index
      let (number, verdict) = readKey(&cursor)
      guard verdict == .whole else { return verdict }
      if keyInfos[number].unknownAt & InspectedPlace.metadata.bit != 0 {
        guard note(number, .metadata, keyStart) else { return .doubt }
      }
      if keyInfos[number].isCreatedBy {
        if hasCreatedBy { return .doubt }
        hasCreatedBy = true
      }
      if keyInfos[number].isCreatedBy, cursor.byte == UInt8(ascii: "\"") {
        guard let (text, verdict) = readText(&cursor) else { return .cut }
        guard verdict == .whole else { return verdict }
        user = text + 1
      } else {
        let verdict = skipValue(&cursor, bytes)
        guard verdict == .whole else { return verdict }
      }
      guard cursor.skipSpace() else { return .cut }
      if cursor.byte == UInt8(ascii: "}") {
        cursor.index += 1
        return .whole
      }
      guard cursor.byte == UInt8(ascii: ",") else { return .doubt }
      cursor.index += 1
      guard cursor.skipSpace() else { return .cut }
    }
  }

  /// Takes in an undocumented key.
  ///
  /// - Returns: Whether it is one of those that are told apart.
  private mutating func note(_ number: Int, _ place: InspectedPlace, _ offset: Int) -> Bool {
    unknownBytes += keyInfos[number].name.count + 2 * BoundedTally.overhead
    unknown.append((number, place, offset))
    return unknownBytes <= InspectedAnnotation.mostUnknownBytes
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

  private mutating func skipValue(_ cursor: inout TokenCursor, _ bytes: Span<UInt8>) -> Verdict {
    let byte = cursor.byte
    if byte == UInt8(ascii: "\"") {
      guard let end = cursor.endOfString(from: cursor.index + 1) else { return .cut }
      cursor.index = end + 1
      return .whole
    }
    if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
      let next = cursor.index + 1
      guard next < cursor.count else { return .cut }
      if unsafe cursor.base[next] == byte + 2 {
        cursor.index = next + 1
        return .whole
      }
      var state = ScanState(depth: 1)
      guard let close = kernel.skip(toDepth: 0, in: bytes, from: next, state: &state) else { return .cut }
      cursor.index = close + 1
      return unsafe cursor.base[close] == byte + 2 ? .whole : .doubt
    }
    return cursor.skipScalar()
  }

  // MARK: Names

  private mutating func keyNumber(_ cursor: TokenCursor, _ start: Int, _ end: Int) -> Int? {
    let token = unsafe cursor.base + start
    let hash = unsafe TokenTable.hash(token, end - start, readable: cursor.count - start)
    if let known = unsafe keys.number(token, end - start, hash) { return known }
    // One key spelled in two ways would be two.
    for index in 0..<end - start where unsafe token[index] == UInt8(ascii: "\\") { return nil }
    guard let (name, _) = unsafe TokenText.read(token, end - start) else { return nil }
    unsafe keys.append(token, end - start, hash)
    var unknownAt: UInt8 = 0
    for place in InspectedPlace.allCases where !DocumentedKeys.contains(name, at: place) {
      unknownAt |= place.bit
    }
    keyInfos.append(
      Key(
        name: name, known: ExportKey(name.span), isCreatedBy: name == Array("createdBy".utf8),
        unknownAt: unknownAt))
    return keyInfos.count - 1
  }

  /// Reads a string whose text matters.
  ///
  /// - Returns: Its number; nil if the bytes end in it.
  private mutating func readText(_ cursor: inout TokenCursor) -> (Int, Verdict)? {
    let start = cursor.index + 1
    guard let end = cursor.endOfString(from: start) else { return nil }
    cursor.index = end + 1
    let token = unsafe cursor.base + start
    let hash = unsafe TokenTable.hash(token, end - start, readable: cursor.count - start)
    if let known = unsafe texts.number(token, end - start, hash) { return (known, .whole) }
    guard let name = unsafe TokenText.read(token, end - start) else { return (0, .doubt) }
    unsafe texts.append(token, end - start, hash)
    textNames.append(name)
    return (textNames.count - 1, .whole)
  }
}
