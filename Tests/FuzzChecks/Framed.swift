// A text cut into blocks that are summarized without knowing their start, stitched and framed; and the same
// text in one walk.

package import ByteScan
package import Sharding

/// What became of a text.
package struct Framed: Equatable {
  private(set) var elements: [Frame] = []
  /// The element that never ends, and how it stands.
  private(set) var open: Int?
  private(set) var openFraming: Framing?
  /// The first byte that cannot stand between elements.
  private(set) var anomaly: Int?
  /// The gap at the end, unless an element is open.
  private(set) var gap: Gap?
  /// Where the last line starts, counted over all bytes.
  private(set) var line: LineAnchor?
  /// What is wrong in itself.
  private(set) var fault: String?

  /// Walks over the whole text with the portable kernel.
  package init(whole bytes: [UInt8], _ framing: Framing) {
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
        let framing = gap.framing
        let base = framing.baseDepth
        var state = ScanState(depth: base)
        guard let end = ScanKernel.portable.skip(toDepth: base, in: bytes.span, from: start, state: &state)
        else {
          open = start
          openFraming = framing
          return
        }
        elements.append(Frame(start..<end + 1, framing))
        index = end + 1
        gap = .after(framing)
      }
    }
  }

  private mutating func countLines(_ bytes: [UInt8]) {
    let newlines = bytes.indices.filter { bytes[$0] == 0x0A }
    line = LineAnchor(line: 1 + newlines.count, start: newlines.last.map { $0 + 1 } ?? 0)
  }

  /// Frames the pieces that `cuts` (ascending) makes, with maps of them if `isMapped`.
  package init(
    cut bytes: [UInt8], at cuts: [Int], _ framing: Framing, _ kernel: ScanKernel, isMapped: Bool = false
  ) {
    let first = framing == .array ? Gap.beforeFirst : .sequence
    gap = first
    var stitcher = Stitcher(at: BlockStart(in: first, line: LineAnchor()))
    let framer = Framer(kernel: kernel)
    var lower = 0
    for upper in cuts + [bytes.count] where anomaly == nil && upper > lower {
      let block = bytes.span.extracting(lower..<upper)
      let stride = isMapped ? 16 : block.count
      let state = stitcher.next.state
      let summaries = kernel.summaries(of: block, startsEscaped: state.escaped, every: stride)
      let summary = BlockSummary.joined(summaries, stride: stride)
      let whole = ScanMap(summaries, stride: stride, from: state, at: lower)
      let start = stitcher.append(summary, at: lower) { kernel.lastOutermost(in: block, along: whole) }
      let map = isMapped ? whole : nil
      let frames = framer.frames(in: block, from: start, map: map)
      add(frames, of: block, at: lower, start.framing)
      let lowest = start.state.depth + summary.outcome(startsInString: start.state.inString).lowestDepth
      if lowest > start.framing.baseDepth {
        let cut = framer.frames(in: block, from: start, lowestDepth: lowest, map: map).cut
        if !frames.elements.isEmpty || frames.headEnd != nil || frames.tail != nil {
          fault = "an element ends in the block at \(lower), which is inside one"
        }
        if cut?.comma != Self.firstComma(in: block, from: start.state, depth: lowest) {
          fault = "not the first comma at depth \(lowest) of the block at \(lower)"
        }
      }
      lower = upper
    }
    if anomaly == nil { line = stitcher.next.line }
  }

  /// The first comma at a depth, a byte at a time.
  private static func firstComma(in block: Span<UInt8>, from start: ScanState, depth: Int) -> Int? {
    var state = start
    for index in block.indices {
      let byte = block[index]
      if byte == UInt8(ascii: ","), !state.escaped, !state.inString, state.depth == depth { return index }
      ScanKernel.portable.summarize(
        block.extracting(index..<index + 1), startsEscaped: state.escaped
      ).advance(&state)
    }
    return nil
  }

  private mutating func add(
    _ frames: BlockFrames, of block: Span<UInt8>, at offset: Int, _ framing: Framing
  ) {
    if let head = frames.headEnd, let start = open {
      if openFraming != framing {
        fault = "the block at \(offset) starts in an element that stands otherwise"
      }
      elements.append(Frame(start..<offset + head, framing))
      open = nil
      openFraming = nil
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
      if step != (head.upperBound == block.count ? .exhausted : .object(head.upperBound)) {
        fault = "the gap at \(offset) leads elsewhere"
      }
      gap = reached
    }
    elements += frames.elements.map {
      Frame($0.range.lowerBound + offset..<$0.range.upperBound + offset, $0.framing)
    }
    if let tail = frames.tail {
      open = offset + tail.start
      openFraming = tail.framing
    }
    if let end = frames.endGap { gap = end }
    if let found = frames.anomaly { anomaly = offset + found.index }
    if open != nil || anomaly != nil { gap = nil }
  }
}
