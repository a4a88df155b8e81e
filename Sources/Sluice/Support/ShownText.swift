// Names come from others: an archive or a directory may have one that holds a line feed, to look like a message, or
// an escape sequence, which a terminal would obey.

extension String {
  /// The text on one line, with U+FFFD for each control character, line break and change of direction.
  package var shown: String {
    if unicodeScalars.allSatisfy(\.isHarmless) { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.isHarmless ? $0 : "\u{FFFD}" }))
  }
}

extension Unicode.Scalar {
  fileprivate var isHarmless: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: false
    default: true
    }
  }
}
