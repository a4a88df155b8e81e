import ByteScan
import Testing

@Suite struct ScanPiecesTests {
  /// Walking from bracket to bracket finds the brackets of the whole, in order, each with its
  /// depth, although each call begins at another offset of the same bytes.
  @Test(arguments: ScanKernel.available)
  func bracketByBracket(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<40 {
      let text = HardText.random(.random(in: 0...600, using: &generator), using: &generator)
      let start = HardText.state(using: &generator)
      let oracle = ScanOracle(text, from: start)
      let expected = text.indices.filter { oracle.states[$0 + 1].depth != oracle.states[$0].depth }

      var (state, offset, found) = (start, 0, [Int]())
      while let bracket = kernel.nextBracket(in: text.span, from: offset, state: &state) {
        #expect(state == oracle.states[bracket + 1])
        found.append(bracket)
        offset = bracket + 1
      }
      #expect(found == expected)
      #expect(state == oracle.end)
    }
  }

  /// A skip that is cut into pieces anywhere ends at the same bracket in the same state.
  @Test(arguments: ScanKernel.available)
  func skipInPieces(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 4)
    for _ in 0..<300 {
      let text = HardText.random(.random(in: 0...400, using: &generator), using: &generator)
      let start = HardText.state(using: &generator)
      let target = Int.random(in: -6...3, using: &generator)
      let expected = ScanOracle(text, from: start).firstBracket { $0 < 0 && $1 <= target }

      var (state, offset) = (start, 0)
      var found: Int?
      for end in cuts(of: text.count, using: &generator) where found == nil {
        let piece = text.span.extracting(offset..<end)
        found = kernel.skip(toDepth: target, in: piece, from: 0, state: &state).map { offset + $0 }
        offset = end
      }
      #expect((found, state) == expected, "\(text) from \(start), target \(target)")
    }
  }

  /// Minifying pieces gives the bytes of minifying the whole.
  @Test(arguments: ScanKernel.available)
  func minifyInPieces(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<300 {
      let text = HardText.random(.random(in: 0...400, using: &generator), using: &generator)
      let start = HardText.state(using: &generator)
      let expected = ScanOracle(text, from: start).minified

      var (state, offset, kept) = (start, 0, [UInt8]())
      var foreign: Int?
      for end in cuts(of: text.count, using: &generator) {
        let piece = kernel.minified(text.span.extracting(offset..<end), state: &state)
        kept += piece.kept
        foreign = foreign ?? piece.foreign.map { offset + $0 }
        offset = end
      }
      #expect(kept == expected.kept)
      #expect(foreign == expected.foreign)
    }
  }

  /// What has been minified is left as it is by doing so again, and its structure is that of
  /// the original.
  @Test(arguments: ScanKernel.available)
  func minifyTwice(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 6)
    for _ in 0..<300 {
      let text = HardText.random(.random(in: 0...400, using: &generator), using: &generator)
      let start = HardText.state(using: &generator)
      var state = start
      let once = kernel.minified(text.span, state: &state)
      state = start
      let twice = kernel.minified(once.kept.span, state: &state)
      #expect(twice.kept == once.kept, "\(text) from \(start)")
      #expect(ScanOracle(once.kept, from: start).end == ScanOracle(text, from: start).end)
    }
  }

  /// Documents come out as people expect, by eye.
  @Test(arguments: ScanKernel.available)
  func minifyByExample(kernel: ScanKernel) {
    let pretty = "{\r\n\t\"a b\" : [ 1 , 2.50e+1 ],\n    \"\\\" x\" : { } ,\n  \"é\": null\n}\n"
    var state = ScanState()
    let minified = kernel.minified(Array(pretty.utf8).span, state: &state)
    #expect(
      String(decoding: minified.kept, as: UTF8.self) == "{\"a b\":[1,2.50e+1],\"\\\" x\":{},\"é\":null}")
    #expect(minified.foreign == nil)
    #expect(state == ScanState())
  }

  /// Ends of random pieces of `count` bytes, empty pieces among them; the last is `count`.
  private func cuts(of count: Int, using generator: inout SplitMix64) -> [Int] {
    let inner = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
      Int.random(in: 0...count, using: &generator)
    }
    return inner.sorted() + [count]
  }
}
