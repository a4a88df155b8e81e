import ExportGenerator
import Testing

@testable import Sluice

@Suite struct PartitionPathTests {
  private func component(_ value: String) -> String {
    PartitionPath.component(key: "stage", value: Array(value.utf8))
  }

  /// Exactly the characters that Spark escapes are escaped, and nothing else.
  @Test func escapesAsSparkDoes() {
    let escaped = Set((0..<0x20).map { UInt8($0) } + [0x7F] + Array("\"#%'*/:=?\\{[]^".utf8))
    for byte in UInt8(0)..<0x80 {
      let digits = String(byte, radix: 16, uppercase: true)
      let code = "%" + (digits.count == 1 ? "0" : "") + digits
      let raw = String(decoding: [byte], as: UTF8.self)
      #expect(component(raw) == "stage=" + (escaped.contains(byte) ? code : raw))
    }
    #expect(component("É😀 ~}") == "stage=É😀 ~}")
  }

  /// Null and the empty string share Hive's name for null: Spark refuses a tree with an empty value.
  @Test func namesNullAsHiveDoes() {
    #expect(PartitionPath.component(key: "batch", value: nil) == "batch=__HIVE_DEFAULT_PARTITION__")
    #expect(component("") == "stage=__HIVE_DEFAULT_PARTITION__")
  }

  /// Whatever a value says, it stays one component below its parent.
  @Test(arguments: [
    ("../../etc/passwd", "stage=..%2F..%2Fetc%2Fpasswd"), (".", "stage=."), ("..", "stage=.."),
    ("a\0b\n", "stage=a%00b%0A"), ("-rf", "stage=-rf"), ("%2F", "stage=%252F"), ("😀", "stage=😀"),
  ])
  func staysInItsParent(_ value: String, _ expected: String) { #expect(component(value) == expected) }

  /// A name of 255 bytes stays whole; one more byte and it is cut and summed.
  @Test func cutsAboveTheFileSystemsLimit() {
    let whole = String(repeating: "a", count: 249)
    #expect(component(whole) == "stage=" + whole)
    // The sum is that of 250 letters a, as sha256sum gives it.
    #expect(
      component(whole + "a") == "stage=" + String(repeating: "a", count: 232) + "~3f3e35e0a775d9b1")
  }

  /// The cut falls between characters and never into a %XX.
  @Test(arguments: ["é", "😀", "/", "a/", "日"])
  func cutsBetweenCharacters(_ unit: String) {
    for lead in 0..<5 {
      let value = String(repeating: "x", count: lead) + String(repeating: unit, count: 500)
      let name = component(value)
      #expect(name.utf8.count <= 255 && name.utf8.count > 245)
      let escaped = "stage=" + value.replacing("/", with: "%2F")
      let prefix = name.utf8.dropLast(17)
      #expect(escaped.utf8.starts(with: prefix))
      #expect(prefix.count > 238 - 4)
      // What was left out begins with a whole character.
      let rest = escaped.utf8.dropFirst(prefix.count)
      #expect([unit, "a", "%2F"].contains { rest.starts(with: $0.utf8) && $0 != "/" })
    }
  }

  /// Values that were not cut come back: no two share a directory.
  @Test func escapingCanBeUndone() {
    var random = SplitMix64(seed: 7)
    for _ in 0..<2000 {
      let scalars = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        Unicode.Scalar(UInt32.random(in: 0..<0x250, using: &random)) ?? "x"
      }
      let value = String(String.UnicodeScalarView(scalars))
      let name = component(value)
      #expect(unescaped(name.utf8.dropFirst(6)) == Array(value.utf8))
    }
  }

  /// Long values that differ only behind the cut differ by their sum.
  @Test func tellsLongValuesApart() {
    let long = String(repeating: "b", count: 10_000)
    #expect(component(long) != component(long + "b"))
    #expect(component(long) == component(long))
  }

  private func unescaped(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(bytes)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        result.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
