// Walks through a giant, block by block in order. It touches only the envelope: of a list it sees where the
// blocks' first commas are, which the workers have found, and cuts it there into slices.

internal import ByteScan
internal import JSONEvents
internal import Sharding
internal import Storage

/// What the walk brings about, in the order of the input.
enum GiantStep: Sendable {
  case item(GiantItem)
  case slice(ListSlice)
}

/// Walks through one giant.
final class GiantWalk: @unchecked Sendable {
  // Proof of @unchecked: only the worker that holds the merge step touches it, and that step is handed on
  // under the engine's lock.
  let start: Int
  let framing: Framing
  let line: LineAnchor
  private let context: MergeContext
  private let isSurvey: Bool
  /// Whether what it reads between the lists goes into a row.
  private let writesEnvelope: Bool
  private let reader: AssetReader
  private var walker: SkeletonWalker<AssetReader>
  private var envelope: Envelope
  private var slicer: ListSlicer
  /// What is left out, as a survey finds it.
  private var cuts = GiantCuts()
  private var lines: RecordLines?
  private var isSuspect = false
  private let spool: SpoolFile?
  /// Where the giant can be read again.
  private let rereadable: RereadableBytes?
  private var places: WarningPlaces
  private var fault: ElementFault?
  private var isBroken = false
  /// Where in a block it has stopped for now.
  private var stoppedAt: Int?
  private var spoolFailure: (any Error)?
  private(set) var end: Int

  /// Starts at an element's first byte.
  init(start: Int, _ framing: Framing, line: LineAnchor, _ pass: GiantPass, _ context: MergeContext) {
    self.context = context
    self.start = start
    self.framing = framing
    self.line = line
    end = start
    let plan = context.plan
    isSurvey = pass.phase.isSurvey
    writesEnvelope = pass.phase.isWriting && plan.needs.columns == nil
    let isWatched = pass.phase.isUndecided && plan.watchesLines && framing == .sequence
    lines = isWatched ? RecordLines(kernel: plan.kernel) : nil
    places = WarningPlaces(LineFinder(kernel: plan.kernel))
    // What is written at once is not asked for again: a fault ends the run.
    let isFinal = pass.phase.isWriting && plan.options.onError == .stop
    var spool: SpoolFile?
    do {
      if !isFinal, pass.bytes == nil { spool = try context.source.makeSpool() }
    } catch {
      spoolFailure = error
    }
    self.spool = spool
    rereadable =
      spool.map { RereadableBytes(source: $0, base: start) } ?? pass.bytes ?? context.source.rereadable()
    slicer = ListSlicer(context, rereadable)
    let readsEveryByte = pass.phase.readsEveryByte(plan)
    reader = AssetReader(
      plan.needs, listsApart: readsEveryByte ? .all : .met, keepsTasks: pass.phase.fullSummary == nil)
    walker = SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    envelope = Envelope(
      reader, startingAt: start, line, pass, context,
      checks: isFinal && pass.bytes == nil && context.source.isSequential)
  }

  /// What spooling it, or reading it again, threw.
  var failure: (any Error)? { spoolFailure ?? slicer.failure }

  /// How many lists are handed on at a time: a block of tiny ones has a hundred thousand.
  private static let mostLists = 1000

  /// Reads the bytes that follow.
  ///
  /// - Returns: Whether it has read all of them; else it is to be given the same bytes once more.
  func consume(_ block: GiantBlock, _ emit: (GiantStep) -> Void) -> Bool {
    let segment = block.segment
    return segment.block.withBytes(segment.range) { bytes in
      if stoppedAt == nil { begin(block, bytes) }
      var index = stoppedAt ?? 0
      stoppedAt = nil
      var lists = 0
      while index < bytes.count, !isBroken {
        if slicer.slice == nil {
          if lists == Self.mostLists {
            stoppedAt = index
            return false
          }
          index = consumeEnvelope(bytes, from: index, block, emit)
          lists += 1
        } else {
          index = consumeList(bytes, from: index, block, emit)
        }
      }
      return true
    }
  }

  private func begin(_ block: GiantBlock, _ bytes: Span<UInt8>) {
    let offset = block.segment.offset
    end = offset + bytes.count
    if lines?.last(in: bytes) != nil { isSuspect = true }
    guard failure == nil else { return }
    do {
      try envelope.begin(block, bytes, at: offset)
      try spool?.append(bytes)
    } catch {
      spoolFailure = error
    }
  }

