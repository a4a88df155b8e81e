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

/// The bytes of a giant that lie in one block.
struct GiantBlock: Sendable {
  var segment: Segment
  /// The line in which the block starts.
  var line: LineAnchor
  /// nil where the giant does not fill the block.
  var lowest: Lowest?

  /// What is known of a block that an element fills.
  struct Lowest: Sendable {
    /// How many containers are open where the fewest are.
    var depth: Int
    /// The first comma that stands there.
    var comma: Int?
    /// What is true where the next block starts.
    var end: ScanState
  }
}

extension GiantBlock {
  /// The part of a framed block that is the giant's.
  init(_ segment: Segment, of framed: FramedBlock) {
    self.segment = segment
    line = framed.block.start.line
    lowest = framed.frames.cut.map {
      Lowest(depth: framed.block.lowestDepth, comma: $0.comma, end: framed.block.end)
    }
  }
}

/// Walks through one giant.
final class GiantWalk: @unchecked Sendable {
  // Proof of @unchecked: only the worker that holds the merge step touches it, and that step is handed on
  // under the engine's lock.
  let start: Int
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
  private var run: ListRun?
  /// Set while the run is too big to be held.
  private var bigRun: BigRun?
  private var runEnd = 0
  private var minifier: Minifier
  private var frames: RowFrames?
  /// What is left out, as a survey finds it; and of the bytes at hand, when that is known.
  private var cuts = GiantCuts()
  private var window: CutWindow?
  private var lines: RecordLines?
  private var isSuspect = false
  private let spool: SpoolFile?
  private var places: SurprisePlaces
  /// Knows where a fault in the frame can be looked for from.
  private var tracker: FrameTracker
  /// Judges the frame where it cannot be read again.
  private var judge: FrameJudge?
  private var fault: ElementFault?
  private var isBroken = false
  /// Where in a block it has stopped for the time being.
  private var stoppedAt: Int?
  /// What spooling it threw.
  private(set) var failure: (any Error)?
  private(set) var end: Int

  /// What the first bytes of a giant say is to be done with it.
  ///
  /// Rows flow at once only where nothing that comes later can take them back or change them.
  static func firstPass(_ element: Element, _ context: MergeContext) -> GiantPass {
    let plan = context.plan
    let survey = GiantPass(goal: .survey)
    let needs = plan.needs
    let editsRow = needs.columns == nil && (needs.dropsHistory || needs.stripsURLs)
    guard plan.options.onError == .stop, !plan.surveysAnnotations, !editsRow,
      needs.columns?.readsHistory != true
    else { return survey }
    let reader = AssetReader(plan.needs, listsApart: .met)
    var walker = SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    let extent = element.extent
    do {
      try extent.forEachRun(in: extent.start..<extent.end) { bytes, offset throws(JSONRejection) in
        try walker.consume(bytes, at: offset)
      }
    } catch {
      return survey
    }
    guard let facts = reader.settledFacts(plan.options) else { return survey }
    var known = KnownGiant(facts)
    known.decision = plan.selector.decide(facts)
    guard known.decision.isCandidate, plan.excess(in: facts, known.decision) == nil else { return survey }
    if let columns = needs.columns {
      var frames = RowFrames(plan, columns, facts, known.decision, extent)
      guard let frame = try? frames.frame(ofTask: 0) else { return survey }
      known.earlyFrame = frame
    }
    return GiantPass(goal: .write, known: known, isEarly: true)
  }

