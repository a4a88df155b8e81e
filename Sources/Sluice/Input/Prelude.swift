// The start of an input: a byte order mark, white space, and the byte that tells an array from elements in
// a row.

internal import Sharding

/// How an input starts.
enum Prelude {
  /// Nothing but white space.
  case empty(offset: Int)
  /// Elements start here.
  case elements(Framing, EngineStart)
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
        return .elements(.array, EngineStart(offset: cursor.offset, gap: .beforeFirst, line: cursor.line))
      default:
        return .elements(.sequence, EngineStart(offset: cursor.offset, gap: .sequence, line: cursor.line))
      }
    }
    return .empty(offset: cursor.offset)
  }
}
