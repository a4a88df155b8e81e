// What lies between a giant's lists, a few hundred bytes. It is walked through as the skeleton of any asset is, but
// for the lists: where one starts that the workers read, the walk stops.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Goes along with the walk through a giant.
struct Envelope: SkeletonObserver {
  // An empty list is a place that a fault can be looked for from, too.
  static var watchesEmptyContainers: Bool { true }

  let readsEveryByte: Bool
  private let reader: AssetReader
  private let kernel: ScanKernel
  private let pool: BlockPool
  /// The line in which the giant starts.
  private let line: LineAnchor
  private var jobs: ListJobs
  private var opened: ListSlice?
  /// Knows where a fault can be looked for from.
  private(set) var tracker: EnvelopeTracker
  /// Checks what cannot be read again.
  private(set) var checker: EnvelopeChecker?
  private var minifier: Minifier
  /// What is left out of the bytes at hand, when that is known.
  private var window: CutWindow?

  init(
    _ reader: AssetReader, startingAt offset: Int, _ line: LineAnchor, _ pass: GiantPass,
    _ context: MergeContext, checks: Bool
  ) {
    let plan = context.plan
    readsEveryByte = pass.phase.readsEveryByte(plan)
    self.reader = reader
    self.line = line
    kernel = plan.kernel
    pool = context.pool
    jobs = ListJobs(pass, plan, context.pool)
    tracker = EnvelopeTracker(startingAt: offset, line: line)
    if checks { checker = EnvelopeChecker(startingAt: offset, maxDepth: plan.maxDepth) }
    minifier = Minifier(kernel: plan.kernel)
    if case .write(let known) = pass.phase, let bytes = pass.bytes {
      window = CutWindow(known.cuts, isLegacy: known.facts.isLegacy, ReadAgain(bytes: bytes, pool: pool))
    }
  }

  /// Goes on in the bytes of `block`, which start at `offset`.
  mutating func begin(_ block: GiantBlock, _ bytes: Span<UInt8>, at offset: Int) throws {
    tracker.begin(block)
    try window?.move(to: bytes, at: offset)
  }

  /// Notes that a list which others read ends at `offset`.
  mutating func endList(at offset: Int) { tracker.endList(at: offset) }

  /// The list that the walk has stopped at.
  mutating func takeOpenedList() -> ListSlice? { opened.take() }

  // MARK: The walk

  mutating func willFeed(_ bytes: Span<UInt8>, at offset: Int) { checker?.consume(bytes, at: offset) }

  mutating func didClose() { tracker.close() }

  mutating func didOpen(
    _ container: OpenedContainer, in bytes: Span<UInt8>, at offset: Int
  ) throws -> Bool {
    tracker.open(container.bracket, before: offset + container.start)
    guard let list = reader.takeOpenedList(), let slice = try makeSlice(list),
      !isReadHere(slice.job, container, bytes)
    else { return false }
    opened = slice
    return true
  }

  private mutating func makeSlice(_ place: ListPlace) throws -> ListSlice? {
    let job = try jobs.job(place, isCut: window?.list.contains(place.start) == true)
    if job.isIdle { return nil }
    let empty = Element(extent: Extent(from: place.start + 1), line: line)
    return ListSlice(
      place: place, job: job, element: empty, range: place.start + 1..<place.start + 1, isFirst: true)
  }

  /// How long a list is at most that is read as a part of the envelope.
  private static let shortList = 4096

  /// Whether a list is to be read as a part of the envelope: handing on a short one costs more than it, and a giant
  /// may have millions of them.
  private func isReadHere(_ job: ListJob, _ list: OpenedContainer, _ bytes: Span<UInt8>) -> Bool {
    guard readsEveryByte, !job.isCounted else { return false }
    switch job.output {
    case .none, .elements(prunes: false): break
    case .elements, .cuts, .rows, .checkedRows: return false
    }
    var state = list.state
    let reach = bytes.extracting(..<min(bytes.count, list.start + Self.shortList))
    return kernel.skip(toDepth: state.depth - 1, in: reach, from: list.start, state: &state) != nil
  }

  // MARK: The row

  /// What goes into the row of bytes at `offset`.
  mutating func rowBytes(_ bytes: Span<UInt8>, at offset: Int) -> RowBytes {
    let cuts = window?.list ?? CutList([], isLegacy: false)
    // Few bytes are no reason to take a buffer.
    var small: [UInt8] = []
    let arena = bytes.count > 4096 ? Arena(pool) : nil
    var count = 0
    cuts.forEachKept(in: offset..<offset + bytes.count) { range in
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
    guard let arena else { return .small(small) }
    return .arena(Row(arena: arena, start: .start, end: arena.position, count: count))
  }
}
