// What stands between the elements of an input: white space, and in an array its commas and its end. A gap
// is a few bytes; it is read byte by byte, by whoever meets it.

/// What an input is a row of.
public enum Framing: Sendable, Hashable {
  /// One JSON array of elements.
  case array
  /// Elements one after another: NDJSON, a single object, or several in a row.
  case sequence

  /// How many containers are open between two elements.
  public var baseDepth: Int { self == .array ? 1 : 0 }
}

/// Where a reader stands between two elements.
public enum Gap: Sendable, Hashable {
  /// Behind the array's `[`.
  case beforeFirst
  /// Behind an element of an array.
  case afterElement
  /// Behind a comma.
  case afterComma
  /// Behind the array's `]`: only white space may follow.
  case ended
  /// Between two elements of a sequence.
  case sequence

  /// What a gap led to.
  public enum Step: Sendable, Hashable {
    /// The bytes ended first.
    case exhausted
    /// An object starts at this index.
    case object(Int)
    /// The byte at this index cannot stand here: no object, comma or end.
    case unexpected(Int)
  }

  /// The gap behind an element.
  public static func after(_ framing: Framing) -> Gap { framing == .array ? .afterElement : .sequence }

  /// Whether the input may end here.
  public var mayEnd: Bool { self == .ended || self == .sequence }

  /// Reads on from `index`.
  ///
  /// - Parameters:
  ///   - bytes: A block.
  ///   - index: Where to start in it.
  /// - Returns: What ended the gap; `self` is then the state before that byte.
  /// - Complexity: Linear in the bytes of the gap.
  public mutating func advance(in bytes: Span<UInt8>, from index: Int) -> Step {
    var index = index
    while index < bytes.count {
      let byte = bytes[index]
      switch (byte, self) {
      case (0x20, _), (0x09, _), (0x0A, _), (0x0D, _): break
      case (UInt8(ascii: ","), .afterElement): self = .afterComma
      case (UInt8(ascii: "]"), .afterElement), (UInt8(ascii: "]"), .beforeFirst): self = .ended
      case (UInt8(ascii: "{"), .beforeFirst), (UInt8(ascii: "{"), .afterComma),
        (UInt8(ascii: "{"), .sequence):
        return .object(index)
      default: return .unexpected(index)
      }
      index += 1
    }
    return .exhausted
  }
}
