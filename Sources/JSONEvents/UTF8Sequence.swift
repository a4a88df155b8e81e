// Strict UTF-8 (Unicode, table 3-7), one byte after the other, across chunks. No overlong forms, no encoded
// surrogates, nothing above U+10FFFF.

/// How far a multi-byte sequence has been read.
struct UTF8Sequence {
  /// How many bytes of the sequence are still to come; 0 between sequences.
  private(set) var missing = 0
  /// How many have been read.
  private(set) var seen = 0
  private var low: UInt8 = 0x80
  private var high: UInt8 = 0xBF

  /// Begins a sequence with a byte of 0x80 or more; false if none begins so.
  mutating func begin(_ lead: UInt8) -> Bool {
    (low, high) = (0x80, 0xBF)
    seen = 1
    switch lead {
    case 0xC2...0xDF: missing = 1
    case 0xE0...0xEF:
      missing = 2
      if lead == 0xE0 { low = 0xA0 }
      if lead == 0xED { high = 0x9F }
    case 0xF0...0xF4:
      missing = 3
      if lead == 0xF0 { low = 0x90 }
      if lead == 0xF4 { high = 0x8F }
    default: return false
    }
    return true
  }

  /// Takes the next byte of the sequence; false if it does not belong there.
  mutating func `continue`(_ byte: UInt8) -> Bool {
    guard byte >= low, byte <= high else { return false }
    (low, high) = (0x80, 0xBF)
    missing -= 1
    seen += 1
    return true
  }
}
