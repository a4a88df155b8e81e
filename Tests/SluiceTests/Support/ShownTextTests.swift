import Testing

@testable import Sluice

@Suite struct ShownTextTests {
  /// Whatever a terminal would obey or that would start a new line is shown as U+FFFD; all else stays.
  @Test(arguments: [
    ("", ""), ("lake/ü 🧑‍🚀 {é}", "lake/ü 🧑‍🚀 {é}"), ("a\nb\r\tc", "a\u{FFFD}b\u{FFFD}\u{FFFD}c"),
    ("\u{1B}[31m\u{9B}0m\u{7F}\u{0}", "\u{FFFD}[31m\u{FFFD}0m\u{FFFD}\u{FFFD}"),
    ("\u{2028}\u{202E}\u{2066}", "\u{FFFD}\u{FFFD}\u{FFFD}"),
  ])
  func shown(text: String, expected: String) { #expect(Array(text.shown.utf8) == Array(expected.utf8)) }
}
