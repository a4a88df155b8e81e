// The start of an input: a byte order mark, white space, and the byte that tells an array from elements in
// a row.

internal import Sharding

/// How an input starts.
enum Prelude {
  /// Nothing but white space.
  case empty(offset: Int)
  /// Elements start where the cursor is, in this gap.
  case elements(Framing, Gap)
  /// Something like a byte order mark, which is none.
  case brokenMark

  /// Reads the start.
  ///
  /// - Parameter cursor: At offset 0; afterwards where elements start.
  /// - Returns: What was found.
  /// - Throws: What reading throws.
  static func read(_ cursor: inout BlockCursor) throws -> Prelude {
    if try cursor.peek() == 0xEF {
      for byte: UInt8 in [0xEF, 0xBB, 0xBF] {
        guard try cursor.peek() == byte else { return .brokenMark }
        cursor.advance()
      }
    }
    while let byte = try cursor.peek() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: cursor.advance()
      case UInt8(ascii: "["):
        cursor.advance()
        return .elements(.array, .beforeFirst)
      default:
        return .elements(.sequence, .sequence)
      }
    }
    return .empty(offset: cursor.offset)
  }
}