  /// Starts at an element's first byte.
  init(start: Int, line: LineAnchor, _ pass: GiantPass, _ context: MergeContext) {
    self.context = context
    self.start = start
    self.line = line
    self.pass = pass
    end = start
    let plan = context.plan
    readsAll = pass.readsAll(plan)
    tracker = FrameTracker(startingAt: start, line: line)
    // Asked once, in the first pass.
    lines = pass.looksFirst && plan.watchesLines(context.framing) ? RecordLines(kernel: plan.kernel) : nil
    reader = AssetReader(plan.needs, listsApart: readsAll ? .all : .met)
    parser = JSONPushParser(reader, maxDepth: plan.maxDepth)
    minifier = Minifier(kernel: plan.kernel)
    frames = pass.known?.frames
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
      failure = error
    }
    self.spool = spool
    if isFinal, pass.bytes == nil, context.source.isSequential {
      judge = FrameJudge(startingAt: start, maxDepth: plan.maxDepth)
    }
  }

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
        if run == nil {
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
      failure = error
    }
  }

  /// Ends the element.
  ///
  /// - Parameters:
  ///   - endLine: The line in which it ends, if the input ends there.
  ///   - emit: Gets what is left to deliver.
  /// - Throws: What spooling it threw.
  func finish(_ endLine: LineAnchor, _ emit: (GiantStep) -> Void) throws {
    if run != nil { emitRun(.none, emit) }
    if let failure { throw failure }
    var end = GiantEnd(range: start..<end, line: line)
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
      if run != nil { run?.element = Self.element(from: block.segment.offset + index, block) }
      return index
    } catch {
      isBroken = true
      fault = judge?.fault(in: block, places.lines)
      return bytes.count
    }
  }

  /// Takes over what the reader has found that is left out; another pass has told those that write.
  private func noteCuts() {
    let found = reader.takeCuts()
    guard pass.goal == .survey, failure == nil else { return }
    do { try cuts.append(found, context.source.scratch.makeSpool) } catch { failure = error }
  }

  /// Feeds the parser up to where a list starts that is read apart.
  private func feedFrame(_ bytes: Span<UInt8>, from start: Int, _ block: GiantBlock) throws -> Int {
    let kernel = context.plan.kernel
    let offset = block.segment.offset
    var index = start
    var fed = start
    while true {
      if let target = skipTarget {
        let close = kernel.skip(toDepth: target, in: bytes, from: index, state: &state)
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
          self.run = run
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
    case .elements, .rows, .checkedRows: return false
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
    let job = try context.plan.needs.columns == nil ? elementsJob(place) : rowsJob(place)
    if job.isIdle { return nil }
    let empty = Element(extent: Extent(from: place.start + 1), line: line)
    return ListRun(
      place: place, job: job, element: empty, range: place.start + 1..<place.start + 1, isFirst: true)
  }

  /// What is to be done with a list where the row is the asset.
  private func elementsJob(_ place: ListPlace) -> ListJob {
    var job = ListJob()
    let needs = context.plan.needs
    if pass.goal == .survey {
      job.counts = place.counts && needs.selection.looksAtTitles || needs.prunes
      job.validates = context.plan.validatesAll
      return job
    }
    job.validates = true
    if pass.goal == .write, let known = pass.known, window?.list.contains(place.start) != true {
      job.output = .elements(prunes: needs.prunes && (!place.isInTaskList || known.facts.isLegacy))
    }
    return job
  }

  /// What is to be done with a list where rows are annotations.
  private func rowsJob(_ place: ListPlace) throws -> ListJob {
    var job = ListJob()
    let plan = context.plan
    job.validates = readsAll
    guard let known = pass.known else {
      job.counts = place.hasRows && plan.surveysAnnotations
      return job
    }
    guard place.hasRows, place.isInTaskList == known.facts.isLegacy,
      known.decision.passes(place.task)
    else { return job }
    guard let frame = try known.earlyFrame ?? frames?.frame(of: place) else { return job }
    job.output = pass.goal == .write ? .rows(frame) : .checkedRows(frame)
    job.counts = pass.goal == .write && !known.isCounted
    return job
  }

  private static func element(from offset: Int, _ block: GiantBlock) -> Element {
    Element(extent: Extent(from: offset), line: block.line, lineOffset: block.segment.block.offset)
  }

  /// Takes in bytes of the list that is open.
  ///
  /// - Returns: The index of the bracket that closes it, or the number of bytes.
  private func consumeList(
    _ bytes: Span<UInt8>, from start: Int, _ block: GiantBlock, _ emit: (GiantStep) -> Void
  ) -> Int {
    guard let place = run?.place else { return bytes.count }
    let fills = start == 0 && block.segment.range.count == block.segment.block.count
    if fills, let lowest = block.lowest, lowest.depth - context.framing.baseDepth >= place.depth {
      if lowest.depth - context.framing.baseDepth == place.depth, let comma = lowest.comma {
        endRun(at: comma, from: start, block, .comma, emit)
        run?.element = Self.element(from: block.segment.offset + comma, block)
        extendRun(comma..<bytes.count, block)
      } else {
        extendRun(start..<bytes.count, block)
      }
      state = lowest.end
      state.depth -= context.framing.baseDepth
      return bytes.count
    }
    guard
      let close = context.plan.kernel.skip(
        toDepth: place.depth - 1, in: bytes, from: start, state: &state)
    else {
      extendRun(start..<bytes.count, block)
      return bytes.count
    }
    // The bracket is the frame's, and is scanned again there.
    state.depth += 1
    endRun(at: close, from: start, block, .bracket, emit)
    run = nil
    tracker.endList(at: block.segment.offset + close, in: block)
    return close
  }

  private func extendRun(_ range: Range<Int>, _ block: GiantBlock) {
    guard !range.isEmpty, run != nil else { return }
    let first = block.segment.range.lowerBound
    let segment = Segment(block.segment.block, first + range.lowerBound..<first + range.upperBound)
    if let bigRun {
      runEnd = segment.offset + segment.range.count
      spoolRun(segment, to: bigRun.spool)
      return
    }
    run?.element.extent.append(segment)
    if let count = run?.element.extent.count, count > context.budget.giant { letRunGrow() }
  }

  /// Holds no more of a run that is too big for it.
  private func letRunGrow() {
    guard let held = run?.element else { return }
    var spool: SpoolFile?
    do {
      if rereadable == nil { spool = try context.source.makeSpool() }
    } catch {
      failure = error
    }
    bigRun = BigRun(spool: spool)
    for segment in held.extent.segments { spoolRun(segment, to: spool) }
    runEnd = held.extent.end
    let line = places.lines.anchor(at: held.extent.start, in: held)
    run?.element = Element(extent: Extent(from: held.extent.start), line: line)
  }

  private func spoolRun(_ segment: Segment, to spool: SpoolFile?) {
    guard let spool, failure == nil else { return }
    do { try segment.block.withBytes(segment.range) { try spool.append($0) } } catch { failure = error }
  }

  /// Ends the run at `index`.
  private func endRun(
    at index: Int, from start: Int, _ block: GiantBlock, _ terminator: ListRun.Terminator,
    _ emit: (GiantStep) -> Void
  ) {
    extendRun(start..<index, block)
    emitRun(terminator, emit)
    run?.isFirst = false
  }

  private func emitRun(_ terminator: ListRun.Terminator, _ emit: (GiantStep) -> Void) {
    guard var ended = run else { return }
    ended.terminator = terminator
    let start = ended.element.extent.start
    if let bigRun {
      ended.range = start..<runEnd
      self.bigRun = nil
      // What could not be written cannot be read again; the walk has failed, and says so.
      if failure != nil { return }
      guard let bytes = bigRun.spool.map({ RereadableBytes(source: $0, base: start) }) ?? rereadable else {
        return
      }
      emit(.item(.bigList(ended, bytes)))
      return
    }
    ended.range = start..<ended.element.extent.end
    // Nothing is in doubt about an empty list.
    if ended.range.isEmpty, ended.isFirst, case .bracket = terminator { return }
    emit(.run(ended))
  }

  /// Where the giant can be read again.
  private var rereadable: RereadableBytes? {
    spool.map { RereadableBytes(source: $0, base: start) } ?? pass.bytes ?? context.source.rereadable()
  }
}

/// A run that is too big to be held.
private struct BigRun {
  /// Where it is written to, if it cannot be read again where it is.
  var spool: SpoolFile?
}

extension Minifier {
  /// Appends what remains of `bytes` to `text`.
  mutating func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    var minifier = self
    text += unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
      count = unsafe minifier.append(bytes, to: UnsafeMutableRawBufferPointer(buffer))
    }
    self = minifier
  }
}

