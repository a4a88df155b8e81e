// The inside of a JSON string, byte for byte, across chunks: what RFC 8259 allows between two quotes. It serves
// the exact grammar and stands in for yajl where a string is cut, since yajl starts a cut string anew with
// every chunk (200 MB in chunks of 64 KB take it two minutes).

/// Reads a string after its opening quote.
struct StringLexer {
  /// What a scan came to.
  enum Outcome {
    /// The bytes ended first.
    case inside
    /// The closing quote is at this index.
    case closed(Int)
    /// No valid string has the byte at this index; negative if a sequence began in an earlier chunk.
    case fault(Int, JSONFault.Code)
  }

  /// What is missing of an escape that has begun.
  private(set) var escape = Escape.none
  private var utf8 = UTF8Sequence()

  enum Escape: Equatable {
    case none
    /// A backslash was read.
    case letter
    /// So many hexadecimal digits are missing.
    case digits(Int)
  }

  /// Reads on from index `start`.
  mutating func scan(_ bytes: Span<UInt8>, from start: Int) -> Outcome {
    var index = start
    while index < bytes.count {
      if utf8.missing == 0, escape == .none {
        index = endOfPlainRun(bytes, from: index)
        if index == bytes.count { return .inside }
        if bytes[index] == UInt8(ascii: "\"") { return .closed(index) }
      }
      if let outcome = step(bytes[index], at: index) { return outcome }
      index += 1
    }
    return .inside
  }

  /// Takes a byte that is not plain.
  private mutating func step(_ byte: UInt8, at index: Int) -> Outcome? {
    if utf8.missing > 0 {
      let first = index - utf8.seen
      return utf8.continue(byte) ? nil : .fault(first, .invalidUTF8)
    }
    switch escape {
    case .letter:
      switch byte {
      case UInt8(ascii: "u"): escape = .digits(4)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
        UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        escape = .none
      default: return .fault(index, .invalidEscape)
      }
    case .digits(let missing):
      guard hexadecimalValue(byte) != nil else { return .fault(index, .invalidEscape) }
      escape = missing == 1 ? .none : .digits(missing - 1)
    case .none:
      if byte == UInt8(ascii: "\\") {
        escape = .letter
      } else if byte < 0x20 {
        return .fault(index, .controlCharacterInString(byte))
      } else if !utf8.begin(byte) {
        return .fault(index, .invalidUTF8)
      }
    }
    return nil
  }
}

/// The first index from `start` on whose byte is not plain ASCII text: a quote, a backslash, a control character
/// or a byte of 0x80 and more; the count if there is none.
func endOfPlainRun(_ bytes: Span<UInt8>, from start: Int) -> Int {
  var index = start
  while index < bytes.count {
    let byte = bytes[index]
    // 0x20...0x7F in one comparison.
    if byte &- 0x20 >= 0x60 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
    index &+= 1
  }
  return index
}

/// The value of a hexadecimal digit, nil for any other byte.
func hexadecimalValue(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A") &+ 10)
  default: nil
  }
}
