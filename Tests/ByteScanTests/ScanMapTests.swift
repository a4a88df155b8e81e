import ByteScan
import Testing

@Suite struct ScanMapTests {
  /// A walk along a map ends where one over every byte ends, in the same state, for any stretches, any part of
  /// the block, and depths counted from anywhere.
  @Test(arguments: ScanKernel.available)
  func sameAsWithout(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 11)
    var closes = 0
    for _ in 0..<2000 {
      let text = HardText.random(.random(in: 1...900, using: &generator), using: &generator)
      let start = HardText.state(using: &generator)
      let stride = Int.random(in: 1...40, using: &generator)
      let summaries = kernel.summaries(of: text.span, startsEscaped: start.escaped, every: stride)
      let map = ScanMap(summaries, stride: stride, from: start, at: 1000)

      let lower = Int.random(in: 0..<text.count, using: &generator)
      let upper = Int.random(in: lower + 1...text.count, using: &generator)
      let from = Int.random(in: 0...(upper - lower), using: &generator)
      let before = Array(text[..<(lower + from)])
      var expected = ScanOracle(before, from: start).end
      expected.depth += Int.random(in: -5...5, using: &generator)
      var found = expected
      let target = expected.depth - Int.random(in: 0...4, using: &generator)

      let part = text.span.extracting(lower..<upper)
      let close = kernel.skip(toDepth: target, in: part, from: from, state: &expected)
      #expect(
        kernel.skip(toDepth: target, in: part, from: from, state: &found, along: map, at: 1000 + lower)
          == close)
      #expect(found == expected)
      if close != nil { closes += 1 }
    }
    #expect(closes > 300)
  }

  /// Stretches are short enough for small blocks to have some, and no longer than pays.
  @Test func strides() {
    #expect(ScanMap.stride(ofBlocks: 1 << 20) == 4096)
    #expect(ScanMap.stride(ofBlocks: 64 << 20) == 4096)
    #expect(ScanMap.stride(ofBlocks: 64 << 10) == 256)
    #expect(ScanMap.stride(ofBlocks: 1) == 16)
  }
}
