// Blocks cut anywhere, summarized without knowing their start, stitched and framed, must give the elements that
// one walk over the whole gives, and the same first byte that cannot stand where it stands.

import ByteScan
import Sharding
import Testing

@Suite struct ShardingFuzzTests {
  /// Elements do not depend on the cuts.
  @Test func cuts() {
    FuzzBudget.spend("sharding", count: 1500) { random in
      let text = KernelCase.text(&random)
      let framing = random.oneIn(2) ? Framing.array : .sequence
      let kernel = random.pick(ScanKernel.available)
      let cuts = random.oneIn(2) ? random.cuts(of: text.count) : evenCuts(text.count, &random)
      let differs = { (bytes: [UInt8]) in
        let cuts = cuts.filter { $0 <= bytes.count }
        return Framed(cut: bytes, at: cuts, framing, kernel) != Framed(whole: bytes, framing)
      }
      guard differs(text) else { return nil }
      let small = Shrinker.shrink(text, differs)
      return "\(framing), \(kernel), cuts \(cuts.filter { $0 <= small.count }): \(Shrinker.literal(small))"
    }
  }

  private func evenCuts(_ count: Int, _ random: inout SplitMix64) -> [Int] {
    Array(stride(from: 0, to: count, by: Int.random(in: 1...100, using: &random)))
  }
}

/// What became of a text.
struct Framed: Equatable {
  private(set) var elements: [Range<Int>] = []
  /// The element that never ends.
  private(set) var open: Int?
  /// The first byte that cannot stand between elements.
  private(set) var anomaly: Int?
  /// The gap at the end, unless an element is open.
  private(set) var gap: Gap?
  /// Where the last line starts, counted over all bytes.
  private(set) var line: LineAnchor?

  /// Walks over the whole text with the portable kernel.
  init(whole bytes: [UInt8], _ framing: Framing) {
    walk(bytes, framing)
    if anomaly == nil { countLines(bytes) }
  }

  private mutating func walk(_ bytes: [UInt8], _ framing: Framing) {
    var gap = framing == .array ? Gap.beforeFirst : .sequence
    var index = 0
    while true {
      switch gap.advance(in: bytes.span, from: index) {
      case .exhausted:
        self.gap = gap
        return
      case .unexpected(let index):
        anomaly = index
        return
      case .object(let start):
        var state = ScanState(depth: framing.baseDepth)
        let base = framing.baseDepth
        guard let end = ScanKernel.portable.skip(toDepth: base, in: bytes.span, from: start, state: &state)
        else {
          open = start
          return
        }
        elements.append(start..<end + 1)
        index = end + 1
        gap = .after(framing)
      }
    }
  }

  private mutating func countLines(_ bytes: [UInt8]) {
    let newlines = bytes.indices.filter { bytes[$0] == 0x0A }
    line = LineAnchor(line: 1 + newlines.count, start: newlines.last.map { $0 + 1 } ?? 0)
  }

  /// Frames the pieces that `cuts` (ascending) makes.
  init(cut bytes: [UInt8], at cuts: [Int], _ framing: Framing, _ kernel: ScanKernel) {
    let start = BlockStart(state: ScanState(depth: framing.baseDepth), line: LineAnchor())
    var stitcher = Stitcher(at: start)
    gap = framing == .array ? .beforeFirst : .sequence
    var lower = 0
    for upper in cuts + [bytes.count] where anomaly == nil && upper > lower {
      let block = bytes.span.extracting(lower..<upper)
      let summary = kernel.summarize(block, startsEscaped: stitcher.next.state.escaped)
      let start = stitcher.append(summary, at: lower)
      add(Framer(framing, kernel: kernel).frames(in: block, from: start.state), of: block, at: lower, framing)
      lower = upper
    }
    if anomaly == nil { line = stitcher.next.line }
  }

  private mutating func add(
    _ frames: BlockFrames, of block: Span<UInt8>, at offset: Int, _ framing: Framing
  ) {
    if let head = frames.headEnd, let start = open {
      elements.append(start..<offset + head)
      open = nil
      gap = .after(framing)
    }
    if let head = frames.headGap, var reached = gap {
      let step = reached.advance(in: block, from: head.lowerBound)
      if case .unexpected(let index) = step {
        anomaly = offset + index
        gap = nil
        return
      }
      // What the framer takes for the first element must be what the gap leads to.
      precondition(step == (head.upperBound == block.count ? .exhausted : .object(head.upperBound)))
      gap = reached
    }
    elements += frames.elements.map { $0.lowerBound + offset..<$0.upperBound + offset }
    if let tail = frames.tailStart { open = offset + tail }
    if let end = frames.endGap { gap = end }
    if let found = frames.anomaly { anomaly = offset + found.index }
    if open != nil || anomaly != nil { gap = nil }
  }
}
