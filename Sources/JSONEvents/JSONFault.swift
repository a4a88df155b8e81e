// The exact fault of a text, and the words for it.

/// Where and why a text stops being JSON.
public struct JSONFault: Error, Hashable, Sendable {
  /// The kind of a fault.
  public enum Code: Hashable, Sendable {
    /// A byte that cannot stand where it stands.
    case unexpectedByte(UInt8)
    /// A byte below 0x20 inside a string.
    case controlCharacterInString(UInt8)
    /// Bytes that are not UTF-8 inside a string.
    case invalidUTF8
    /// A backslash with something after it that is no escape.
    case invalidEscape
    /// A number with a digit missing or a leading zero.
    case invalidNumber
    /// Something that starts like `true`, `false` or `null` but is none of them.
    case invalidLiteral
    /// A container deeper than allowed.
    case tooDeep
    /// The input ends inside a value, or before any.
    case truncated
    /// Something after the one value.
    case trailingContent

    /// The code as one stable word, for files and reports.
    public var name: String {
      switch self {
      case .unexpectedByte: "unexpected-byte"
      case .controlCharacterInString: "control-character-in-string"
      case .invalidUTF8: "invalid-utf-8"
      case .invalidEscape: "invalid-escape"
      case .invalidNumber: "invalid-number"
      case .invalidLiteral: "invalid-literal"
      case .tooDeep: "too-deep"
      case .truncated: "truncated"
      case .trailingContent: "trailing-content"
      }
    }
  }

  /// The first byte after which no valid document is possible: the first byte of a bad UTF-8 sequence, the
  /// input's length when it is truncated, the opening bracket when it is too deep.
  public let offset: Int
  /// The kind of the fault.
  public let code: Code
  /// The fault in plain words, without the position.
  public let message: String
}

extension JSONFault: CustomStringConvertible {
  /// One line for people.
  public var description: String { "byte \(offset): \(message)" }
}

/// A byte as a message shows it: `"}"`, or `0x0A` where printing it would not help.
func spelled(_ byte: UInt8) -> String {
  if byte > 0x20, byte < 0x7F {
    let character = Character(Unicode.Scalar(byte))
    return byte == UInt8(ascii: "\"") ? "'\"'" : "\"\(character)\""
  }
  let digits = String(byte, radix: 16, uppercase: true)
  return "0x" + (digits.count < 2 ? "0" : "") + digits
}
