// Walks through a giant, block by block in order. It touches only the frame: of a list it sees where the
// blocks' first commas are, which the workers have found, and cuts it there into runs.

internal import ByteScan
internal import JSONEvents
internal import Sharding
internal import Storage

/// What the walk brings about, in the order of the input.
enum GiantStep: Sendable {
  case item(GiantItem)
  case run(ListRun)
}

/// Walks through one giant.
final class GiantWalk: @unchecked Sendable {
  // Proof of @unchecked: only the worker that holds the merge step touches it, and that step is handed on
  // under the engine's lock.
  let start: Int
  let framing: Framing
  let line: LineAnchor
  private let context: MergeContext
  private let pass: GiantPass
  /// Whether every byte goes through the parser, or what the reader needs alone.
  private let readsAll: Bool
  private let reader: AssetReader
  private var parser: JSONPushParser<AssetReader>
  private var state = ScanState()
  /// The depth at which the container that is being jumped over is closed.
  private var skipTarget: Int?
  private var cutter: RunCutter
  private var minifier: Minifier
  private var jobs: ListJobs
  /// What is left out, as a survey finds it; and of the bytes at hand, when that is known.
  private var cuts = GiantCuts()
  private var window: CutWindow?
  private var lines: RecordLines?
  private var isSuspect = false
  private let spool: SpoolFile?
  /// Where the giant can be read again.
  private let rereadable: RereadableBytes?
  private var places: SurprisePlaces
  /// Knows where a fault in the frame can be looked for from.
  private var tracker: FrameTracker
  /// Judges the frame where it cannot be read again.
  private var judge: FrameJudge?
  private var fault: ElementFault?
  private var isBroken = false
  /// Where in a block it has stopped for the time being.
  private var stoppedAt: Int?
  private var spoolFailure: (any Error)?
  private(set) var end: Int

  /// Starts at an element's first byte.
  init(start: Int, _ framing: Framing, line: LineAnchor, _ pass: GiantPass, _ context: MergeContext) {
    self.context = context
    self.start = start
    self.framing = framing
    self.line = line
    self.pass = pass
    end = start
    let plan = context.plan
    readsAll = pass.readsAll(plan)
    tracker = FrameTracker(startingAt: start, line: line)
    // Asked once, in the first pass.
    let isWatched = pass.looksFirst && plan.watchesLines && framing == .sequence
    lines = isWatched ? RecordLines(kernel: plan.kernel) : nil
    reader = AssetReader(plan.needs, listsApart: readsAll ? .all : .met, keepsTasks: !pass.tellsAll)
    parser = JSONPushParser(reader, maxDepth: plan.maxDepth)
    minifier = Minifier(kernel: plan.kernel)
    jobs = ListJobs(pass, plan)
    if pass.goal == .write, let known = pass.known, let bytes = pass.bytes {
      window = CutWindow(
        known.cuts, isLegacy: known.facts.isLegacy, ReadAgain(bytes: bytes, pool: context.pool))
    }
    places = SurprisePlaces(LineFinder(kernel: plan.kernel))
    var spool: SpoolFile?
    // What is written at once is not asked for again: a fault ends the run.
    let isFinal = pass.goal == .write && plan.options.onError == .stop
    do {
      if !isFinal, pass.bytes == nil { spool = try context.source.makeSpool() }
    } catch {
      spoolFailure = error
    }
    self.spool = spool
    rereadable =
      spool.map { RereadableBytes(source: $0, base: start) } ?? pass.bytes ?? context.source.rereadable()
    cutter = RunCutter(context, rereadable)
    if isFinal, pass.bytes == nil, context.source.isSequential {
      judge = FrameJudge(startingAt: start, maxDepth: plan.maxDepth)
    }
  }

  /// What spooling it, or reading it again, threw.
  var failure: (any Error)? { spoolFailure ?? cutter.failure }

  /// How many lists are handed on at a time: a block of tiny ones has a hundred thousand.
  private static let mostLists = 1000

