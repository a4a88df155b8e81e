import Testing

@testable import JSONEvents

/// Tokens beyond `JSONLimits.tokenLength`, and what they cost.
@Suite struct LongTokenTests {
  static let limit = JSONLimits.tokenLength

  static func string(length: Int) -> [UInt8] {
    [UInt8(ascii: "\"")] + [UInt8](repeating: UInt8(ascii: "a"), count: length - 2) + [UInt8(ascii: "\"")]
  }

  /// The limit is exact and does not depend on cuts, for values, keys and numbers.
  @Test func limitIsTheSameCutOrWhole() {
    for length in [limitLength(-1), limitLength(0), limitLength(1)] {
      let digits = [UInt8](repeating: UInt8(ascii: "7"), count: length)
      let text =
        Array("[".utf8) + Self.string(length: length) + Array(",".utf8) + digits + Array(",{".utf8)
        + Self.string(length: length) + Array(":1}]".utf8)
      let whole = parsed(text, cuts: [])
      let isOversized = length > Self.limit
      #expect(whole.isValid)
      #expect(whole.events.count == 8)
      #expect(whole.events[1].hasPrefix("oversized string, key false 1..<") == isOversized)
      #expect(whole.events[2].hasPrefix("oversized number ") == isOversized)
      #expect(whole.events[4].hasPrefix("oversized string, key true ") == isOversized)
      for cuts in [[2], [length], [length / 2, length * 3 / 2, length * 5 / 2]] {
        #expect(parsed(text, cuts: cuts) == whole)
      }
    }
  }

  private func limitLength(_ more: Int) -> Int { Self.limit + more }

  /// A long token is still validated: its fault is found wherever it is, escapes and UTF-8 across cuts too.
  @Test func longTokensAreValidated() {
    let body = Self.string(length: Self.limit + 70_000)
    let faults: [(bytes: [UInt8], offset: Int)] = [
      (Array("\n".utf8), 0), (Array("\\x".utf8), 1), (Array("\\u12g4".utf8), 4), ([0x01], 0),
      ([0xC3, 0x28], 0),
      ([0xED, 0xA0, 0x80], 0), ([0xFF], 0),
    ]
    // In one chunk, and with a cut behind each of its first bytes.
    let cut = Self.limit + 65536
    for (bad, offset) in faults {
      for place in [Self.limit + 100, cut - 1, cut - 2, cut - 3, cut - 4] {
        var bytes = Array("[".utf8) + body + Array("]".utf8)
        bytes.replaceSubrange(place..<place + bad.count, with: bad)
        #expect(!parsed(bytes, cuts: evenCuts(bytes.count, size: 65536)).isValid)
        #expect(!validates(bytes, cuts: evenCuts(bytes.count, size: 65536)))
        #expect(fault(of: bytes, cuts: evenCuts(bytes.count, size: 65536))?.offset == place + offset)
      }
    }
    let number = Array("[1".utf8) + [UInt8](repeating: UInt8(ascii: "0"), count: Self.limit)
    for (end, isValid) in [
      ("]", true), (".5]", true), (".]", false), ("e]", false), ("e+5]", true), ("-]", false),
    ] {
      let bytes = number + Array(end.utf8)
      for cuts in [[], [500], evenCuts(bytes.count, size: 65536)] {
        #expect(parsed(bytes, cuts: cuts).isValid == isValid)
        #expect(validates(bytes, cuts: cuts) == isValid)
      }
    }
  }

  /// A string of 64 MB in chunks of 64 KB costs linear time: yajl sees its first piece and a quote.
  @Test func hugeStringIsLinear() throws {
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 65536)
    var parser = JSONPushParser(EventLog())
    var validator = JSONValidator()
    var offset = 0
    func feed(_ bytes: [UInt8]) throws {
      try parser.feed(bytes.span, at: offset)
      try validator.feed(bytes.span, at: offset)
      offset += bytes.count
    }
    try feed(Array("[1,\"".utf8))
    for _ in 0..<1024 { try feed(chunk) }
    try feed(Array("\\n\",2]".utf8))
    try parser.endOfInput()
    try validator.endOfInput()
    #expect(parser.handler.lines[2] == "oversized string, key false 3..<\(4 + 1024 * 65536 + 3)")
    #expect(parser.handler.lines.count == 5)
    #expect(parser.bytesGivenToYajl < 100)
    #expect(validator.bytesGivenToYajl < 100)
  }

  /// yajl is given about as many bytes as the input has, however small the chunks are.
  @Test func yajlSeesEachByteOnce() throws {
    let text =
      Array("[".utf8) + Array(repeating: Self.string(length: 300) + [0x2C], count: 20).joined()
      + Array("12345]".utf8)
    for size in [1, 2, 7, 64, 1000] {
      var parser = JSONPushParser(EventLog())
      for start in stride(from: 0, to: text.count, by: size) {
        try parser.feed(text.span.extracting(start..<min(text.count, start + size)), at: start)
      }
      try parser.endOfInput()
      #expect(parser.bytesGivenToYajl <= text.count + 100)
      #expect(parser.handler.lines.count == 23)
    }
  }
}
