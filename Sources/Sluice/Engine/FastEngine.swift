// The fast engine: blocks of the input go through four steps on whichever worker is free.
//
//   read + scan    any order     a block, and what it does to the structural state for both possible starts
//   stitch         in order      the true start of each block: a few additions
//   frame          any order     its elements; those that lie wholly in the block are worked on at once
//   merge          in order      elements that span blocks are put together and worked on by any worker
//   deliver        in order      outcomes go to the run: counts, rows, errors
//
// Whatever is in order is done by one worker at a time, and only as long as there is something to do; it
// never waits while holding the lock. Memory is bounded by the pool: reading waits while too many of its
// buffers are taken, and an element too big to be held is walked through and read again (`GiantWalk`).

internal import ByteScan
internal import Pipeline
internal import Sharding
internal import Storage

/// Reads one input from one place on.
final class FastEngine: Sendable {
  private let plan: RunPlan
  private let source: BlockSource
  private let pool: BlockPool
  private let budget: EngineBudget
  private let threads: ThreadLimit
  private let monitor: ConditionLock<EngineState>

  /// Plans to read `source` from `start` on.
  init(
    plan: RunPlan, source: BlockSource, start: EngineStart, pool: BlockPool, budget: EngineBudget,
    threads: ThreadLimit
  ) {
    self.plan = plan
    self.source = source
    self.pool = pool
    self.budget = budget
    self.threads = threads
    monitor = ConditionLock(
      EngineState(
        start: start, source: source,
        watch: plan.watchesLines ? LineWatch(maxDepth: plan.maxDepth, kernel: plan.kernel) : nil))
  }

  /// Reads to the end, or until the receiver says stop.
  ///
  /// - Parameters:
  ///   - deliver: Gets each item, one at a time and in order, on any worker.
  ///   - settle: Called in turn with it, when no item is ready.
  func run(
    _ deliver: @escaping @Sendable (EngineItem) -> Delivery, settle: @escaping @Sendable () -> Delivery
  ) {
    WorkerGroup(count: plan.options.resources.workers).run { [self] _ in
      let processor = AssetProcessor(plan, pool: pool, limit: budget.rows)
      while let step = monitor.wait(for: { self.nextStep(&$0) }) {
        // Room that the compressor's threads take is room that no worker has.
        threads.enter()
        perform(step, processor, deliver, settle)
        threads.leave()
        monitor.withLock { $0.active -= 1 }
      }
    }
  }

  /// Blocks that were read and not yet delivered, for a reader that goes on after an anomaly.
  func takeBlocks() -> [Block] { monitor.withLock { $0.takeKeptBlocks() } }

  // MARK: What to do next

  private func nextStep(_ state: inout EngineState) -> EngineStep?? {
    if state.isStopped { return .some(nil) }
    guard let step = choose(&state) else { return nil }
    state.active += 1
    return step
  }

  private func choose(_ state: inout EngineState) -> EngineStep? {
    if let step = state.nextOrderedStep() { return step }
    // With nothing under way, the first of what waits must be done, whatever memory it takes.
    let mayMakeRows = state.mayWork && (state.active == 0 || pool.taken < budget.buffers)
    if mayMakeRows, let element = state.elements.popFirst() { return .process(element) }
    if mayMakeRows, let block = state.stitched.popFirst() { return .frame(block) }
    // With nothing under way, only one more block can bring the run forward.
    if state.mayRead, pool.taken < budget.blocks || state.active == 0 { return state.claimRead() }
    return nil
  }

  private func perform(
    _ step: EngineStep, _ processor: AssetProcessor, _ deliver: (EngineItem) -> Delivery,
    _ settle: () -> Delivery
  ) {
    switch step {
    case .read(let index): read(index)
    case .frame(let block): frame(block.stitched, processor)
    case .merge: merge()
    case .process(let task):
      let (item, rest) = work(on: task.work, processor)
      monitor.withLock { $0.elementDone(task.number, item, rest) }
    case .deliver(let items): self.deliver(items, deliver, settle)
    }
  }

  // MARK: Steps

  private func read(_ index: Int) {
    do {
      guard let (block, escaped) = try source.read(index, from: pool) else {
        monitor.withLock { $0.readEnded(at: index) }
        return
      }
      let scanned = ScannedBlock(
        block, stride: ScanMap.stride(ofBlocks: pool.blockSize), assumedEscape: escaped, plan.kernel)
      monitor.withLock {
        $0.readDone(index, scanned)
        $0.stitch(plan.kernel)
      }
    } catch {
      monitor.withLock { $0.readFailed(at: index, error) }
    }
  }

