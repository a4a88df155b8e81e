// Collects the bytes of the run that is open, and hands it on where it is cut.

internal import Sharding
internal import Storage

/// Makes runs of the bytes of lists.
struct RunCutter: Sendable {
  /// The run that is open.
  var run: ListRun?
  /// What spooling a run threw.
  private(set) var failure: (any Error)?
  private let context: MergeContext
  /// Where the giant can be read again.
  private let rereadable: RereadableBytes?
  /// Set while the run is too big to be held.
  private var bigRun: BigRun?
  private var runEnd = 0

  /// A run that is too big to be held.
  private struct BigRun: Sendable {
    /// Where it is written to, if it cannot be read again where it is.
    var spool: SpoolFile?
  }

  init(_ context: MergeContext, _ rereadable: RereadableBytes?) {
    self.context = context
    self.rereadable = rereadable
  }

  /// Has the open run start at `offset`, which is in `block`.
  mutating func startElement(at offset: Int, _ block: GiantBlock) {
    run?.element = Element(
      extent: Extent(from: offset), line: block.line, lineOffset: block.segment.block.offset)
  }

  /// Adds bytes of a block to the open run.
  mutating func extend(_ range: Range<Int>, _ block: GiantBlock) {
    guard !range.isEmpty, run != nil else { return }
    let first = block.segment.range.lowerBound
    let segment = Segment(block.segment.block, first + range.lowerBound..<first + range.upperBound)
    if let bigRun {
      runEnd = segment.offset + segment.range.count
      write(segment, to: bigRun.spool)
      return
    }
    run?.element.extent.append(segment)
    if let count = run?.element.extent.count, count > context.budget.giant { letGrow() }
  }

  /// Holds no more of a run that is too big for it.
  private mutating func letGrow() {
    guard let held = run?.element else { return }
    var spool: SpoolFile?
    do {
      if rereadable == nil { spool = try context.source.makeSpool() }
    } catch {
      failure = error
    }
    bigRun = BigRun(spool: spool)
    for segment in held.extent.segments { write(segment, to: spool) }
    runEnd = held.extent.end
    let line = context.lines.anchor(at: held.extent.start, in: held)
    run?.element = Element(extent: Extent(from: held.extent.start), line: line)
  }

  private mutating func write(_ segment: Segment, to spool: SpoolFile?) {
    guard let spool, failure == nil else { return }
    do { try segment.block.withBytes(segment.range) { try spool.append($0) } } catch { failure = error }
  }

  /// Ends the run at `index` of a block.
  mutating func end(
    at index: Int, from start: Int, _ block: GiantBlock, _ terminator: ListRun.Terminator,
    _ emit: (GiantStep) -> Void
  ) {
    extend(start..<index, block)
    handOn(terminator, emit)
    run?.isFirst = false
  }

  /// Hands on what the input ends in.
  mutating func finish(_ emit: (GiantStep) -> Void) { handOn(.none, emit) }

  private mutating func handOn(_ terminator: ListRun.Terminator, _ emit: (GiantStep) -> Void) {
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
}
