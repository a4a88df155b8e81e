// Puts the blocks of an input in order again: elements that span blocks, the gaps in which blocks start,
// and the end. It never looks at the inside of an element.

internal import ByteScan
internal import Sharding

/// The state between two blocks of an input.
struct Merger: Sendable {
  private var gap: Gap
  private var opened: OpenElement?
  /// The element that goes on behind the block.
  var open: Element? { opened?.element }
  /// How it stands.
  var openFraming: Framing? { opened?.element.framing }
  private var giant: GiantWalk?
  /// What the giant has not walked through yet; the last come first.
  private var backlog: [GiantBlock] = []
  /// What is to be done with the first element, if it is a giant that has been walked through before.
  private var pass: GiantPass?
  /// The number of the next item.
  private(set) var nextNumber = 0
  private var end: Int
  private var endLine: LineAnchor

  init(start: EngineStart) {
    gap = start.gap
    end = start.offset
    endLine = start.line
    pass = start.pass
  }

  /// Gives itself up to the worker that goes on with it; what stays knows the numbers alone.
  ///
  /// If both had the blocks of an open element, each further one would have all of them copied.
  mutating func take() -> Merger {
    let whole = self
    (opened, backlog) = (nil, [])
    return whole
  }

  /// Merges the next block, or the next part of it.
  mutating func merge(
    _ framed: FramedBlock, _ context: MergeContext, into result: inout MergeResult
  ) {
    let block = framed.block.block
    end = block.offset + block.count
    endLine = framed.block.end.line
    if opened != nil || giant != nil {
      continueElement(framed, context, into: &result)
      if framed.frames.headEnd == nil || result.isPartial || result.isLast { return }
    } else if let range = framed.frames.headGap, !readGap(range, framed, context, into: &result) {
      return
    }
    if let assets = framed.assets {
      pass = nil
      if let rest = framed.rest { result.rests.append((nextNumber, rest)) }
      emit(.assets(assets), into: &result)
    }
    if let anomaly = framed.frames.anomaly {
      gap = anomaly.gap
      emitAnomaly(at: anomaly.index, framed, context, into: &result)
    } else if let tail = framed.frames.tail {
      let part = GiantBlock(Segment(block, tail.start..<block.count, map: framed.block.map), of: framed)
      opened = OpenElement(part, tail.framing)
    } else if let endGap = framed.frames.endGap {
      gap = endGap
    }
  }

  /// Ends the input: there are no more blocks, or that the next could not be read.
  mutating func finish(_ failure: (any Error)?, _ context: MergeContext, into result: inout MergeResult) {
    result.isLast = true
    if let failure {
      emit(.failure(failure), into: &result)
    } else if let giant {
      finishGiant(giant, into: &result)
    } else if let open = opened {
      // Cut short: the parser will say where.
      emit(.asset(open.element), into: &result)
    } else if let misplaced = UnexpectedByte(endOfInput: end, gap, endLine) {
      emit(.anomaly(misplaced), into: &result)
    } else {
      emit(.end(offset: end), into: &result)
    }
  }

  private mutating func emit(_ item: EngineItem, into result: inout MergeResult) {
    result.items.append((nextNumber, item))
    nextNumber += 1
  }

  private mutating func emit(_ work: ElementTask.Work, into result: inout MergeResult) {
    result.tasks.append(ElementTask(number: nextNumber, work: work))
    nextNumber += 1
  }

  private mutating func emit(_ step: GiantStep, into result: inout MergeResult) {
    switch step {
    case .item(let item): emit(.giant(item), into: &result)
    case .slice(let slice): emit(ElementTask.Work.slice(slice), into: &result)
    }
  }

