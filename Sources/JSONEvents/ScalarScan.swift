// The end of a scalar that lies in one piece, for those who read JSON without a parser. It is found by the lexers
// that stand in for yajl, so that what they take is what yajl takes.

/// Where a scalar ends.
public enum ScalarEnd: Hashable, Sendable {
  /// The index of the first byte behind it.
  case behind(Int)
  /// The bytes end in it, or right behind it.
  case cut
  /// It is no JSON.
  case fault
}

/// Finds the ends of scalars.
public enum ScalarScan {
  /// The end of a string (RFC 8259, section 7).
  ///
  /// - Parameters:
  ///   - bytes: Where it stands.
  ///   - start: The index behind its opening quote, or of a later byte that is not in the midst of an escape
  ///     or a character.
  /// - Returns: Where it ends.
  /// - Complexity: Linear in its length.
  public static func string(_ bytes: Span<UInt8>, from start: Int) -> ScalarEnd {
    var lexer = StringLexer()
    return switch lexer.scan(bytes, from: start) {
    case .inside: .cut
    case .closed(let quote): .behind(quote + 1)
    case .fault: .fault
    }
  }

  /// The end of a number or a literal (RFC 8259, sections 3 and 6).
  ///
  /// What may follow it is not asked: `01` is a zero with a digit behind.
  ///
  /// - Parameters:
  ///   - bytes: Where it stands.
  ///   - start: The index of its first byte.
  /// - Returns: Where it ends.
  /// - Complexity: Linear in its length.
  public static func other(_ bytes: Span<UInt8>, from start: Int) -> ScalarEnd {
    guard start < bytes.count else { return .cut }
    switch bytes[start] {
    case UInt8(ascii: "t"): return literal("true", bytes, from: start)
    case UInt8(ascii: "f"): return literal("false", bytes, from: start)
    case UInt8(ascii: "n"): return literal("null", bytes, from: start)
    default: break
    }
    var lexer = NumberLexer()
    let end = lexer.scan(bytes, from: start)
    if end == bytes.count { return .cut }
    return lexer.isComplete ? .behind(end) : .fault
  }

  private static func literal(_ text: StaticString, _ bytes: Span<UInt8>, from start: Int) -> ScalarEnd {
    guard start + text.utf8CodeUnitCount < bytes.count else { return .cut }
    for index in 0..<text.utf8CodeUnitCount {
      // Below the count of its code units.
      if unsafe bytes[start + index] != text.utf8Start[index] { return .fault }
    }
    return .behind(start + text.utf8CodeUnitCount)
  }
}
