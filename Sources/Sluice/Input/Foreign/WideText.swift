// Text of two or four bytes a character, with a byte order mark or without: then told by where its zeros are.

/// UTF-16 and UTF-32.
enum WideText {
  /// Names the encoding.
  ///
  /// - Parameters:
  ///   - window: Bytes of an input.
  ///   - offset: Where the first of them stands, which says which byte of a character it is.
  /// - Returns: nil if it is neither.
  static func recognise(_ window: [UInt8], offset: Int) -> ForeignContent? {
    guard let encoding = marked(window, offset) ?? unmarked(window, offset) else { return nil }
    return ForeignContent("\(encoding.prefix(6)) text", .filter("iconv -f \(encoding) -t UTF-8"))
  }

  private static func marked(_ window: [UInt8], _ offset: Int) -> String? {
    guard offset == 0 else { return nil }
    // With a mark `iconv` finds out the order of bytes, and takes the mark away.
    if window.starts(with: [0xFF, 0xFE, 0, 0]) || window.starts(with: [0, 0, 0xFE, 0xFF]) {
      return "UTF-32"
    }
    return window.starts(with: [0xFF, 0xFE]) || window.starts(with: [0xFE, 0xFF]) ? "UTF-16" : nil
  }

  /// An export's first characters are ASCII, each a byte among zeros.
  private static func unmarked(_ window: [UInt8], _ offset: Int) -> String? {
    let bytes = window.prefix(256)
    guard bytes.count >= 3 else { return nil }
    var zeros = [0, 0, 0, 0]
    var others = [0, 0, 0, 0]
    for (index, byte) in bytes.enumerated() {
      let place = (offset + index) % 4
      if byte == 0 { zeros[place] += 1 } else { others[place] += 1 }
    }
    let isZero = (0..<4).map { others[$0] == 0 }
    let isText = (0..<4).map { zeros[$0] == 0 }
    if isText[0], isZero[1], isZero[2], isZero[3] { return "UTF-32LE" }
    if isText[3], isZero[0], isZero[1], isZero[2] { return "UTF-32BE" }
    let mostly = { (count: Int, rest: Int) in count > 4 * rest }
    if zeros[0] + zeros[2] == 0, mostly(zeros[1] + zeros[3], others[1] + others[3]) { return "UTF-16LE" }
    if zeros[1] + zeros[3] == 0, mostly(zeros[0] + zeros[2], others[0] + others[2]) { return "UTF-16BE" }
    return nil
  }
}