  private mutating func continueElement(
    _ framed: FramedBlock, _ context: MergeContext, into result: inout MergeResult
  ) {
    let block = framed.block.block
    let part = GiantBlock(
      Segment(block, 0..<(framed.frames.headEnd ?? block.count), map: framed.block.map), of: framed)
    if giant != nil {
      if backlog.isEmpty { backlog = [part] }
    } else if var element = opened {
      opened = nil
      element.append(part)
      if element.element.extent.count > context.budget.giant {
        startGiant(element, context, into: &result)
      } else {
        opened = element
      }
    }
    if let giant, !walk(giant, into: &result) { return }
    guard framed.frames.headEnd != nil else { return }
    if let giant {
      finishGiant(giant, into: &result)
      gap = .after(giant.framing)
    } else if let open = opened {
      emit(.asset(open.element), into: &result)
      gap = .after(open.element.framing)
    }
    pass = nil
    opened = nil
    giant = nil
  }

  private mutating func startGiant(
    _ open: OpenElement, _ context: MergeContext, into result: inout MergeResult
  ) {
    let start = open.element.extent.start
    let line = context.lines.anchor(at: start, in: open.element)
    let pass = pass ?? GiantPass(phase: .first(open.element, context))
    let giant = GiantWalk(start: start, open.element.framing, line: line, pass, context)
    emit(.item(.begin(pass, start: start)), into: &result)
    backlog = open.parts.reversed()
    self.giant = giant
  }

  /// Makes the giant walk on.
  ///
  /// - Returns: Whether it has walked through everything.
  private mutating func walk(_ giant: GiantWalk, into result: inout MergeResult) -> Bool {
    while let part = backlog.last {
      guard giant.consume(part, { emit($0, into: &result) }) else {
        result.isPartial = true
        return false
      }
      backlog.removeLast()
    }
    result.walkedTo = giant.end
    guard let error = giant.failure else { return true }
    // There is no point in reading it to its end.
    emit(.failure(error), into: &result)
    result.isLast = true
    return false
  }

  private mutating func finishGiant(_ giant: GiantWalk, into result: inout MergeResult) {
    do {
      try giant.finish(endLine) { emit($0, into: &result) }
    } catch {
      emit(.failure(error), into: &result)
      result.isLast = true
    }
  }

  /// Reads the gap in which a block starts.
  ///
  /// - Returns: Whether an object follows in this block.
  private mutating func readGap(
    _ range: Range<Int>, _ framed: FramedBlock, _ context: MergeContext, into result: inout MergeResult
  ) -> Bool {
    let block = framed.block.block
    let upper = min(range.upperBound + 1, block.count)
    switch block.withBytes(0..<upper, { gap.advance(in: $0, from: 0) }) {
    case .object: return true
    case .exhausted:
      // Nothing in it will be asked for again, however many such blocks follow one another.
      result.walkedTo = end - gap.markBytes
      return false
    case .unexpected(let index):
      emitAnomaly(at: index, framed, context, into: &result)
      return false
    }
  }

  private mutating func emitAnomaly(
    at index: Int, _ framed: FramedBlock, _ context: MergeContext, into result: inout MergeResult
  ) {
    let block = framed.block.block
    // What is no byte order mark after all may have begun in the block before, in the same line.
    let line = block.withBytes(0..<max(0, index)) {
      context.lines.advance(framed.block.start.line, over: $0, at: block.offset)
    }
    let byte = index < 0 ? Gap.markStart : block.withBytes { $0[index] }
    emit(
      .anomaly(UnexpectedByte(offset: block.offset + index, byte: byte, gap: gap, line: line)), into: &result)
    result.isLast = true
  }
}

/// An element that goes on behind the blocks so far.
private struct OpenElement: Sendable {
  private(set) var parts: [GiantBlock]
  private(set) var element: Element

  init(_ part: GiantBlock, _ framing: Framing) {
    parts = [part]
    var extent = Extent(from: part.segment.offset)
    extent.append(part.segment)
    element = Element(extent: extent, framing: framing, line: part.line)
  }

  mutating func append(_ part: GiantBlock) {
    parts.append(part)
    element.extent.append(part.segment)
  }
}
