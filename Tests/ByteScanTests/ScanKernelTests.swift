import ByteScan
import Testing

@Suite struct ScanKernelTests {
  /// Portable is on every machine, and the best one is among those that run.
  @Test func everyMachineHasAKernel() {
    #expect(ScanKernel.available.contains(.portable))
    #expect(ScanKernel.available.contains(.best))
    #expect(ScanKernel(rawValue: "avx2") == .avx2)
  }

  /// A kernel this machine lacks gives the right answers all the same.
  @Test func absentKernelsAreReplaced() {
    for kernel in ScanKernel.allCases {
      #expect(kernel.countNewlines(in: Array("a\nb\n".utf8).span) == 2)
    }
  }

  /// What would make C leave the bytes stops the process instead, in release builds too.
  @Test func misuseStops() async {
    await #expect(processExitsWith: .failure) {
      var state = ScanState()
      _ = ScanKernel.best.skip(toDepth: 0, in: Array("[]".utf8).span, from: 3, state: &state)
    }
    await #expect(processExitsWith: .failure) {
      var state = ScanState()
      _ = ScanKernel.best.nextBracket(in: Array("[]".utf8).span, from: -1, state: &state)
    }
    await #expect(processExitsWith: .failure) {
      var state = ScanState()
      var room: [UInt8] = [0]
      unsafe room.withUnsafeMutableBytes { room in
        _ = unsafe ScanKernel.best.minify(Array("[]".utf8).span, into: room, state: &state)
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = ScanKernel.best.summaries(of: Array("[]".utf8).span, startsEscaped: false, every: 0)
    }
  }

  /// Every kernel says what the oracle says, wherever the bytes lie, however many there are and
  /// whatever stands around them.
  @Test(arguments: ScanKernel.available)
  func everyOffsetAndLength(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 1)
    for length in 0...200 {
      for offset in 0...63 {
        let text = HardText.random(length, using: &generator)
        let memory =
          HardText.surroundings(offset, using: &generator) + text
          + HardText.surroundings(70, using: &generator)
        check(
          kernel, memory.span.extracting(offset..<offset + length), holding: text,
          from: HardText.state(using: &generator), target: .random(in: -3...4, using: &generator))
      }
    }
  }

  /// Runs of backslashes of any length escape rightly across the borders of 64 bytes, the end
  /// and the start, also when the byte behind them is a quote, a bracket or white space.
  @Test(arguments: ScanKernel.available)
  func runsOfBackslashes(kernel: ScanKernel) {
    for (index, last) in "\"[} a".utf8.enumerated() {
      for start in 52...68 {
        for run in stride(from: index % 2, to: 80, by: run(step: start)) {
          var text = [UInt8](repeating: UInt8(ascii: "["), count: start)
          text += [UInt8](repeating: UInt8(ascii: "\\"), count: run) + [last] + Array("]\"[ ]".utf8)
          for state in [ScanState(), ScanState(inString: true), ScanState(escaped: true)] {
            check(kernel, text.span, holding: text, from: state, target: start - 2)
          }
        }
      }
    }

    func run(step start: Int) -> Int { (60...66).contains(start) ? 1 : 3 }
  }

  /// Longer texts, so that a fault which needs several blocks to show is seen.
  @Test(arguments: ScanKernel.available)
  func longTexts(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 2)
    for _ in 0..<60 {
      let text = HardText.random(.random(in: 500...3000, using: &generator), using: &generator)
      check(
        kernel, text.span, holding: text, from: HardText.state(using: &generator),
        target: .random(in: -20...4, using: &generator))
    }
  }

  private func check(
    _ kernel: ScanKernel, _ bytes: Span<UInt8>, holding text: [UInt8], from start: ScanState, target: Int
  ) {
    let oracle = ScanOracle(text, from: start)
    func note() -> Comment { "\(kernel) on \(text) from \(start), target \(target)" }

    let summary = kernel.summarize(bytes, startsEscaped: start.escaped)
    #expect(summary == ScanOracle.summary(of: text, startsEscaped: start.escaped), note())

    var state = start
    let closing = kernel.skip(toDepth: target, in: bytes, from: 0, state: &state)
    #expect((closing, state) == oracle.firstBracket { $0 < 0 && $1 <= target }, note())

    state = start
    let bracket = kernel.nextBracket(in: bytes, from: 0, state: &state)
    #expect((bracket, state) == oracle.firstBracket { _, _ in true }, note())

    state = start
    let minified = kernel.minified(bytes, state: &state)
    #expect(minified.kept == oracle.minified.kept, note())
    #expect(minified.foreign == oracle.minified.foreign, note())
    #expect(
      state == ScanState(inString: oracle.end.inString, escaped: oracle.end.escaped, depth: start.depth),
      note())

    #expect(kernel.countNewlines(in: bytes) == text.count { $0 == 0x0A }, note())
    #expect(kernel.firstNonASCII(in: bytes) == text.firstIndex { $0 >= 0x80 }, note())
  }
}
