// The tokens of annotations, read without a parser: keys and the texts that matter are known by their spelling, of
// which yajl has judged each once; all other values are passed over.

internal import ByteScan
internal import JSONEvents

/// Reads tokens, and remembers what keys and texts it has met.
struct AnnotationTokens {
  typealias Verdict = TokenCursor.Verdict

  /// A key that has been met.
  struct Key {
    var name: [UInt8]
    var known: ExportKey
    /// The member that it stands for in an annotation, and in the `metadata` of one.
    var member: AnnotationMember?
    var metadataMember: AnnotationMember?
  }

  /// A text that has been met.
  struct Text {
    var text: [UInt8]
    /// Whether it has half a surrogate pair, so that it equals none.
    var isLone: Bool
    /// The conditions of the predicate that it meets.
    var matches: AnnotationPredicate.Matches
  }

  private let kernel: ScanKernel
  private let predicate: AnnotationPredicate
  private var keyTable = TokenTable()
  private(set) var keys: [Key] = []
  private var textTable = TokenTable()
  private(set) var texts: [Text] = []

  /// Makes tables that know the names that mean something; these get the first numbers.
  init(kernel: ScanKernel, _ predicate: AnnotationPredicate) {
    self.kernel = kernel
    self.predicate = predicate
    seedKeys()
  }

  private mutating func seedKeys() {
    (keyTable, keys) = (TokenTable(), [])
    for bytes in AnnotationMember.allCases.map(\.key.name) + [ExportKey.metadata.name] {
      // Read before the array goes.
      unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        _ = keyNumber(unsafe TokenCursor(base: base, count: buffer.count, index: 0), 0, buffer.count)
      }
    }
  }

  /// Whether it knows more than is worth remembering.
  var isFull: Bool { keyTable.count > TokenTable.most || textTable.count > TokenTable.most }

  /// Forgets what is too much.
  ///
  /// - Returns: Whether keys have new numbers now.
  mutating func forget() -> Bool {
    if textTable.count > TokenTable.most { (textTable, texts) = (TokenTable(), []) }
    guard keyTable.count > TokenTable.most else { return false }
    seedKeys()
    return true
  }

  /// Reads a key and its colon, up to the value.
  ///
  /// - Returns: The number of the key.
  mutating func readKey(_ cursor: inout TokenCursor) -> (Int, Verdict) {
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

  private mutating func keyNumber(_ cursor: TokenCursor, _ start: Int, _ end: Int) -> Int? {
    let token = unsafe cursor.base + start
    let spelling = unsafe TokenSpelling(token, end - start, readable: cursor.count - start)
    if let known = unsafe keyTable.number(spelling, token) { return known }
    return unsafe learnKey(spelling, token)
  }

  private mutating func learnKey(_ spelling: TokenSpelling, _ token: UnsafePointer<UInt8>) -> Int? {
    // One key spelled in two ways would be two.
    for index in 0..<spelling.count where unsafe token[index] == UInt8(ascii: "\\") { return nil }
    guard let (name, _) = unsafe TokenText.read(token, spelling.count) else { return nil }
    unsafe keyTable.append(spelling, token)
    let known = ExportKey(name.span)
    keys.append(
      Key(
        name: name, known: known, member: AnnotationMember(known, inMetadata: false),
        metadataMember: AnnotationMember(known, inMetadata: true)))
    return keys.count - 1
  }

  /// Reads a string whose text matters.
  ///
  /// - Returns: The number of its text.
  mutating func readText(_ cursor: inout TokenCursor) -> (Int, Verdict) {
    let start = cursor.index + 1
    guard let end = cursor.endOfString(from: start) else { return (0, .cut) }
    cursor.index = end + 1
    let token = unsafe cursor.base + start
    let spelling = unsafe TokenSpelling(token, end - start, readable: cursor.count - start)
    if let known = unsafe textTable.number(spelling, token) {
      return (known, texts[known].isLone ? .doubt : .whole)
    }
    guard let (text, isLone) = unsafe TokenText.read(token, end - start) else { return (0, .doubt) }
    unsafe textTable.append(spelling, token)
    texts.append(Text(text: text, isLone: isLone, matches: predicate.matches(text)))
    return (texts.count - 1, isLone ? .doubt : .whole)
  }

  /// Passes over a value: scalars are judged, of containers their brackets.
  func skipValue(_ cursor: inout TokenCursor, _ bytes: Span<UInt8>) -> Verdict {
    switch cursor.byte {
    case UInt8(ascii: "\""):
      cursor.index += 1
      return cursor.skipString(bytes)
    case UInt8(ascii: "{"), UInt8(ascii: "["): return cursor.skipContainer(bytes, kernel)
    default: return cursor.skipScalar(bytes)
    }
  }
}
