// What stands between the elements of an input: white space, in an array its commas and its end, and outside of
// arrays the start of the next one. A gap is a few bytes; it is read byte by byte, by whoever meets it.
//
//     [ {…} , {…} ]  [ {…} ]  {…} {…}  [ ]       an input is arrays and objects in a row, in any order
//
// So how an element stands is known by the gap before it, and nothing else of the input.

/// How an element stands in its input.
public enum Framing: Sendable, Hashable {
  /// In a JSON array of elements.
  case array
  /// By itself: a line of NDJSON, a single object, or one of several in a row.
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
  /// Behind the array's `]`: what follows starts anew.
  case ended
  /// Where an element may stand by itself, or an array start.
  case sequence
  /// There, behind the first byte of a byte order mark.
  case mark1
  /// There, behind its second.
  case mark2

  /// What a gap led to.
  public enum Step: Sendable, Hashable {
    /// The bytes ended first.
    case exhausted
    /// An object starts at this index.
    case object(Int)
    /// The byte at this index cannot stand here. If it starts what turned out to be no byte order mark, it may
    /// lie in the bytes before, and the index is negative.
    case unexpected(Int)
  }

  /// The gap behind an element.
  public static func after(_ framing: Framing) -> Gap { framing == .array ? .afterElement : .sequence }

  /// How the element stands that starts here.
  public var framing: Framing {
    switch self {
    case .beforeFirst, .afterElement, .afterComma: .array
    case .ended, .sequence, .mark1, .mark2: .sequence
    }
  }

  /// How many bytes of a byte order mark have been read that is not whole.
  public var markBytes: Int {
    switch self {
    case .mark1: 1
    case .mark2: 2
    default: 0
    }
  }

  /// The first byte of a byte order mark.
  public static let markStart: UInt8 = 0xEF

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
      case (0xBB, .mark1): self = .mark2
      case (0xBF, .mark2): self = .sequence
      case (_, .mark1), (_, .mark2):
        index -= markBytes
        self = .sequence
        return .unexpected(index)
      case (0x20, _), (0x09, _), (0x0A, _), (0x0D, _): break
      case (UInt8(ascii: ","), .afterElement): self = .afterComma
      case (UInt8(ascii: "]"), .afterElement), (UInt8(ascii: "]"), .beforeFirst): self = .ended
      case (UInt8(ascii: "["), .sequence), (UInt8(ascii: "["), .ended): self = .beforeFirst
      case (Self.markStart, .sequence), (Self.markStart, .ended): self = .mark1
      case (UInt8(ascii: "{"), .afterElement): return .unexpected(index)
      case (UInt8(ascii: "{"), _): return .object(index)
      default: return .unexpected(index)
      }
      index += 1
    }
    return .exhausted
  }
}
