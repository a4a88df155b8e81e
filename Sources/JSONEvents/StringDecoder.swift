// The text of a string token. yajl decodes too, but turns half a surrogate pair into "?", into bytes that are
// not UTF-8, or into another character, so its text is never used.

/// Resolves the escapes of a valid string token.
struct StringDecoder {
  /// The UTF-8 text of the last token.
  private(set) var text: [UInt8] = []
  /// Whether it had an escape for half a surrogate pair, decoded as U+FFFD.
  private(set) var hadLoneSurrogate = false

  /// Decodes `raw`, a valid token with its quotes.
  mutating func decode(_ raw: Span<UInt8>) {
    text.removeAll(keepingCapacity: true)
    text.reserveCapacity(raw.count)
    hadLoneSurrogate = false
    var index = 1
    while index < raw.count - 1 {
      let byte = raw[index]
      if byte != UInt8(ascii: "\\") {
        text.append(byte)
        index += 1
      } else if raw[index + 1] == UInt8(ascii: "u") {
        index = decodeUnicode(raw, from: index)
      } else {
        text.append(character(raw[index + 1]))
        index += 2
      }
    }
  }

  /// Decodes the `\u` escape at `index`, or the two of a pair, and returns the index behind.
  private mutating func decodeUnicode(_ raw: Span<UInt8>, from index: Int) -> Int {
    let first = codeUnit(raw, at: index + 2)
    var next = index + 6
    var scalar = Unicode.Scalar(first)
    if first & 0xFC00 == 0xD800, next + 6 < raw.count, raw[next] == UInt8(ascii: "\\"),
      raw[next + 1] == UInt8(ascii: "u")
    {
      let second = codeUnit(raw, at: next + 2)
      if second & 0xFC00 == 0xDC00 {
        scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
        next += 6
      }
    }
    if scalar == nil { hadLoneSurrogate = true }
    text.append(contentsOf: UTF8.encode(scalar ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
    return next
  }

  private func codeUnit(_ raw: Span<UInt8>, at index: Int) -> UInt32 {
    var unit: UInt32 = 0
    for digit in index..<index + 4 { unit = unit << 4 | (hexadecimalValue(raw[digit]) ?? 0) }
    return unit
  }

  private func character(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }
}
