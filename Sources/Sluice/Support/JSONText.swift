// JSON as a run writes it: members in the order they are given, always present, nothing escaped that need
// not be. A page of code instead of Foundation, which takes longer to load than a small run takes.

/// A value to be written.
enum JSONText: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string([UInt8])
  case array([JSONText])
  /// An array of elements that are made as they are written: there may be hundreds of thousands.
  case elements(@Sendable (_ write: (JSONText) -> Void) -> Void)
  case object([(String, JSONText)])

  /// Text of a string, null if there is none.
  static func text(_ value: String?) -> JSONText { value.map { .string(Array($0.utf8)) } ?? .null }

  /// Text in UTF-8, null if there is none.
  static func bytes(_ value: [UInt8]?) -> JSONText { value.map { .string($0) } ?? .null }

  /// A number, null if there is none.
  static func number(_ value: Int?) -> JSONText { value.map { .int($0) } ?? .null }

  /// The value in UTF-8, without white space.
  var utf8: [UInt8] {
    var text: [UInt8] = []
    write(to: &text)
    return text
  }

  private func write(to text: inout [UInt8]) {
    switch self {
    case .null: text += Array("null".utf8)
    case .bool(let value): text += Array((value ? "true" : "false").utf8)
    case .int(let value): text += Array(String(value).utf8)
    case .double(let value): text += Array((value.isFinite ? "\(value)" : "null").utf8)
    case .string(let value): Self.quote(value, to: &text)
    case .array(let items):
      text.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        item.write(to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .elements(let visit):
      text.append(UInt8(ascii: "["))
      // A closure that is only called may change what is borrowed from here.
      var isFirst = true
      visit { item in
        if !isFirst { text.append(UInt8(ascii: ",")) }
        isFirst = false
        item.write(to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let members):
      text.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        Self.quote(Array(member.0.utf8), to: &text)
        text.append(UInt8(ascii: ":"))
        member.1.write(to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  private static func quote(_ value: [UInt8], to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for byte in String(decoding: value, as: UTF8.self).utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): text += Array("\\n".utf8)
      case UInt8(ascii: "\r"): text += Array("\\r".utf8)
      case UInt8(ascii: "\t"): text += Array("\\t".utf8)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}
