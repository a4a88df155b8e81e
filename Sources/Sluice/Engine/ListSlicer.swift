// Collects the bytes of the slice that is open, and hands it on where it is cut.

internal import Sharding
internal import Storage

/// Makes slices of the bytes of lists.
struct ListSlicer: Sendable {
  /// The slice that is open.
  var slice: ListSlice?
  /// What spooling a slice threw.
  private(set) var failure: (any Error)?
  private let context: MergeContext
  /// Where the giant can be read again.
  private let rereadable: RereadableBytes?
  /// Set while the slice is too big to be held.
  private var bigSlice: BigSlice?
  private var sliceEnd = 0

  /// A slice that is too big to be held.
  private struct BigSlice: Sendable {
    /// Where it is written to, if it cannot be read again where it is.
    var spool: SpoolFile?
  }

  init(_ context: MergeContext, _ rereadable: RereadableBytes?) {
    self.context = context
    self.rereadable = rereadable
  }

  /// Moves the start of the open slice to `offset`, which is in `block`.
  mutating func startElement(at offset: Int, _ block: GiantBlock) {
    slice?.element = Element(
      extent: Extent(from: offset), line: block.line, lineOffset: block.segment.block.offset)
  }

  /// Adds bytes of a block to the open slice.
  mutating func extend(_ range: Range<Int>, _ block: GiantBlock) {
    guard !range.isEmpty, slice != nil else { return }
    let first = block.segment.range.lowerBound
    let segment = Segment(block.segment.block, first + range.lowerBound..<first + range.upperBound)
    if let bigSlice {
      sliceEnd = segment.offset + segment.range.count
      write(segment, to: bigSlice.spool)
      return
    }
    slice?.element.extent.append(segment)
    if let count = slice?.element.extent.count, count > context.budget.giant { spill() }
  }

  /// Holds no more of a slice that is too big for it.
  private mutating func spill() {
    guard let held = slice?.element else { return }
    var spool: SpoolFile?
    do {
      if rereadable == nil { spool = try context.source.makeSpool() }
    } catch {
      failure = error
    }
    bigSlice = BigSlice(spool: spool)
    for segment in held.extent.segments { write(segment, to: spool) }
    sliceEnd = held.extent.end
    let line = context.lines.anchor(at: held.extent.start, in: held)
    slice?.element = Element(extent: Extent(from: held.extent.start), line: line)
  }

  private mutating func write(_ segment: Segment, to spool: SpoolFile?) {
    guard let spool, failure == nil else { return }
    do { try segment.block.withBytes(segment.range) { try spool.append($0) } } catch { failure = error }
  }

  /// Ends the slice at `index` of a block.
  mutating func end(
    at index: Int, from start: Int, _ block: GiantBlock, _ terminator: ListSlice.Terminator,
    _ emit: (GiantStep) -> Void
  ) {
    extend(start..<index, block)
    handOn(terminator, emit)
    slice?.isFirst = false
  }

  /// Hands on what the input ends in.
  mutating func finish(_ emit: (GiantStep) -> Void) { handOn(.none, emit) }

  private mutating func handOn(_ terminator: ListSlice.Terminator, _ emit: (GiantStep) -> Void) {
    guard var ended = slice else { return }
    ended.terminator = terminator
    let start = ended.element.extent.start
    if let bigSlice {
      ended.range = start..<sliceEnd
      self.bigSlice = nil
      // What could not be written cannot be read again; the walk has failed, and says so.
      if failure != nil { return }
      guard let bytes = bigSlice.spool.map({ RereadableBytes(source: $0, base: start) }) ?? rereadable else {
        return
      }
      emit(.item(.bigList(ended, bytes)))
      return
    }
    ended.range = start..<ended.element.extent.end
    // Nothing is in doubt about an empty list.
    if ended.range.isEmpty, ended.isFirst, case .bracket = terminator { return }
    emit(.slice(ended))
  }
}
