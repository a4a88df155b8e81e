// The reference engine: the whole input in memory, one thread, every byte through plain yajl events. No
// structural scan, no blocks, no skipping. The fast engine must deliver the same items.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Reads one input from one place on.
struct ReferenceEngine {
  let plan: RunPlan
  /// The whole input from the start on.
  let input: Block

  /// Reads to the end, or until the receiver says stop.
  func run(_ start: EngineStart, _ deliver: (EngineItem) -> Delivery) {
    var gap = start.gap
    var index = start.offset - input.offset
    while true {
      switch input.withBytes({ gap.advance(in: $0, from: index) }) {
      case .exhausted:
        _ = deliver(end(gap, start))
        return
      case .unexpected(let index):
        _ = deliver(anomaly(at: index, gap, start))
        return
      case .object(let objectStart):
        let outcome = read(from: objectStart, gap.framing, start.line)
        let batch = AssetBatch(endsAtRow: plan.options.mayEndAtAnyRow)
        batch.append(outcome)
        if deliver(.assets(batch)) == .stop || outcome.malformed != nil { return }
        index = outcome.range.upperBound - input.offset
        gap = .after(gap.framing)
      }
    }
  }

  private func end(_ gap: Gap, _ start: EngineStart) -> EngineItem {
    let end = input.offset + input.count
    let line = line(at: input.count, start)
    return UnexpectedByte(endOfInput: end, gap, line).map { .anomaly($0) } ?? .end(offset: end)
  }

  private func anomaly(at index: Int, _ gap: Gap, _ start: EngineStart) -> EngineItem {
    let byte = input.withBytes { $0[index] }
    return .anomaly(
      UnexpectedByte(offset: input.offset + index, byte: byte, gap: gap, line: line(at: index, start)))
  }

  private func line(at index: Int, _ start: EngineStart) -> LineAnchor {
    LineFinder(kernel: .portable).anchor(
      at: input.offset + index, in: element(0..<input.count, .sequence, start.line))
  }

  private func element(_ range: Range<Int>, _ framing: Framing, _ line: LineAnchor) -> Element {
    var extent = Extent(from: input.offset + range.lowerBound)
    extent.append(Segment(input, range))
    return Element(extent: extent, framing: framing, line: line)
  }

  private func read(from start: Int, _ framing: Framing, _ line: LineAnchor) -> AssetOutcome {
    let lines = LineFinder(kernel: .portable)
    let end = elementEnd(from: start)
    let element = element(start..<end, framing, line)
    var outcome = AssetOutcome(range: element.extent.start..<element.extent.end, line: line)
    guard let facts = readFacts(start..<end) else {
      let fault = FaultFinder(maxDepth: plan.maxDepth, lines: lines).find(in: element)
      outcome.malformed = Malformed(fault: fault, element: element)
      return outcome
    }
    outcome.facts = facts
    if facts.isIssue {
      outcome.line = lines.anchor(at: outcome.range.lowerBound, in: element)
      return outcome
    }
    if facts.isNoAsset {
      let line = lines.anchor(at: outcome.range.lowerBound, in: element)
      let fault = ElementFault(noAssetAt: outcome.range.lowerBound, line: line, end: outcome.range.upperBound)
      outcome.malformed = Malformed(fault: fault, element: element)
      return outcome
    }
    do {
      try outcome.facts.choose(plan.needs.selection.sample, at: outcome.range, in: element.extent)
    } catch {
      outcome.failure = error
      return outcome
    }
    outcome.decision = plan.selector.decide(outcome.facts)
    if let excess = plan.excess(in: facts, outcome.decision) {
      let line = lines.anchor(at: excess.offset, in: element)
      outcome.malformed = Malformed(
        fault: ElementFault(excess, line: line, end: end + input.offset), element: element)
      return outcome
    }
    if plan.needs.inspects {
      do {
        _ = try ListInspector(plan).inspect(element, BlockPool(blockSize: 1), &outcome.facts)
      } catch {
        outcome.failure = error
        return outcome
      }
    }
    if outcome.decision.isCandidate { outcome.facts.takeIn(annotationsOf: outcome.decision.passingTasks) }
    if outcome.decision.isKept, plan.options.rows.kind == .annotations {
      let tokens = TokenList()
      _ = parse(start..<end, tokens)
      let predicate = plan.needs.annotations.predicate
      let written = ReferenceRows(tokens, element.extent, outcome.decision, plan.options, predicate)
      for offset in written.tooBig { outcome.facts.warn(.rowTooBig, at: offset) }
      outcome.rows = written.rows
    } else if outcome.decision.isKept {
      let row = makeRow(start..<end, facts, element.extent)
      if Row.isBig(row.count) { outcome.facts.warn(.rowTooBig, at: outcome.range.lowerBound) }
      outcome.rows = [KeptRow(row, of: facts, outcome.decision)]
    }
    for (code, surprise) in outcome.facts.warningCounts {
      outcome.warningLines[code] = lines.position(of: surprise.first, in: element)
    }
    return outcome
  }

  /// The element ends where its brackets close, or where it stops being JSON; then at the input's end.
  private func elementEnd(from start: Int) -> Int {
    var grammar = JSONGrammar(maxDepth: plan.maxDepth, startingAt: input.offset + start)
    return input.withBytes { bytes in
      for index in start..<bytes.count {
        if grammar.consume(bytes.extracting(index..<index + 1)) != nil { return bytes.count }
        if grammar.completedDocuments > 0 { return index + 1 }
      }
      return bytes.count
    }
  }

  /// All events of the element; nil if yajl refuses it.
  private func readFacts(_ range: Range<Int>) -> AssetFacts? {
    let reader = AssetReader(plan.needs, listsApart: plan.needs.inspects ? .met : .none)
    guard parse(range, reader), reader.isComplete else { return nil }
    return reader.take()
  }

  private func makeRow(_ range: Range<Int>, _ facts: AssetFacts, _ extent: Extent) -> Row {
    let writer = TokenWriter(extent, facts.cutList { URLQuery.start(in: extent, $0) })
    _ = parse(range, writer)
    let arena = Arena(BlockPool(blockSize: writer.text.count + 1))
    let start = arena.position
    unsafe arena.append(upTo: writer.text.count + 1) { buffer in
      unsafe buffer.copyBytes(from: writer.text)
      unsafe buffer[writer.text.count] = UInt8(ascii: "\n")
      return writer.text.count + 1
    }
    return Row(arena: arena, start: start, end: arena.position, count: writer.text.count + 1)
  }

  private func parse<Handler: JSONEventHandler>(_ range: Range<Int>, _ handler: Handler) -> Bool {
    var parser = JSONPushParser(handler, maxDepth: plan.maxDepth)
    do throws(JSONRejection) {
      try input.withBytes(range) { bytes throws(JSONRejection) in
        try parser.feed(bytes, at: input.offset + range.lowerBound)
      }
      try parser.endOfInput()
      return true
    } catch {
      return false
    }
  }
}