/// Where the surprises of a giant are: their lines must be counted while the bytes are there.
private struct SurprisePlaces {
  let lines: LineFinder
  private var known: [Int: (line: Int, column: Int)] = [:]
  /// The line of the place that was looked up last, and that place.
  private var last: (anchor: LineAnchor, offset: Int)?

  init(_ lines: LineFinder) { self.lines = lines }

  /// Notes the lines of new surprises, and of containers that may turn out to be some.
  mutating func note(_ reader: AssetReader, in block: GiantBlock) {
    let offsets = reader.surprises.values.map(\.first) + reader.starts
    let held = block.segment.offset..<block.segment.offset + block.segment.range.count
    for offset in offsets where held.contains(offset) && known[offset] == nil {
      let anchor = anchor(of: offset, in: block)
      known[offset] = (line: anchor.line, column: offset - anchor.start + 1)
    }
    if known.count <= offsets.count { return }
    // Of most containers nothing is ever said.
    known = known.filter { offsets.contains($0.key) }
  }

  /// The line of a place, counted from that of the last: a block may have many.
  private mutating func anchor(of offset: Int, in block: GiantBlock) -> LineAnchor {
    var extent = Extent(from: block.segment.offset)
    extent.append(block.segment)
    var element = Element(extent: extent, line: block.line)
    if let last, last.offset >= block.segment.block.offset, last.offset <= offset {
      element.line = last.anchor
      element.lineOffset = last.offset
    }
    let anchor = lines.anchor(at: offset, in: element)
    last = (anchor, offset)
    return anchor
  }

  /// The places of the first surprise of each code.
  func known(
    of surprises: [WarningCode: (count: Int, first: Int)]
  ) -> [WarningCode: (line: Int, column: Int)] {
    surprises.compactMapValues { known[$0.first] }
  }
}

/// Follows the frame with the exact grammar, so that a fault in it has a place without reading it again.
private struct FrameJudge {
  private var grammar: JSONGrammar
  /// How many bytes of lists lie before what the grammar reads next.
  private var skipped = 0
  private var next: Int
  private var found: JSONFault?

  init(startingAt offset: Int, maxDepth: Int) {
    grammar = JSONGrammar(maxDepth: maxDepth, startingAt: offset)
    next = offset
  }

  mutating func consume(_ bytes: Span<UInt8>, at offset: Int) {
    if found != nil { return }
    skipped += offset - next
    next = offset + bytes.count
    found = grammar.consume(bytes)
  }

  /// The fault, which lies in the block that was read last.
  func fault(in block: GiantBlock, _ lines: LineFinder) -> ElementFault? {
    guard let found else { return nil }
    var extent = Extent(from: block.segment.offset)
    extent.append(block.segment)
    let element = Element(extent: extent, line: block.line)
    let offset = found.offset + skipped
    return ElementFault(found, at: offset, line: lines.anchor(at: offset, in: element))
  }

  /// The fault that the input's end is, at `offset` in `line`: behind it may lie what was not read.
  func finish(at offset: Int, _ line: LineAnchor) -> ElementFault? {
    var grammar = grammar
    return grammar.finish().map { ElementFault($0, at: offset, line: line) }
  }
}
