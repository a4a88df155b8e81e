import ByteScan
import Testing

@Suite struct BlockSummaryTests {
  /// Joining the summaries of pieces gives the summary of the whole, for any pieces.
  @Test(arguments: ScanKernel.available)
  func joinedPieces(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<200 {
      let text = HardText.random(.random(in: 0...500, using: &generator), using: &generator)
      let escaped = Bool.random(using: &generator)
      let stride = Int.random(in: 1...150, using: &generator)
      let pieces = kernel.summaries(of: text.span, startsEscaped: escaped, every: stride)
      #expect(pieces.count == max(1, (text.count + stride - 1) / stride))
      #expect(
        BlockSummary.joined(pieces, stride: stride) == ScanOracle.summary(of: text, startsEscaped: escaped))

      let nothing: [UInt8] = []
      var whole = kernel.summarize(nothing.span, startsEscaped: escaped)
      var length = 0
      for piece in pieces {
        whole = .joined(whole, piece, firstLength: length)
        length = min(length + stride, text.count)
      }
      #expect(whole == ScanOracle.summary(of: text, startsEscaped: escaped))
    }
  }

  /// A summary moves a state just as scanning the bytes would.
  @Test(arguments: ScanKernel.available)
  func advancesAState(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 8)
    for _ in 0..<200 {
      let text = HardText.random(.random(in: 0...200, using: &generator), using: &generator)
      let start = HardText.state(using: &generator)
      var state = start
      kernel.summarize(text.span, startsEscaped: start.escaped).advance(&state)
      #expect(state == ScanOracle(text, from: start).end)
    }
  }

  /// The lowest depth is exact even when many blocks lie between the low points, and in both
  /// starts: `]` and `[` alternate outside, and inside strings by the other reading.
  @Test(arguments: ScanKernel.available)
  func lowestDepthFarFromTheStart(kernel: ScanKernel) {
    for gap in [0, 1, 62, 63, 64, 200, 1000] {
      let calm = String(repeating: "a", count: gap)
      let text = Array("[[\(calm)]]]\(calm)[[[\(calm)]]]]\(calm)[\"]]]]]\(calm)\"".utf8)
      let summary = kernel.summarize(text.span, startsEscaped: false)
      #expect(summary.outside == .init(depthChange: -1, lowestDepth: -2, endsInString: false))
      #expect(summary.inside == .init(depthChange: -5, lowestDepth: -5, endsInString: true))
    }
  }
}
