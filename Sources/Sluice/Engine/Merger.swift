// Puts the blocks of an input in order again: elements that span blocks, the gaps in which blocks start,
// and the end. It never looks at the inside of an element.

internal import ByteScan
internal import Sharding

/// What merging one block has brought about.
struct MergeResult: Sendable {
  var tasks: [ElementTask] = []
  var items: [(number: Int, item: EngineItem)] = []
  var isLast = false
  /// Everything before this offset has been taken care of without being held.
  var walkedTo: Int?
}

/// The state between two blocks of an input.
struct Merger: Sendable {
  private let framing: Framing
  private var gap: Gap
  /// The element that goes on behind the block.
  private(set) var open: Element?
  private var giant: GiantWalk?
  /// The number of the next item.
  private(set) var nextNumber = 0
  private var end: Int
  private var endLine: LineAnchor

  init(start: EngineStart, framing: Framing) {
    self.framing = framing
    gap = start.gap
    end = start.offset
    endLine = start.line
  }

  /// Takes in the next block.
  mutating func merge(
    _ framed: FramedBlock, _ context: MergeContext, into result: inout MergeResult
  ) {
    let block = framed.block.block
    end = block.offset + block.count
    endLine = framed.block.start.line
    defer { endLine = block.withBytes { context.lines.advance(endLine, over: $0, at: block.offset) } }
    if open != nil || giant != nil {
      continueElement(framed, context, into: &result)
      if framed.frames.headEnd == nil { return }
    } else if let range = framed.frames.headGap, !readGap(range, framed, context, into: &result) {
      return
    }
    if !framed.runs.isEmpty { emit(.assets(framed.runs), into: &result) }
    if let anomaly = framed.frames.anomaly {
      gap = anomaly.gap
      emitAnomaly(at: anomaly.index, framed, context, into: &result)
    } else if let start = framed.frames.tailStart {
      var extent = Extent(from: block.offset + start)
      extent.append(Segment(block, start..<block.count))
      open = Element(extent: extent, line: framed.block.start.line)
    } else if let endGap = framed.frames.endGap {
      gap = endGap
    }
  }

  /// Takes in that there are no more blocks, or that the next could not be read.
  mutating func finish(_ failure: (any Error)?, _ context: MergeContext, into result: inout MergeResult) {
    result.isLast = true
    if let failure {
      emit(.failure(failure), into: &result)
    } else if let giant {
      emitGiant(giant, into: &result)
    } else if let open {
      // Cut short: the parser will say where.
      result.tasks.append(ElementTask(number: nextNumber, element: open))
      nextNumber += 1
    } else if !gap.mayEnd {
      emit(.anomaly(Misplaced(offset: end, byte: nil, gap: gap, line: endLine)), into: &result)
    } else {
      emit(.end(offset: end), into: &result)
    }
  }

  private mutating func emit(_ item: EngineItem, into result: inout MergeResult) {
    result.items.append((nextNumber, item))
    nextNumber += 1
  }

  private mutating func continueElement(
    _ framed: FramedBlock, _ context: MergeContext, into result: inout MergeResult
  ) {
    let block = framed.block.block
    let segment = Segment(block, 0..<(framed.frames.headEnd ?? block.count))
    if let giant {
      giant.consume(segment)
      result.walkedTo = segment.offset + segment.range.count
    } else if var element = open {
      open = nil
      element.extent.append(segment)
      if element.extent.count > context.budget.giant {
        giant = GiantWalk(element, context)
        result.walkedTo = element.extent.end
      } else {
        open = element
      }
    }
    guard framed.frames.headEnd != nil else { return }
    if let giant {
      emitGiant(giant, into: &result)
    } else if let open {
      result.tasks.append(ElementTask(number: nextNumber, element: open))
      nextNumber += 1
    }
    open = nil
    giant = nil
    gap = .after(framing)
  }

  private mutating func emitGiant(_ giant: GiantWalk, into result: inout MergeResult) {
    do {
      emit(.giant(try giant.finish()), into: &result)
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
      result.walkedTo = end
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
    let line = block.withBytes(0..<index) {
      context.lines.advance(framed.block.start.line, over: $0, at: block.offset)
    }
    let byte = block.withBytes { $0[index] }
    emit(
      .anomaly(Misplaced(offset: block.offset + index, byte: byte, gap: gap, line: line)), into: &result)
    result.isLast = true
  }
}

/// What merging needs and does not change.
struct MergeContext: Sendable {
  let plan: RunPlan
  let source: BlockSource
  let budget: EngineBudget

  var lines: LineFinder { LineFinder(kernel: plan.kernel) }
}
