// What the keys of a tool say of its type, for the scanner, which knows keys by their numbers.

/// The best of the keys so far.
struct ScannedToolKeys {
  private var bestRank = Int.max
  private var otherKey = -1
  private var otherRange = 0..<0

  /// That of the known types which is looked for first.
  var rank: Int? { bestRank == .max ? nil : bestRank }

  /// The bytewise smallest key that could be a tool of an unknown type, and where it is.
  var other: (key: Int, range: Range<Int>)? { otherKey < 0 ? nil : (otherKey, otherRange) }

  var tool: AnnotationGroup.Tool {
    if bestRank != .max { return .rank(bestRank) }
    return otherKey < 0 ? .none : .key(otherKey)
  }

  /// Looks whether a key names the tool.
  ///
  /// - Parameters:
  ///   - key: Its number.
  ///   - known: What it is among the names of the format.
  ///   - start: Where it stands.
  ///   - first: The first byte of the value.
  ///   - tokens: What the numbers stand for; not changed, but a copy would count references.
  /// - Returns: Whether that can be said.
  @inline(__always)
  mutating func read(
    _ key: Int, _ known: ExportKey, at start: Int, _ first: UInt8, _ tokens: inout AnnotationTokens
  ) -> Bool {
    if let found = known.toolRank {
      bestRank = min(bestRank, found)
    } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "["), known.mayNameTool {
      // Few keys are worth a bit; of the others nobody knows whether they stand twice.
      if key >= 64 { return false }
      if otherKey < 0 || tokens.keys[key].name.lexicographicallyPrecedes(tokens.keys[otherKey].name) {
        otherKey = key
        // With its quotes; there is no escape in it.
        otherRange = start..<start + tokens.keys[key].name.count + 2
      }
    }
    return true
  }
}
