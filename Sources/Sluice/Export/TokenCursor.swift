// Moves over tokens of JSON that lie in one piece: white space, strings eight bytes at a time, scalars.

internal import ByteScan
internal import JSONEvents

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
  /// Where the bytes stand in the input.
  var offset = 0

  /// The byte here; there must be one.
  var byte: UInt8 { unsafe base[index] }

  /// The place in the input.
  var position: Int { offset + index }

  /// Moves over white space.
  ///
  /// - Returns: Whether there is a byte behind it.
  @inline(__always)
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
  ///
  /// What stands in the string is not judged.
  func endOfString(from start: Int) -> Int? {
    var index = start
    while let special = nextSpecial(from: index, Self.quoteOrEscape) {
      if unsafe base[special] == UInt8(ascii: "\"") { return special }
      index = special + 2
    }
    return nil
  }

  /// Moves over the inside of a string and its closing quote.
  mutating func skipString(_ bytes: Span<UInt8>) -> Verdict {
    guard let special = nextSpecial(from: index, Self.notPlain) else { return .cut }
    if unsafe base[special] == UInt8(ascii: "\"") {
      index = special + 1
      return .whole
    }
    return take(ScalarScan.string(bytes, from: special))
  }

  /// Moves over a number or a literal.
  mutating func skipScalar(_ bytes: Span<UInt8>) -> Verdict {
    take(ScalarScan.other(bytes, from: index))
  }

  /// Moves over a container, whose inside is not judged.
  mutating func skipContainer(_ bytes: Span<UInt8>, _ kernel: ScanKernel) -> Verdict {
    let opening = byte
    let next = index + 1
    guard next < count else { return .cut }
    if unsafe base[next] == opening + 2 {
      index = next + 1
      return .whole
    }
    var state = ScanState(depth: 1)
    guard let close = kernel.skip(toDepth: 0, in: bytes, from: next, state: &state) else { return .cut }
    index = close + 1
    return unsafe base[close] == opening + 2 ? .whole : .doubt
  }

  /// Moves over an object, whose opening bracket is here.
  ///
  /// - Parameter member: Reads a key with its value, of which there is the first byte.
  /// - Returns: What came of the object, or of the first member that was not whole.
  @inline(__always)
  mutating func readObject(_ member: (inout TokenCursor) -> Verdict) -> Verdict {
    index += 1
    guard skipSpace() else { return .cut }
    if byte == UInt8(ascii: "}") {
      index += 1
      return .whole
    }
    while true {
      let verdict = member(&self)
      guard verdict == .whole else { return verdict }
      guard skipSpace() else { return .cut }
      if byte == UInt8(ascii: "}") {
        index += 1
        return .whole
      }
      guard byte == UInt8(ascii: ",") else { return .doubt }
      index += 1
      guard skipSpace() else { return .cut }
    }
  }

  private mutating func take(_ end: ScalarEnd) -> Verdict {
    switch end {
    case .behind(let next):
      index = next
      return .whole
    case .cut: return .cut
    case .fault: return .doubt
    }
  }

  // MARK: Eight bytes at a time

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// A bit in the lowest byte that is a quote or a backslash, and perhaps in some above it.
  @inline(__always)
  private static func quoteOrEscape(_ word: UInt64) -> UInt64 {
    let quotes = word ^ (ones &* 0x22)
    let escapes = word ^ (ones &* 0x5C)
    return ((quotes &- ones) & ~quotes | (escapes &- ones) & ~escapes) & highs
  }

  /// The same for bytes that are no plain text either: controls and those of 0x80 and more.
  @inline(__always)
  private static func notPlain(_ word: UInt64) -> UInt64 {
    quoteOrEscape(word) | ((word &- ones &* 0x20) & ~word | word) & highs
  }

  @inline(__always)
  private func nextSpecial(from start: Int, _ find: (UInt64) -> UInt64) -> Int? {
    var index = start
    while index + 8 <= count {
      let found = find(unsafe UnsafeRawPointer(base).loadUnaligned(fromByteOffset: index, as: UInt64.self))
      if found != 0 { return index + found.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < count {
      // Above it letters, since zeros would be taken for controls.
      if find(UInt64(unsafe base[index]) | 0x6161_6161_6161_6100) != 0 { return index }
      index += 1
    }
    return nil
  }
}
