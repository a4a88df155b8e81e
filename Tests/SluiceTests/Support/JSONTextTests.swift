import Foundation
import Testing

@testable import Sluice

@Suite struct JSONTextTests {
  private func text(_ value: JSONText) -> String { String(decoding: value.utf8, as: UTF8.self) }

  /// Values are written without white space, members in the order they are given.
  @Test func values() {
    #expect(
      text(
        .object([("b", .int(-1)), ("a", .array([.null, .bool(true), .double(0.5)])), ("c", .object([]))]))
        == #"{"b":-1,"a":[null,true,0.5],"c":{}}"#)
    #expect(text(.double(.nan)) == "null" && text(.double(.infinity)) == "null")
    #expect(text(.text(nil)) == "null" && text(.bytes(nil)) == "null" && text(.number(nil)) == "null")
    #expect(text(.int(.max)) == "9223372036854775807")
  }

  /// Any text comes back as it was; what is no text comes back repaired.
  @Test func strings() throws {
    let all = String(String.UnicodeScalarView((0..<0x800).compactMap(Unicode.Scalar.init)))
    for value in [all, "\u{2028}\u{FFFF}𝄞", "\"\\/", ""] {
      let data = Data(JSONText.array([.text(value)]).utf8)
      #expect(try JSONDecoder().decode([String].self, from: data) == [value])
    }
    #expect(text(.string([0x61, 0xFF, 0x62])) == "\"a\u{FFFD}b\"")
    #expect(text(.text("\u{1}\n\u{1F}\t\r/é")) == #""\u0001\n\u001f\t\r/é""#)
  }
}
