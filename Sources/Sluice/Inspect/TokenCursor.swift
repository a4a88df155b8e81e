// Moves over tokens of JSON that lie in one piece: white space, strings eight bytes at a time, scalars.

// Safe to use: whoever makes one sees to it that its bytes outlive it.
/// A place in bytes that are read one after another.
@safe
struct TokenCursor {
  /// What came of reading something.
  enum Verdict {
    case whole, cut, doubt
  }

  let base: UnsafePointer<UInt8>
  let count: Int
  var index: Int

  /// The byte here; there must be one.
  var byte: UInt8 { unsafe base[index] }

  /// Moves over white space.
  ///
  /// - Returns: Whether there is a byte behind it.
  mutating func skipSpace() -> Bool {
    while index < count {
      let byte = unsafe base[index]
      if byte > 0x20 { return true }
      // Other controls are no white space; whoever looks at the byte next will not know it.
      if byte != 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 { return true }
      index += 1
    }
    return false
  }

  /// The index of the quote that closes a string; nil if the bytes end before it.
  func endOfString(from start: Int) -> Int? {
    var index = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while true {
      while index + 8 <= count {
        let word = unsafe UnsafeRawPointer(base).loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let quotes = word ^ (ones &* 0x22)
        let escapes = word ^ (ones &* 0x5C)
        // The lowest bit set is exact; those above it may be too many.
        let found = ((quotes &- ones) & ~quotes | (escapes &- ones) & ~escapes) & highs
        if found != 0 {
          index += found.trailingZeroBitCount >> 3
          break
        }
        index += 8
      }
      guard index < count else { return nil }
      let byte = unsafe base[index]
      if byte == UInt8(ascii: "\"") { return index }
      index += byte == UInt8(ascii: "\\") ? 2 : 1
    }
  }

  /// Moves over a number or a literal.
  mutating func skipScalar() -> Verdict {
    let start = index
    while index < count {
      let byte = unsafe base[index]
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte <= 0x20 {
        return index > start ? .whole : .doubt
      }
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: ":") {
        return .doubt
      }
      index += 1
    }
    return .cut
  }
}
