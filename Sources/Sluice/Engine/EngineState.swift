// What the workers of the fast engine share, and who may do what next. All of it is touched under the
// monitor's lock only.

internal import ByteScan
internal import Pipeline
internal import Sharding

/// Something for a worker to do.
enum EngineStep: Sendable {
  case read(Int)
  case frame(PlacedBlock)
  case merge
  case process(ElementTask)
  case deliver([EngineItem])
}

/// An element and its place among the items.
struct ElementTask: Sendable {
  enum Work: Sendable {
    /// An element that is held.
    case asset(Element)
    /// Elements that are whole in a block.
    case assets(StitchedBlock, ArraySlice<Frame>)
    /// What is left of an asset's rows, and then of the elements of its block.
    indirect case rest(AssetRest, of: StitchedBlock?, ArraySlice<Frame>)
    /// A slice of a giant's list.
    case slice(ListSlice)
  }

  var number: Int
  var work: Work
}

/// The state of one engine.
struct EngineState: Sendable {
  private(set) var isStopped = false
  /// How many steps are being done.
  var active = 0

  // Reading and stitching.
  private var nextRead = 0
  private var activeReads = 0
  private let sequential: Bool
  private var readLimit: Int
  private var failure: (index: Int, error: any Error)?
  private var scanned: [Int: ScannedBlock] = [:]
  private var nextStitch = 0
  private var stitcher: Stitcher
  var stitched = Queue<PlacedBlock>()

  private static let mostWaitingRows = 50_000
  private static let mostWaitingItems = 2000
  /// How many rows have been made, and names counted, and not delivered.
  private var waitingRows = 0

  // Merging.
  private var framed: [Int: FramedBlock] = [:]
  private var nextMerge = 0
  private var isMerging = false
  private var mergeEnded = false
  private var merger: Merger
  private var watch: LineWatch?

  /// nil where reading never goes back.
  private var kept: KeptBlocks?
  private var deliveredTo: Int
  private var walkedTo: Int?

  // Delivering.
  var elements = Queue<ElementTask>()
  private var outcomes: [Int: EngineItem] = [:]
  /// What is to be done once an item has been delivered, before the next one is.
  private var rests: [Int: ElementTask.Work] = [:]
  private var nextDelivery = 0
  private var isDelivering = false

  init(start: EngineStart, source: BlockSource, watch: LineWatch? = nil) {
    self.watch = watch
    kept = source.isSequential ? KeptBlocks() : nil
    deliveredTo = start.offset
    stitcher = Stitcher(at: BlockStart(in: start.gap, line: start.line))
    merger = Merger(start: start)
    sequential = source.isSequential
    readLimit = source.blockCount ?? .max
  }

  // MARK: Reading

  var mayRead: Bool {
    !mergeEnded && failure == nil && nextRead < readLimit && !(sequential && activeReads > 0)
  }

  mutating func claimRead() -> EngineStep {
    defer { nextRead += 1 }
    activeReads += 1
    return .read(nextRead)
  }

  mutating func readDone(_ index: Int, _ block: ScannedBlock) {
    activeReads -= 1
    scanned[index] = block
    kept?.append(block.block)
  }

  mutating func readEnded(at index: Int) {
    activeReads -= 1
    readLimit = min(readLimit, index)
  }

  mutating func readFailed(at index: Int, _ error: any Error) {
    activeReads -= 1
    readLimit = min(readLimit, index)
    if let failure, failure.index < index { return }
    failure = (index, error)
  }

  /// Finds the true start of every block whose predecessors are all there.
  mutating func stitch(_ kernel: ScanKernel) {
    while var next = scanned.removeValue(forKey: nextStitch) {
      let state = stitcher.next.state
      next.assume(escape: state.escaped, kernel)
      // Asked only where one document ends and the next one is open at the block's end.
      let start = stitcher.append(next.summary, at: next.block.offset) { [next] in
        let map = next.map(from: state)
        return next.block.withBytes { kernel.lastOutermost(in: $0, along: map) }
      }
      stitched.append(PlacedBlock(index: nextStitch, scanned: next, start: start, end: stitcher.next))
      nextStitch += 1
    }
  }

