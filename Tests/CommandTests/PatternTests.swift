// The comparer compared: a matcher that says yes to everything would make every other test here worthless.

import Testing

@Suite struct PatternTests {
  /// Without a placeholder a pattern is the text itself.
  @Test func literal() {
    #expect(matches("a\nb\n", pattern: "a\nb\n"))
    #expect(!matches("a\nb\n", pattern: "a\nb"))
    #expect(!matches("a", pattern: "b"))
    #expect(matches("", pattern: ""))
    #expect(!matches("sluice: error: x", pattern: ""))
  }

  /// A placeholder stands for any text, but within one line.
  @Test func placeholder() {
    #expect(matches("byte 5: odd\n  hint: look\n", pattern: "byte 5: <...>\n  hint: <...>\n"))
    #expect(!matches("byte 6: odd\n  hint: look\n", pattern: "byte 5: <...>\n  hint: <...>\n"))
    #expect(!matches("byte 5: odd\n", pattern: "byte 5: <...>\n  hint: <...>\n"))
    #expect(matches("an issue export here", pattern: "<...>issue export<...>"))
    #expect(!matches("an issue", pattern: "<...>issue export<...>"))
    #expect(!matches("a\nb", pattern: "<...>"))
    #expect(!matches("ab", pattern: "ab<...>b"))
  }

  /// Warnings and their hints go, errors and theirs stay.
  @Test func warnings() {
    let text = "sluice: warning: w\n  hint: h\nsluice: error: e\n  hint: i\n"
    #expect(withoutWarnings(text) == "sluice: error: e\n  hint: i\n")
    #expect(withoutWarnings("") == "")
  }
}