  /// Ends the element.
  ///
  /// - Parameters:
  ///   - endLine: The line in which it ends, if the input ends there.
  ///   - emit: Gets what is left to deliver.
  /// - Throws: What spooling it threw.
  func finish(_ endLine: LineAnchor, _ emit: (GiantStep) -> Void) throws {
    slicer.finish(emit)
    if let failure { throw failure }
    var end = GiantEnd(range: start..<end, framing, line: line)
    end.bytes = rereadable
    end.fault = fault
    end.isSuspect = isSuspect
    end.cuts = cuts
    end.mark = envelope.tracker.mark
    if !isBroken, walker.finish(), reader.isComplete {
      end.facts = reader.take()
      end.warningLines = places.known(of: end.facts?.warningCounts ?? [:])
    } else if end.fault == nil, let checker = envelope.checker {
      end.fault = checker.finish(at: self.end, endLine)
    }
    emit(.item(.end(end)))
  }

  // MARK: The envelope

  /// Reads what is no list.
  ///
  /// - Returns: The index of the first byte of a list, or the number of bytes.
  private func consumeEnvelope(
    _ bytes: Span<UInt8>, from start: Int, _ block: GiantBlock, _ emit: (GiantStep) -> Void
  ) -> Int {
    let base = block.segment.offset
    do {
      let index = try walker.consume(
        bytes, from: start, at: base, map: block.segment.map, telling: &envelope)
      slicer.slice = envelope.takeOpenedList()
      places.note(reader, in: block)
      noteCuts()
      if writesEnvelope {
        let row = envelope.rowBytes(bytes.extracting(start..<index), at: base + start)
        emit(.item(.envelope(row, end: base + index)))
      }
      if slicer.slice != nil { slicer.startElement(at: base + index, block) }
      return index
    } catch is JSONRejection, is RowFrames.Malformed {
      fault = envelope.checker?.fault(in: block, places.lines)
    } catch {
      // A column is read where the giant can be read again, which may fail: that is no word on the giant.
      spoolFailure = spoolFailure ?? error
    }
    isBroken = true
    return bytes.count
  }

  /// Takes over what the reader has found that is left out; another pass has told those that write.
  private func noteCuts() {
    let found = reader.takeCuts()
    guard isSurvey, failure == nil else { return }
    do { try cuts.append(found, context.source.scratch.makeSpool) } catch { spoolFailure = error }
  }

  // MARK: Lists

  /// Reads bytes of the list that is open.
  ///
  /// - Returns: The index of the bracket that closes it, or the number of bytes.
  private func consumeList(
    _ bytes: Span<UInt8>, from start: Int, _ block: GiantBlock, _ emit: (GiantStep) -> Void
  ) -> Int {
    guard let place = slicer.slice?.place else { return bytes.count }
    let fills = start == 0 && block.segment.range.count == block.segment.block.count
    if fills, let lowest = block.lowest, lowest.depth - framing.baseDepth >= place.depth {
      passBlock(bytes, lowest, block, emit)
      return bytes.count
    }
    guard
      let close = walker.skip(
        bytes, from: start, toEndOfDepth: place.depth, at: block.segment.offset, map: block.segment.map)
    else {
      slicer.extend(start..<bytes.count, block)
      return bytes.count
    }
    slicer.end(at: close, from: start, block, .bracket(bytes[close]), emit)
    slicer.slice = nil
    envelope.endList(at: block.segment.offset + close)
    return close
  }

  /// Passes over a block in which the list that is open does not end.
  private func passBlock(
    _ bytes: Span<UInt8>, _ lowest: GiantBlock.Lowest, _ block: GiantBlock, _ emit: (GiantStep) -> Void
  ) {
    if lowest.depth - framing.baseDepth == slicer.slice?.place.depth, let comma = lowest.comma {
      slicer.end(at: comma, from: 0, block, .comma, emit)
      slicer.startElement(at: block.segment.offset + comma, block)
      slicer.extend(comma..<bytes.count, block)
    } else {
      slicer.extend(0..<bytes.count, block)
    }
    var state = lowest.end
    state.depth -= framing.baseDepth
    walker.skip(to: state)
  }
}
