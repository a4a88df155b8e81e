// RFC 8259 as one small machine that takes a byte at a time, exactly. It is slower than yajl and needs no help:
// it finds the byte of a fault after yajl has said no, and it is the oracle that tests hold yajl against.
//
// The state is what may come next; the containers around it are one bit each (object or array). Strings and
// numbers are read by the lexers that also read cut tokens. Each long run (white space, plain text, digits) is
// a loop of its own, so that this stays usable where a whole asset is replayed.

/// Judges JSON byte by byte and says exactly where it stops being JSON.
///
/// A value type without memory of its own beyond one bit for each open container.
public struct JSONGrammar: Sendable {
  /// How many values the input may hold.
  public enum Mode: Sendable {
    /// Exactly one.
    case oneValue
    /// Any number, none too, with white space between them or without: `{}{}` is two values, and so is `01`.
    case severalValues
  }

  /// What may come next.
  private enum State {
    case value
    case firstElement
    case firstKey
    case key
    case colon
    case afterElement
    case afterMember
    case afterDocument
    case string(StringLexer, isKey: Bool)
    case number(NumberLexer)
    case literal(StaticString, read: Int)
  }

  /// The fault that ended it, if any.
  public private(set) var fault: JSONFault?
  /// How many containers are open.
  public private(set) var depth = 0
  /// How many outermost values have ended; a number that nothing follows yet has not.
  public private(set) var completedDocuments = 0

  private let mode: Mode
  private let maxDepth: Int
  private var state = State.value
  /// A bit for each open container, set for objects, the outermost lowest.
  private var containers: [UInt64] = []
  /// The offset of the next byte.
  private var offset: Int

  /// Starts before the first byte.
  ///
  /// - Parameters:
  ///   - mode: How many values the input may hold.
  ///   - maxDepth: The depth that is allowed; the outermost container has depth 1.
  ///   - offset: The first byte's offset, from which faults are counted.
  public init(
    mode: Mode = .oneValue, maxDepth: Int = JSONLimits.depth, startingAt offset: Int = 0
  ) {
    self.mode = mode
    self.maxDepth = maxDepth
    self.offset = offset
  }

  /// Reads on.
  ///
  /// - Parameter bytes: The next bytes of the input.
  /// - Returns: The fault, now and ever after, if there is one.
  /// - Complexity: O(*n*) in the bytes' count.
  public mutating func consume(_ bytes: Span<UInt8>) -> JSONFault? {
    var index = 0
    while index < bytes.count, fault == nil {
      switch state {
      case .string(var lexer, let isKey):
        index = readString(&lexer, isKey: isKey, bytes, from: index)
      case .number(var lexer): index = readNumber(&lexer, bytes, from: index)
      case .literal(let word, let read): index = readLiteral(word, read: read, bytes, from: index)
      default:
        while index < bytes.count, isWhiteSpace(bytes[index]) { index &+= 1 }
        if index < bytes.count {
          take(bytes[index], at: offset + index)
          index += 1
        }
      }
    }
    offset += bytes.count
    return fault
  }

  /// Ends the input.
  ///
  /// - Returns: The fault, if there was one or the input must not end here.
  public mutating func finish() -> JSONFault? {
    if fault != nil { return fault }
    switch state {
    case .number(let lexer) where lexer.isComplete: endValue()
    default: break
    }
    if fault == nil, !mayEnd { fail(at: offset, .truncated) }
    return fault
  }

  private var mayEnd: Bool {
    switch state {
    case .afterDocument: true
    case .value: mode == .severalValues && depth == 0
    default: false
    }
  }
}

// MARK: Tokens

extension JSONGrammar {
  private mutating func readString(
    _ lexer: inout StringLexer, isKey: Bool, _ bytes: Span<UInt8>, from start: Int
  ) -> Int {
    switch lexer.scan(bytes, from: start) {
    case .inside:
      state = .string(lexer, isKey: isKey)
      return bytes.count
    case .closed(let end):
      if isKey { state = .colon } else { endValue() }
      return end + 1
    case .fault(let index, let code):
      fail(at: offset + index, code)
      return bytes.count
    }
  }

  private mutating func readNumber(
    _ lexer: inout NumberLexer, _ bytes: Span<UInt8>, from start: Int
  ) -> Int {
    let end = lexer.scan(bytes, from: start)
    state = .number(lexer)
    if end == bytes.count { return end }
    let isOutermost = depth == 0 && mode == .severalValues
    let isDigit = bytes[end] >= UInt8(ascii: "0") && bytes[end] <= UInt8(ascii: "9")
    if !lexer.isComplete || lexer.isZero && isDigit && !isOutermost {
      fail(at: offset + end, .invalidNumber, byte: bytes[end])
    } else {
      endValue()
    }
    return end
  }

