// The two corrections of yajl that need no context, made before yajl sees a chunk.
//
// yajl takes form feed and vertical tab for white space. In a string they are control characters, so no valid
// text holds either byte anywhere. And its UTF-8 check lets overlong forms, encoded surrogates and code points
// above U+10FFFF pass; outside strings it takes no byte of 0x80 or more at all, so the strict check can run over
// the whole input without knowing where strings are.

/// Checks the bytes of a stream, chunk by chunk.
struct ByteGuard {
  private var utf8 = UTF8Sequence()

  /// How many bytes at the front are clean: the count if all are.
  mutating func cleanPrefix(_ bytes: Span<UInt8>) -> Int {
    var index = 0
    while index < bytes.count {
      if utf8.missing == 0 {
        index = endOfCleanASCII(bytes, from: index)
        if index == bytes.count { break }
        guard utf8.begin(bytes[index]) else { return index }
      } else {
        guard utf8.continue(bytes[index]) else { return index }
      }
      index &+= 1
    }
    return bytes.count
  }
}

/// The first index from `start` on with a byte of 0x80 or more, a vertical tab or a form feed.
private func endOfCleanASCII(_ bytes: Span<UInt8>, from start: Int) -> Int {
  var index = start
  // Four words a turn, or-ed together: one branch for 32 bytes.
  while bytes.count - index >= 32 {
    // The four loads lie within the 32 bytes that the condition has shown to be there.
    let suspects = unsafe bytes.withUnsafeBytes { raw in
      unsafe suspectBytes(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        | suspectBytes(raw.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self))
        | suspectBytes(raw.loadUnaligned(fromByteOffset: index + 16, as: UInt64.self))
        | suspectBytes(raw.loadUnaligned(fromByteOffset: index + 24, as: UInt64.self))
    }
    if suspects != 0 { break }
    index &+= 32
  }
  // What a parser is fed of a small container is shorter than that.
  while bytes.count - index >= 8 {
    // As above.
    let word = unsafe bytes.withUnsafeBytes { raw in
      unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    }
    if suspectBytes(word) != 0 { break }
    index &+= 8
  }
  while index < bytes.count {
    let byte = bytes[index]
    if byte >= 0x80 || byte == 0x0B || byte == 0x0C { break }
    index &+= 1
  }
  return index
}

/// Non-zero if one of eight bytes is 0x80 or more, 0x0B or 0x0C; it may be so without
/// cause, never the reverse.
private func suspectBytes(_ word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let tab = word ^ (0x0B &* ones)
  let feed = word ^ (0x0C &* ones)
  return (word | ((tab &- ones) & ~tab) | ((feed &- ones) & ~feed)) & (0x80 &* ones)
}
