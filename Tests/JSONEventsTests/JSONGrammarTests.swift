import Testing

@testable import JSONEvents

@Suite struct JSONGrammarTests {
  /// Messages are plain words that name the byte and the place.
  @Test(arguments: [
    (#"{"a":}"#, #"byte 5: unexpected character "}" where a value should be"#),
    ("[\"a\n\"]", "byte 3: control character 0x0A in a string"),
    ("[1", #"byte 2: the input ends where "," or "]" should be"#),
    ("[1.", "byte 3: the input ends inside a number"),
    ("[01]", #"byte 2: unexpected character "1" in a number"#),
    ("[tru}", #"byte 4: unexpected character "}" where "true", "false" or "null" has begun"#),
    (#"["\x"]"#, "byte 3: a backslash escape that JSON does not have"),
    ("[] ]", #"byte 3: unexpected character "]" after the end of the value"#),
    ("", "byte 0: the input ends where a value should be"),
    ("[\u{0C}1]", #"byte 1: unexpected character 0x0C where a value or "]" should be"#),
    (#"{"a"""#, #"byte 4: unexpected character '"' where ":" should be"#),
  ])
  func messagesArePlain(text: String, expected: String) {
    #expect(fault(of: Array(text.utf8))?.description == expected)
  }

  /// Depth counts the outermost container as 1 and names the bracket that is too much.
  @Test(arguments: [1, 2, 63, 64, 65, 128, 512]) func depthIsBounded(limit: Int) {
    for open in ["[", #"{"a":"#] {
      let close = open == "[" ? "]" : "}"
      func nested(_ depth: Int) -> [UInt8] {
        let inside = open == "[" ? "[]" : "{}"
        return Array(
          (String(repeating: open, count: depth - 1) + inside + String(repeating: close, count: depth - 1))
            .utf8)
      }
      var fits = JSONGrammar(maxDepth: limit)
      #expect(fits.consume(nested(limit).span) == nil)
      #expect(fits.finish() == nil)
      var deeper = JSONGrammar(maxDepth: limit)
      #expect(deeper.consume(nested(limit + 1).span)?.offset == limit * open.utf8.count)
      #expect(parsed(nested(limit), cuts: [], maxDepth: limit).isValid)
      #expect(!parsed(nested(limit + 1), cuts: [], maxDepth: limit).isValid)
    }
  }

  /// Containers of both kinds keep their order beyond one word of the bit stack.
  @Test func bitStackKeepsKinds() {
    var random = SplitMix64(state: 5)
    for _ in 0..<50 {
      let kinds = (0..<Int.random(in: 60...200, using: &random)).map { _ in Bool.random(using: &random) }
      let text = kinds.map { $0 ? #"{"k":"# : "[" }.joined() + "0"
      let good = text + kinds.reversed().map { $0 ? "}" : "]" }.joined()
      #expect(fault(of: Array(good.utf8)) == nil)
      var wrong = kinds
      wrong[Int.random(in: 0..<kinds.count, using: &random)].toggle()
      let bad = text + wrong.reversed().map { $0 ? "}" : "]" }.joined()
      #expect(fault(of: Array(bad.utf8)) != nil)
    }
  }

  /// Faults are counted from the offset given, and stay.
  @Test func offsetsAreAbsolute() {
    var grammar = JSONGrammar(startingAt: 1000)
    #expect(grammar.consume(Array("[1,".utf8).span) == nil)
    let found = grammar.consume(Array("2,]".utf8).span)
    #expect(found?.offset == 1005)
    #expect(grammar.consume(Array("[]".utf8).span) == found)
    #expect(grammar.finish() == found)
  }

  /// Several values may follow one another in any way that leaves no doubt where one ends; none is fine too.
  @Test(arguments: [
    ("", 0), (" \n", 0), ("{}{}", 2), ("{}\n[1] 2 \"x\"", 4), ("truefalse", 2), ("1 2", 2), ("1-2", 2),
    ("01", 2),
  ])
  func severalValues(text: String, count: Int) {
    var grammar = JSONGrammar(mode: .severalValues)
    #expect(grammar.consume(Array(text.utf8).span) == nil)
    #expect(grammar.finish() == nil)
    #expect(grammar.completedDocuments == count)
  }
}
