// What comes behind a malformed element is often malformed too, and starting an engine for each would read
// its blocks for each. So the run first goes on by itself, element by element, until some have been well.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Something malformed where a cursor stands.
enum Malformation {
  /// An element.
  case element(ElementFault, Framing)
  /// A byte that cannot stand there.
  case misplaced(UnexpectedByte)
}

/// Reads elements one by one, on the thread of the run.
final class ElementStepper {
  /// Why it stopped.
  enum Stop {
    /// The next element is malformed; the cursor stands at its first byte.
    case malformed(Malformation)
    /// It is the engine's turn.
    case engine(EngineStart)
    /// The recorder has said stop.
    case interrupted
  }

  /// How many bytes must be well before the engine starts again.
  private static let enough = 16 << 10

  private let plan: RunPlan
  private let pool: BlockPool
  private let recorder: Recorder
  private let processor: AssetProcessor

  init(plan: RunPlan, pool: BlockPool, limit: Int, recorder: Recorder) {
    self.plan = plan
    self.pool = pool
    self.recorder = recorder
    processor = AssetProcessor(plan, pool: pool, limit: limit)
  }

  /// Reads on from `cursor`, which stands in `gap`.
  func read(_ cursor: inout BlockCursor, from gap: Gap) throws -> Stop {
    var gap = gap
    let end = cursor.offset + Self.enough
    // An element is told within the block that the cursor is in, or left to the engine.
    while cursor.offset < end, try cursor.load(), let block = cursor.block {
      switch block.withBytes({ gap.advance(in: $0, from: cursor.index) }) {
      case .exhausted:
        let mark = gap.markBytes
        cursor.advance(by: block.count - cursor.index - mark)
        // A byte order mark that is cut is left to the engine.
        if mark > 0 { return .engine(EngineStart(offset: cursor.offset, gap: .sequence, line: cursor.line)) }
      case .unexpected(let index):
        cursor.advance(by: index - cursor.index)
        let byte = block.withBytes { $0[index] }
        return .malformed(
          .misplaced(UnexpectedByte(offset: cursor.offset, byte: byte, gap: gap, line: cursor.line)))
      case .object(let index):
        cursor.advance(by: index - cursor.index)
        let framing = gap.framing
        switch look(at: index, framing, in: block) {
        case .cut: return .engine(EngineStart(offset: cursor.offset, gap: gap, line: cursor.line))
        case .broken(let fault):
          let line = anchor(of: fault.offset, in: block, cursor)
          return .malformed(.element(ElementFault(fault, line: line), framing))
        case .closed(let end):
          if let stop = record(index..<end, framing, of: block, cursor) { return stop }
          cursor.advance(by: end - index)
          gap = .after(framing)
        }
      }
    }
    return .engine(EngineStart(offset: cursor.offset, gap: gap, line: cursor.line))
  }

  private enum Look {
    /// Its brackets close before this index.
    case closed(Int)
    /// It is no JSON, and holds a line that starts as a record does.
    case broken(JSONFault)
    /// The block does not tell.
    case cut
  }

  private func look(at start: Int, _ framing: Framing, in block: Block) -> Look {
    block.withBytes { bytes in
      var state = ScanState(depth: framing.baseDepth)
      var grammar = JSONGrammar(maxDepth: plan.maxDepth, startingAt: block.offset + start)
      var lines = RecordLines(kernel: plan.kernel)
      var index = start
      var judged = start
      while true {
        let line = framing == .sequence ? lines.next(in: bytes, from: index) : nil
        let stretch = bytes.extracting(0..<(line ?? bytes.count))
        if let close = plan.kernel.skip(toDepth: framing.baseDepth, in: stretch, from: index, state: &state) {
          return .closed(close + 1)
        }
        guard let line else { return .cut }
        if let fault = grammar.consume(bytes.extracting(judged..<line + 1)) { return .broken(fault) }
        judged = line + 1
        index = line
      }
    }
  }

  private func anchor(of offset: Int, in block: Block, _ cursor: BlockCursor) -> LineAnchor {
    LineFinder(kernel: plan.kernel).anchor(
      at: offset, in: element(cursor.index..<block.count, .sequence, of: block, cursor))
  }

  private func element(
    _ range: Range<Int>, _ framing: Framing, of block: Block, _ cursor: BlockCursor
  ) -> Element {
    var extent = Extent(from: block.offset + range.lowerBound)
    extent.append(Segment(block, range))
    return Element(extent: extent, framing: framing, line: cursor.line, lineOffset: extent.start)
  }

  private func record(
    _ range: Range<Int>, _ framing: Framing, of block: Block, _ cursor: BlockCursor
  ) -> Stop? {
    let element = element(range, framing, of: block, cursor)
    var (outcome, rest) = processor.process(element, arena: Arena(pool))
    var batch = AssetBatch(endsAtRow: plan.options.mayEndAtAnyRow)
    batch.append(outcome, isUnfinished: rest != nil)
    var verdict = recorder.receive(.assets(batch))
    while verdict == .goOn, let left = rest {
      (batch, rest) = processor.process(left, arena: Arena(pool))
      verdict = recorder.receive(.assets(batch))
    }
    guard verdict == .stop else { return nil }
    guard case .malformed(let element) = recorder.interruption else { return .interrupted }
    recorder.resume()
    return .malformed(.element(element.fault, element.framing))
  }
}