  private mutating func readLiteral(
    _ word: StaticString, read: Int, _ bytes: Span<UInt8>, from start: Int
  ) -> Int {
    // The words are ASCII of static storage, and `read` is below their length until they end.
    let expected = unsafe word.utf8Start[read]
    if bytes[start] != expected {
      fail(at: offset + start, .invalidLiteral, byte: bytes[start])
    } else if read + 1 == word.utf8CodeUnitCount {
      endValue()
    } else {
      state = .literal(word, read: read + 1)
    }
    return start + 1
  }

  /// Takes a byte that is no white space where a token begins.
  private mutating func take(_ byte: UInt8, at position: Int) {
    switch (state, byte) {
    case (.firstElement, UInt8(ascii: "]")), (.afterElement, UInt8(ascii: "]")),
      (.firstKey, UInt8(ascii: "}")), (.afterMember, UInt8(ascii: "}")):
      depth -= 1
      endValue()
    case (.afterElement, UInt8(ascii: ",")), (.colon, UInt8(ascii: ":")): state = .value
    case (.afterMember, UInt8(ascii: ",")): state = .key
    case (.firstKey, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")):
      state = .string(StringLexer(), isKey: true)
    case (.value, _), (.firstElement, _): beginValue(byte, at: position)
    case (.afterDocument, _): fail(at: position, .trailingContent, byte: byte)
    default: fail(at: position, .unexpectedByte(byte))
    }
  }

  private mutating func beginValue(_ byte: UInt8, at position: Int) {
    switch byte {
    case UInt8(ascii: "{"): open(isObject: true, at: position)
    case UInt8(ascii: "["): open(isObject: false, at: position)
    case UInt8(ascii: "\""): state = .string(StringLexer(), isKey: false)
    case UInt8(ascii: "t"): state = .literal("true", read: 1)
    case UInt8(ascii: "f"): state = .literal("false", read: 1)
    case UInt8(ascii: "n"): state = .literal("null", read: 1)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      state = .number(NumberLexer(startingWith: byte))
    default: fail(at: position, .unexpectedByte(byte))
    }
  }

  private func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      || byte == UInt8(ascii: "\t")
  }
}

// MARK: Containers

extension JSONGrammar {
  private mutating func open(isObject: Bool, at position: Int) {
    if depth == maxDepth { return fail(at: position, .tooDeep) }
    let (word, bit) = depth.quotientAndRemainder(dividingBy: 64)
    if word == containers.count { containers.append(0) }
    if isObject { containers[word] |= 1 << bit } else { containers[word] &= ~(1 << bit) }
    depth += 1
    state = isObject ? .firstKey : .firstElement
  }

  /// A value has ended: what may come next depends on the container around it.
  private mutating func endValue() {
    if depth == 0 {
      completedDocuments += 1
      state = mode == .oneValue ? .afterDocument : .value
    } else {
      let (word, bit) = (depth - 1).quotientAndRemainder(dividingBy: 64)
      state = containers[word] >> bit & 1 == 1 ? .afterMember : .afterElement
    }
  }
}

// MARK: Words

extension JSONGrammar {
  /// Notes the fault; `byte` is the one at fault, where the code does not tell.
  private mutating func fail(at position: Int, _ code: JSONFault.Code, byte: UInt8? = nil) {
    let found = byte.map { "character \(spelled($0))" } ?? "character"
    let message =
      switch code {
      case .unexpectedByte(let byte): "unexpected character \(spelled(byte)) \(place)"
      case .controlCharacterInString(let byte): "control character \(spelled(byte)) in a string"
      case .invalidUTF8: "bytes that are not UTF-8 in a string"
      case .invalidEscape: "a backslash escape that JSON does not have"
      case .invalidNumber: "unexpected \(found) in a number"
      case .invalidLiteral: "unexpected \(found) where \"true\", \"false\" or \"null\" has begun"
      case .tooDeep: "nested deeper than \(maxDepth)"
      case .truncated: "the input ends \(place)"
      case .trailingContent: "unexpected \(found) after the end of the value"
      }
    fault = JSONFault(offset: position, code: code, message: message)
  }

  /// The state in words: the place where something stands that must not.
  private var place: String {
    switch state {
    case .value: "where a value should be"
    case .firstElement: "where a value or \"]\" should be"
    case .firstKey: "where a key or \"}\" should be"
    case .key: "where a key should be"
    case .colon: "where \":\" should be"
    case .afterElement: "where \",\" or \"]\" should be"
    case .afterMember: "where \",\" or \"}\" should be"
    case .afterDocument: "after the end of the value"
    case .string: "inside a string"
    case .number: "inside a number"
    case .literal: "inside \"true\", \"false\" or \"null\""
    }
  }
}
