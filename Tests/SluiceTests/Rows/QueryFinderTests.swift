import Testing

@testable import Sluice

@Suite struct QueryFinderTests {
  /// The first question mark counts, plain or as an escape, and nothing that only looks like one; the answer
  /// does not depend on where the token is cut.
  @Test(
    arguments: [
      (#""https://e.com/a?b?c""#, 16), (#""a\u003fb""#, 2), (#""a\u003Fb?""#, 2), (#""a\\u003fb""#, nil),
      (#""a\\\u003fb""#, 4), (#""a\/?""#, 4), (#""a\u003eb""#, nil), (#""\u003f""#, 1), (#""?""#, 1),
      (#""""#, nil),
      (#""a\"?""#, 4), (#""\u003e?""#, 7), (#""\u0013f?""#, 8), (#""\u103f?""#, 7),
    ] as [(String, Int?)])
  func queries(token: String, expected: Int?) {
    let bytes = Array(token.utf8)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var finder = QueryFinder()
        for range in [0..<first, first..<second, second..<bytes.count] {
          finder.consume(bytes.span.extracting(range), at: 100 + range.lowerBound)
        }
        #expect(finder.found == expected.map { $0 + 100 }, "cut at \(first) and \(second)")
      }
    }
  }
}