  /// Takes in the bytes that follow.
  ///
  /// - Returns: Whether it has taken in all of them; else it is to be given the same bytes once more.
  func consume(_ block: GiantBlock, _ emit: (GiantStep) -> Void) -> Bool {
    let segment = block.segment
    return segment.block.withBytes(segment.range) { bytes in
      if stoppedAt == nil { begin(bytes, at: segment.offset) }
      var index = stoppedAt ?? 0
      stoppedAt = nil
      var lists = 0
      while index < bytes.count, !isBroken {
        if cutter.run == nil {
          if lists == Self.mostLists {
            stoppedAt = index
            return false
          }
          index = consumeFrame(bytes, from: index, block, emit)
          lists += 1
        } else {
          index = consumeList(bytes, from: index, block, emit)
        }
      }
      return true
    }
  }

  private func begin(_ bytes: Span<UInt8>, at offset: Int) {
    end = offset + bytes.count
    if lines?.last(in: bytes) != nil { isSuspect = true }
    guard failure == nil else { return }
    do {
      try window?.move(to: bytes, at: offset)
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
    cutter.finish(emit)
    if let failure { throw failure }
    var end = GiantEnd(range: start..<end, framing, line: line)
    end.bytes = rereadable
    end.fault = fault
    end.isSuspect = isSuspect
    end.cuts = cuts
    end.mark = tracker.mark
    if !isBroken, (try? parser.endOfInput()) != nil, reader.isComplete {
      end.facts = reader.take()
      end.surpriseLines = places.known(of: end.facts?.surprises ?? [:])
    } else if end.fault == nil, let judge {
      end.fault = judge.finish(at: self.end, endLine)
    }
    emit(.item(.end(end)))
  }

  // MARK: The frame

  /// Reads what is no list.
  ///
  /// - Returns: The index of the first byte of a list, or the number of bytes.
  private func consumeFrame(
    _ bytes: Span<UInt8>, from start: Int, _ block: GiantBlock, _ emit: (GiantStep) -> Void
  ) -> Int {
    do {
      let index = try feedFrame(bytes, from: start, block)
      let frame = bytes.extracting(start..<index)
      let offset = block.segment.offset + start
      places.note(reader, in: block)
      noteCuts()
      if writesFrame { emitFrame(frame, at: offset, emit) }
      if cutter.run != nil { cutter.startElement(at: block.segment.offset + index, block) }
      return index
    } catch is JSONRejection, is RowFrames.Malformed {
      fault = judge?.fault(in: block, places.lines)
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
    guard pass.goal == .survey, failure == nil else { return }
    do { try cuts.append(found, context.source.scratch.makeSpool) } catch { spoolFailure = error }
  }

  /// Feeds the parser up to where a list starts that is read apart.
  private func feedFrame(_ bytes: Span<UInt8>, from start: Int, _ block: GiantBlock) throws -> Int {
    let kernel = context.plan.kernel
    let offset = block.segment.offset
    var index = start
    var fed = start
    while true {
      if let target = skipTarget {
        let close = kernel.skip(
          toDepth: target, in: bytes, from: index, state: &state, along: block.segment.map, at: offset)
        if readsAll { try feed(bytes.extracting(fed..<(close ?? bytes.count)), at: offset + fed) }
        guard let close else { return bytes.count }
        skipTarget = nil
        tracker.close()
        fed = close
        index = close + 1
      }
      guard let bracket = kernel.nextBracket(in: bytes, from: index, state: &state) else { break }
      index = bracket + 1
      if bytes[bracket] == UInt8(ascii: "{") || bytes[bracket] == UInt8(ascii: "[") {
        try feed(bytes.extracting(fed..<index), at: offset + fed)
        tracker.open(bytes[bracket], before: offset + index, in: block)
        fed = index
        if let list = reader.takeOpenedList(), let run = try makeRun(list),
          !isReadHere(run.job, bytes, from: index)
        {
          cutter.run = run
          return index
        }
        if reader.skipsContainer { skipTarget = state.depth - 1 }
      } else {
        tracker.close()
      }
    }
    if fed < bytes.count { try feed(bytes.extracting(fed..<bytes.count), at: offset + fed) }
    return bytes.count
  }

  /// How long a list is at most that is read as a part of the frame.
  private static let shortList = 4096

  /// Whether a list is to be read as a part of the frame: handing on a short one costs more than it, and a giant
  /// may have millions of them.
  private func isReadHere(_ job: ListJob, _ bytes: Span<UInt8>, from index: Int) -> Bool {
    guard readsAll, !job.counts else { return false }
    switch job.output {
    case .none, .elements(prunes: false): break
    case .elements, .cuts, .rows, .checkedRows: return false
    }
    var state = state
    let reach = bytes.extracting(..<min(bytes.count, index + Self.shortList))
    return context.plan.kernel.skip(toDepth: state.depth - 1, in: reach, from: index, state: &state) != nil
  }

  private func feed(_ bytes: Span<UInt8>, at offset: Int) throws(JSONRejection) {
    judge?.consume(bytes, at: offset)
    try parser.feed(bytes, at: offset)
  }

  private var writesFrame: Bool { pass.goal == .write && context.plan.needs.columns == nil }

  private func emitFrame(_ bytes: Span<UInt8>, at offset: Int, _ emit: (GiantStep) -> Void) {
    let cuts = window?.list ?? CutList([], isLegacy: false)
    let end = offset + bytes.count
    // Few bytes are no reason to take a buffer.
    var small: [UInt8] = []
    let arena = bytes.count > 4096 ? Arena(context.pool) : nil
    var count = 0
    cuts.forEachKept(in: offset..<end) { range in
      let part = bytes.extracting(range.lowerBound - offset..<range.upperBound - offset)
      if let arena {
        unsafe arena.append(upTo: part.count) { destination in
          let written = unsafe minifier.append(part, to: destination)
          count += written
          return written
        }
      } else {
        minifier.append(part, to: &small)
      }
    }
    guard let arena else {
      emit(.item(.frame(.small(small), end: end)))
      return
    }
    let row = Row(arena: arena, start: .start, end: arena.position, count: count)
    emit(.item(.frame(.arena(row), end: end)))
  }

  // MARK: Lists

  private func makeRun(_ place: ListPlace) throws -> ListRun? {
    let job = try jobs.job(place, isCut: window?.list.contains(place.start) == true)
    if job.isIdle { return nil }
    let empty = Element(extent: Extent(from: place.start + 1), line: line)
    return ListRun(
      place: place, job: job, element: empty, range: place.start + 1..<place.start + 1, isFirst: true)
  }

  /// Takes in bytes of the list that is open.
  ///
  /// - Returns: The index of the bracket that closes it, or the number of bytes.
  private func consumeList(
    _ bytes: Span<UInt8>, from start: Int, _ block: GiantBlock, _ emit: (GiantStep) -> Void
  ) -> Int {
    guard let place = cutter.run?.place else { return bytes.count }
    let fills = start == 0 && block.segment.range.count == block.segment.block.count
    if fills, let lowest = block.lowest, lowest.depth - framing.baseDepth >= place.depth {
      if lowest.depth - framing.baseDepth == place.depth, let comma = lowest.comma {
        cutter.end(at: comma, from: start, block, .comma, emit)
        cutter.startElement(at: block.segment.offset + comma, block)
        cutter.extend(comma..<bytes.count, block)
      } else {
        cutter.extend(start..<bytes.count, block)
      }
      state = lowest.end
      state.depth -= framing.baseDepth
      return bytes.count
    }
    guard
      let close = context.plan.kernel.skip(
        toDepth: place.depth - 1, in: bytes, from: start, state: &state, along: block.segment.map,
        at: block.segment.offset)
    else {
      cutter.extend(start..<bytes.count, block)
      return bytes.count
    }
    // The bracket is the frame's, and is scanned again there.
    state.depth += 1
    cutter.end(at: close, from: start, block, .bracket(bytes[close]), emit)
    cutter.run = nil
    tracker.endList(at: block.segment.offset + close, in: block)
    return close
  }
}