  private func frame(_ block: StitchedBlock, _ processor: AssetProcessor) {
    let framer = Framer(kernel: plan.kernel)
    let frames = block.block.withBytes {
      framer.frames(in: $0, from: block.start, lowestDepth: block.lowestDepth, map: block.map)
    }
    var framed = FramedBlock(block: block, frames: frames)
    if !frames.elements.isEmpty {
      (framed.assets, framed.rest) = process(frames.elements[...], of: block, processor)
    }
    monitor.withLock { $0.framingDone(framed) }
  }

  /// Works on elements that are whole in a block, until there are rows enough.
  private func process(
    _ elements: ArraySlice<Frame>, of block: StitchedBlock, _ processor: AssetProcessor
  ) -> (batch: AssetBatch, rest: ElementTask.Work?) {
    let batch = AssetBatch(endsAtRow: plan.options.mayEndAtAnyRow)
    let arena = Arena(pool)
    let lines = LineFinder(kernel: plan.kernel)
    // Lines are counted only where one is asked for, and then from where the last one was.
    var line = block.start.line
    var lineOffset = block.block.offset
    for (index, frame) in zip(elements.indices, elements) {
      var extent = Extent(from: block.block.offset + frame.range.lowerBound)
      extent.append(Segment(block.block, frame.range, map: block.map))
      let element = Element(
        extent: extent, framing: frame.framing, line: line, lineOffset: lineOffset)
      let (outcome, rest) = processor.process(element, arena: arena)
      if outcome.needsLine {
        line = lines.anchor(at: extent.start, in: element)
        lineOffset = extent.start
      }
      batch.append(outcome, isUnfinished: rest != nil)
      let others = elements[(index + 1)...]
      if let rest { return (batch, .rest(rest, of: block, others)) }
      if arena.count >= budget.rows, !others.isEmpty { return (batch, .assets(block, others)) }
    }
    return (batch, nil)
  }

  private func work(
    on work: ElementTask.Work, _ processor: AssetProcessor
  ) -> (item: EngineItem, rest: ElementTask.Work?) {
    switch work {
    case .asset(let element):
      let batch = AssetBatch(endsAtRow: plan.options.mayEndAtAnyRow)
      let (outcome, rest) = processor.process(element, arena: Arena(pool))
      batch.append(outcome, isUnfinished: rest != nil)
      return (.assets(batch), rest.map { .rest($0, of: nil, []) })
    case .assets(let block, let elements):
      let (batch, rest) = process(elements, of: block, processor)
      return (.assets(batch), rest)
    case .rest(let rest, let block, let others):
      let (batch, left) = processor.process(rest, arena: Arena(pool))
      if let left { return (.assets(batch), .rest(left, of: block, others)) }
      if let block, !others.isEmpty { return (.assets(batch), .assets(block, others)) }
      return (.assets(batch), nil)
    case .slice(let slice):
      let outcome = processor.process(slice)
      return (.giant(.list(outcome)), outcome.rest.map { .slice($0) })
    }
  }

  private func merge() {
    let context = MergeContext(plan: plan, source: source, pool: pool, budget: budget)
    // Only the worker that holds the merge step touches the merger, so it is taken out of the lock.
    while var work = monitor.withLock({ $0.takeMergeWork() }) {
      var result = MergeResult()
      switch work.next {
      case .block(let framed):
        if work.watch?.merge(framed, &work.merger, context, into: &result) == nil {
          work.merger.merge(framed, context, into: &result)
        }
      case .end(let failure): work.merger.finish(failure, context, into: &result)
      }
      monitor.withLock { $0.merged(work, result) }
    }
  }

  private func deliver(
    _ items: [EngineItem], _ deliver: (EngineItem) -> Delivery, _ settle: () -> Delivery
  ) {
    var verdict = Delivery.goOn
    for item in items where verdict == .goOn {
      verdict = deliver(item)
      switch item {
      case .anomaly, .failure, .end: verdict = .stop
      case .assets, .giant: break
      }
    }
    if settle() == .stop { verdict = .stop }
    monitor.withLock { $0.delivered(items, stops: verdict == .stop) }
  }
}

/// How much an engine may hold.
struct EngineBudget: Sendable {
  /// How many buffers of the pool may be taken when a block is read.
  var blocks: Int
  /// How many of them may be taken when rows are made.
  var buffers: Int
  /// The length over which an element is not held, in bytes.
  var giant: Int
  /// How many bytes of rows a worker makes at a time, where rows may be longer than what they are made of.
  var rows: Int
}
