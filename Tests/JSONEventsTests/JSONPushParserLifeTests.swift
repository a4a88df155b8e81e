import Testing

@testable import JSONEvents

/// What surrounds the events: offsets that jump, many documents with one handle, rejections.
@Suite struct JSONPushParserLifeTests {
  /// The inside of a container may be left out: later offsets are still those of the input.
  @Test func offsetsMayJump() throws {
    let text = Array(#"{"a":[1,{"x":[2]}],"b":3}"#.utf8)
    var parser = JSONPushParser(EventLog())
    try parser.feed(text.span.extracting(0..<6), at: 0)
    try parser.feed(text.span.extracting(17...), at: 17)
    try parser.endOfInput()
    #expect(
      parser.handler.lines == [
        "{ 0", "key a raw \"a\" false 1..<4", "[ 5", "] 17", "key b raw \"b\" false 19..<22",
        "number 3 23..<24", "} 24",
      ])
  }

  /// One handle reads many documents, each held to its own end, and tells when one is complete.
  @Test func manyDocumentsWithOneHandle() throws {
    var parser = JSONPushParser(EventLog(), allowsMultipleValues: true)
    try parser.endOfInput()
    for round in 1...100 {
      let text = Array(#"{"n":[1,"x"]}"#.utf8)
      try parser.feed(text.span.extracting(0..<7), at: round * 100)
      #expect(parser.depth == 2)
      #expect(parser.completedDocuments == round - 1)
      try parser.feed(text.span.extracting(7...), at: round * 100 + 7)
      #expect(parser.depth == 0)
      #expect(parser.completedDocuments == round)
      try parser.endOfInput()
    }
    #expect(parser.handler.lines.last == "} 10012")
    #expect(parser.handler.lines.count == 700)
  }

  /// A document that is not whole is no document, even behind a whole one: yajl alone lets `{} "a` pass.
  @Test(arguments: ["{} \"a", "{} tru", "{} [", "{} -", "1 \"\\"]) func lastValueMustBeWhole(text: String) {
    for cuts in [[], evenCuts(text.utf8.count, size: 1)] {
      #expect(!parsed(Array(text.utf8), cuts: cuts, several: true).isValid)
      #expect(!parsed(Array(text.utf8), cuts: cuts).isValid)
      #expect(!validates(Array(text.utf8), cuts: cuts, several: true))
    }
  }

  /// A rejection says so again and again, until a reset.
  @Test func rejectionStays() throws {
    var validator = JSONValidator()
    for _ in 0..<2 {
      #expect(throws: JSONRejection.self) { try validator.feed(Array("[1,]".utf8).span, at: 0) }
    }
    #expect(throws: JSONRejection.self) { try validator.endOfInput() }
    validator.reset()
    try validator.feed(Array("[1]".utf8).span, at: 0)
    try validator.endOfInput()
  }
}
