// The ends of scalars, held against the exact grammar.

import JSONEvents
import Testing

@Suite struct ScalarScanTests {
  /// Where the exact grammar lets a scalar end in front of a comma; nil if it lets it nowhere.
  private func end(of scalar: [UInt8]) -> Bool {
    var grammar = JSONGrammar(maxDepth: 2)
    let text = [UInt8(ascii: "[")] + scalar + [UInt8(ascii: "]")]
    return grammar.consume(text.span) == nil && grammar.finish() == nil
  }

  private func scan(_ bytes: [UInt8]) -> ScalarEnd {
    bytes.first == UInt8(ascii: "\"")
      ? ScalarScan.string(bytes.span, from: 1) : ScalarScan.other(bytes.span, from: 0)
  }

  /// A scalar in front of what may follow one is taken if and only if the grammar takes it, and cut anywhere it
  /// is never taken for a whole.
  private func judge(_ scalar: [UInt8]) {
    let isValid = end(of: scalar)
    let found = scan(scalar + [UInt8(ascii: ",")])
    #expect(
      (found == .behind(scalar.count)) == isValid, "\(String(decoding: scalar, as: UTF8.self)) \(found)")
    guard isValid else { return }
    for count in 1..<scalar.count { #expect(scan(Array(scalar[..<count])) == .cut, "\(scalar) \(count)") }
  }

  /// Scalars of every kind, and what is nearly one.
  @Test(arguments: [
    "0", "-0", "10", "01", "-", "1.", ".1", "1.5", "1e", "1e5", "1E+05", "1e-", "+1", "1.5e-3", "--1", "1x",
    "0x1", "true", "false", "null", "tru", "True", "truee", "nul", "NaN", "Infinity",
    "\"\"", "\"a\"", "\"\\\"\"", "\"\\\\\"", "\"\\u00e9\"", "\"\\u00g9\"", "\"\\x\"", "\"é\"", "\"\u{1}\"",
    "\"\u{7F}\"", "\"\\ud800\"", "\"a\nb\"", "\"日本語 text\"", "\"\u{1F600}\"",
  ])
  func scalars(text: String) { judge(Array(text.utf8)) }

  /// Strings of every byte at every place of a word.
  @Test(arguments: 0..<10)
  func bytes(place: Int) {
    for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: "\"") {
      var scalar = [UInt8](repeating: UInt8(ascii: "a"), count: 12)
      (scalar[0], scalar[11]) = (UInt8(ascii: "\""), UInt8(ascii: "\""))
      scalar[place + 1] = byte
      judge(scalar)
    }
  }
}