  // MARK: Framing

  /// Whether few enough rows wait to be delivered that more may be made: a block of tiny assets makes hundreds of
  /// thousands.
  var mayWork: Bool { waitingRows < Self.mostWaitingRows || active == 0 }

  mutating func elementDone(_ number: Int, _ item: EngineItem, _ rest: ElementTask.Work?) {
    waitingRows += Self.rows(in: item)
    outcomes[number] = item
    rests[number] = rest
  }

  private static func rows(in item: EngineItem) -> Int {
    switch item {
    case .assets(let batch): batch.weight
    case .giant(.list(let list)): 1 + list.rows.count + list.findings.nameCount
    case .giant: 1
    case .anomaly, .failure, .end: 0
    }
  }

  mutating func framingDone(_ block: FramedBlock) {
    waitingRows += block.assets?.weight ?? 0
    framed[block.block.index] = block
  }

  // MARK: What must be done in order

  mutating func nextOrderedStep() -> EngineStep? {
    if !isDelivering, outcomes[nextDelivery] != nil {
      isDelivering = true
      var items: [EngineItem] = []
      while let item = outcomes.removeValue(forKey: nextDelivery + items.count) {
        items.append(item)
        if rests[nextDelivery + items.count - 1] != nil { break }
      }
      return .deliver(items)
    }
    if !isMerging, mayMerge, framed[nextMerge] != nil || allMerged {
      isMerging = true
      return .merge
    }
    return nil
  }

  /// Whether few enough items wait to be delivered that more may come: a giant may have millions of tiny lists.
  private var mayMerge: Bool { !mergeEnded && merger.nextNumber - nextDelivery < Self.mostWaitingItems }

  private var allMerged: Bool { nextMerge == readLimit }

  struct MergeWork {
    enum Next {
      case block(FramedBlock)
      case end((any Error)?)
    }
    var next: Next
    var merger: Merger
    var watch: LineWatch?
  }

  mutating func takeMergeWork() -> MergeWork? {
    if !isStopped, mayMerge {
      if let block = framed.removeValue(forKey: nextMerge) {
        return MergeWork(next: .block(block), merger: merger.take(), watch: watch)
      }
      if allMerged { return MergeWork(next: .end(failure?.error), merger: merger.take(), watch: watch) }
    }
    isMerging = false
    return nil
  }

  mutating func merged(_ work: MergeWork, _ result: MergeResult) {
    merger = work.merger
    watch = work.watch
    if case .block(let block) = work.next, result.isPartial {
      framed[nextMerge] = block
    } else {
      nextMerge += 1
    }
    for task in result.tasks { elements.append(task) }
    for (number, item) in result.items {
      // The rows of whole blocks were counted when they were framed.
      if case .giant = item { waitingRows += 1 }
      outcomes[number] = item
    }
    for (number, rest) in result.rests { rests[number] = rest }
    if result.isLast { mergeEnded = true }
    if let offset = result.walkedTo { walkedTo = offset }
    releaseKept()
  }

  mutating func delivered(_ items: [EngineItem], stops: Bool) {
    nextDelivery += items.count
    isDelivering = false
    if let rest = rests.removeValue(forKey: nextDelivery - 1) {
      // The item goes on under its number.
      nextDelivery -= 1
      elements.prepend(ElementTask(number: nextDelivery, work: rest))
    }
    if stops {
      isStopped = true
      return
    }
    for item in items {
      waitingRows -= Self.rows(in: item)
      switch item {
      case .assets(let batch): deliveredTo = batch.end ?? deliveredTo
      case .giant(let giant): deliveredTo = giant.end
      case .anomaly, .failure, .end: break
      }
    }
    releaseKept()
  }

  /// What is delivered is never read again; nor is what was spooled of a giant once all before it is.
  private mutating func releaseKept() {
    // What stopped the engine may have to be read again, though it counts as delivered.
    if isStopped { return }
    let allDelivered = nextDelivery == merger.nextNumber
    kept?.release(before: allDelivered ? max(deliveredTo, walkedTo ?? 0) : deliveredTo)
  }

  mutating func takeKeptBlocks() -> [Block] { kept?.take() ?? [] }
}
