// Reads one asset stream to its end: starts the engine, and where something is malformed either fails or
// finds out where to go on and starts the engine again there.

internal import Pipeline
internal import Sharding
internal import Storage

/// What a run shares among its inputs.
struct RunContext {
  let plan: RunPlan
  let pool: BlockPool
  private let fullBudget: EngineBudget
  let records: RecordBudget
  let threads: ThreadLimit
  let scratch: Scratch
  let counts: RunCounts
  let rows: any RowReceiver
  let rejects: RejectWriter?
  let monitor: RunMonitor

  init(
    plan: RunPlan, memory: MemoryPlan, threads: ThreadLimit, scratch: Scratch, counts: RunCounts,
    rows: any RowReceiver, rejects: RejectWriter?, monitor: RunMonitor
  ) {
    self.plan = plan
    pool = BlockPool(blockSize: memory.blockSize)
    fullBudget = memory.engine
    records = memory.records
    self.threads = threads
    self.scratch = scratch
    self.counts = counts
    self.rows = rows
    self.rejects = rejects
    self.monitor = monitor
  }

  /// What an engine may hold now, beside what is kept of the entries so far.
  var budget: EngineBudget {
    fullBudget.without(
      plan.options.output.partitionBy.isEmpty ? records.excess : 0, blockSize: pool.blockSize,
      workers: plan.options.resources.workers)
  }
}

/// One asset stream, being read.
final class InputRun {
  private let context: RunContext
  private let data: DataInput
  private let recorder: Recorder
  private let input: InputBytes
  /// What stands where the first element should start, if it is nothing that has a name.
  private var strangeStart: (position: InputPosition, hint: String)?
  private lazy var stepper = ElementStepper(
    plan: context.plan, pool: context.pool, limit: context.budget.rows, recorder: recorder)

  init(_ data: DataInput, _ context: RunContext) {
    self.context = context
    self.data = data
    recorder = Recorder(
      context.plan, counts: context.counts, rows: context.rows, pool: context.pool, rejects: context.rejects)
    input = InputBytes(data.bytes, pool: context.pool, gate: context.monitor.gate)
  }

  /// Reads everything.
  ///
  /// - Returns: Whether the run wants more inputs.
  /// - Throws: `RunError`.
  func read() throws -> Bool {
    context.counts.begin(data.name, entry: data.entry)
    context.rows.begin(data.name, entry: data.entry)
    var cursor = input.cursor(at: 0, line: LineAnchor())
    switch try Prelude.read(&cursor) {
    case .empty(let offset):
      if !context.plan.options.allowEmpty { throw EmptyInput(data.place, hasBytes: offset > 0).runError }
      context.counts.end(bytes: offset)
      return true
    case .brokenMark: throw fail(at: 0, cursor.line, "invalid UTF-8", hint: Hints.encoding)
    case .elements(let framing, let gap):
      context.counts.note(framing)
      input.giveBack(cursor)
      return try readElements(from: EngineStart(offset: cursor.offset, gap: gap, line: cursor.line))
    }
  }

  private func readElements(from start: EngineStart) throws -> Bool {
    var start = start
    var isResumed = false
    while true {
      recorder.resume()
      var left = try runEngine(from: start, isResumed: isResumed)
      if context.counts.nextAsset == 0 { try refuseForeign(&left) }
      if let (place, malformed) = try malformation(left) {
        var cursor = place
        recorder.resume()
        isResumed = true
        if let next = try goOn(&cursor, malformed) {
          start = next
          continue
        }
      }
      try context.monitor.checkCancelled()
      switch recorder.interruption {
      case .limitReached:
        context.counts.endAtLastAsset()
        return false
      case .ended(let offset):
        try checkForAssets()
        context.counts.end(bytes: offset)
        return true
      case .issueExport(let offset, let line): throw issueExport(at: offset, line)
      case .failed(is EnoughRows):
        context.counts.endAtLastAsset()
        return false
      case .failed(let error): throw error
      case .giant(let giant): start = restart(giant, left)
      case .malformed, .misplaced, nil: throw RunError(.interrupted, "the run was interrupted")
      }
    }
  }

  /// Runs the engine until it stops.
  ///
  /// - Returns: For a stream, the blocks that were read and may have to be read again.
  private func runEngine(from start: EngineStart, isResumed: Bool) throws -> [Block] {
    let plan = context.plan
    let deliver = { @Sendable [monitor = context.monitor, recorder] (item: EngineItem) -> Delivery in
      if monitor.isCancelled { return .stop }
      defer { monitor.setAssets(seen: recorder.assets.seen, kept: recorder.assets.kept) }
      let verdict = recorder.receive(item)
      // Another worker may wait for a silent pipe.
      if verdict == .stop { monitor.gate.shut() }
      return verdict
    }
    defer { context.monitor.openGate() }
    if plan.options.resources.engine == .reference {
      let engine = ReferenceEngine(plan: plan, input: try input.whole(from: start.offset))
      context.threads.enter()
      defer { context.threads.leave() }
      engine.run(start, deliver)
      _ = recorder.settle()
      return [engine.input]
    }
    let source = input.blocks(from: start.offset, startsShort: isResumed, scratch: context.scratch)
    let engine = FastEngine(
      plan: plan, source: source, start: start, pool: context.pool, budget: context.budget,
      threads: context.threads)
    engine.run(deliver) { [recorder] in recorder.settle() }
    return engine.takeBlocks()
  }

  /// Goes back to the start of a giant.
  private func restart(_ giant: GiantRestart, _ left: [Block]) -> EngineStart {
    input.keep(left, behind: giant.pass.bytes)
    input.giveBack(input.cursor(at: giant.start, line: giant.line))
    return EngineStart(
      offset: giant.start, gap: giant.framing == .array ? .afterComma : .sequence, line: giant.line,
      pass: giant.pass)
  }

  // MARK: What is no export

  /// Refuses an input whose first element shows that it is something else, whatever is done about malformed ones.
  private func refuseForeign(_ left: inout [Block]) throws {
    switch recorder.interruption {
    case .malformed(let element):
      let fault = element.fault
      let window = try input.look(
        at: element.start, count: ForeignContent.elementWindow, &left, behind: element.bytes)
      let content =
        fault.code == ElementFault.noAsset
        ? ForeignShape.recognise(window)
        : ForeignContent.brokenObject(Array(window.prefix(ForeignContent.window)), offset: element.start)
      guard let content else { return }
      throw foreign(content, context.counts.position(fault.offset, line: fault.line, column: fault.column))
    case .misplaced(let misplaced):
      guard misplaced.byte != nil, misplaced.gap.isAtStart else { return }
      let window = try input.look(at: misplaced.offset, count: ForeignContent.window, &left)
      let isInArray = misplaced.gap == .beforeFirst
      let start = context.counts.position(misplaced)
      if let content = ForeignContent.atStart(window, offset: misplaced.offset, isInArray: isInArray) {
        throw foreign(content, start)
      }
      strangeStart = (start, Hints.strangeStart(window, isInArray: isInArray))
    default: return
    }
  }

  private func foreign(_ content: ForeignContent, _ position: InputPosition) -> ForeignInput {
    ForeignInput(content: content, place: data.place, position: position)
  }

  /// Refuses an input that does not start like an export and in which nothing was an asset.
  private func checkForAssets() throws {
    guard let (position, hint) = strangeStart, data.entry == nil, context.counts.nextAsset == recorder.leftOut
    else { return }
    throw RunError(
      .notExport, "this is not an export: nothing in it is an asset", hint: hint, position: position)
  }

  // MARK: Malformed elements

  private func fail(
    at offset: Int, _ line: LineAnchor, _ message: String, hint: String? = nil
  ) -> RunError {
    let position = context.counts.position(offset, line: line.line, column: offset - line.start + 1)
    return RunError(.malformed, message, hint: hint, position: position)
  }

  private func issueExport(at offset: Int, _ line: LineAnchor) -> RunError {
    let position = context.counts.position(offset, line: line.line, column: offset - line.start + 1)
    return RunError(
      .issueExport, "this is an issue export, not a task export", hint: Hints.issueExport, position: position)
  }

  /// What malformed thing stopped the engine, and a cursor at its first byte.
  ///
  /// - Parameter left: Of a stream, what the engine had read.
  /// - Returns: nil if it was something else.
  /// - Throws: `RunError` if it is to stop the run.
  private func malformation(_ left: [Block]) throws -> (BlockCursor, Malformation)? {
    let stops = context.plan.options.onError == .stop
    switch recorder.interruption {
    case .malformed(let element):
      let fault = element.fault
      if stops {
        let position = context.counts.position(fault.offset, line: fault.line, column: fault.column)
        throw RunError(.malformed, fault.message, hint: Hints.malformed(element), position: position)
      }
      input.keep(left, behind: element.bytes)
      return (input.cursor(at: element.start, line: element.line), .element(fault, element.framing))
    case .misplaced(let misplaced):
      let fault = ElementFault(misplaced)
      if stops {
        let hint = context.counts.nextAsset == 0 ? strangeStart?.hint : nil
        throw fail(
          at: fault.offset, misplaced.line, fault.message, hint: hint ?? Hints.misplaced(misplaced))
      }
      input.keep(left)
      return (input.cursor(at: misplaced.offset, line: misplaced.line), .misplaced(misplaced))
    default: return nil
    }
  }

  /// Leaves out what is malformed, and what else is so right behind it.
  ///
  /// - Returns: Where the engine goes on; nil if it need not, which the recorder then knows the reason of.
  private func goOn(_ cursor: inout BlockCursor, _ malformed: Malformation) throws -> EngineStart? {
    var malformed = malformed
    while true {
      try context.monitor.checkCancelled()
      guard let gap = try leaveOut(malformed, at: &cursor) else {
        recorder.end(at: cursor.offset)
        return nil
      }
      var stop = ElementStepper.Stop.engine(EngineStart(offset: cursor.offset, gap: gap, line: cursor.line))
      if context.plan.options.resources.engine == .fast { stop = try stepper.read(&cursor, from: gap) }
      switch stop {
      case .malformed(let next): malformed = next
      case .engine(let start):
        input.giveBack(cursor)
        return start
      case .interrupted: return nil
      }
    }
  }

  /// Counts and records something malformed, and moves behind it.
  ///
  /// - Returns: The gap that the cursor is in then; nil if the rest is lost.
  private func leaveOut(_ malformed: Malformation, at cursor: inout BlockCursor) throws -> Gap? {
    let (fault, framing, isRecoverable) =
      switch malformed {
      case .element(let fault, let framing): (fault, framing, true)
      case .misplaced(let misplaced):
        (ElementFault(misplaced), misplaced.gap.framing, misplaced.isElement)
      }
    var gap: Gap?
    try recorder.leaveOut(at: cursor.offset, cursor.line, fault) { collect in
      cursor.startCollecting(collect)
      if isRecoverable { gap = try Recovery(framing: framing).resume(&cursor, fault: fault).gap }
      if gap == nil { try cursor.skip(to: .max) }
      cursor.stopCollecting()
      // Without a further line the last record simply ends with the input: nothing of it is in doubt.
      return gap != nil || framing == .sequence
    }
    return gap
  }
}

extension Gap {
  /// Whether the first element may follow.
  fileprivate var isAtStart: Bool { self == .sequence || self == .beforeFirst }
}

extension RunCounts {
  /// The place of a byte that cannot stand between elements.
  fileprivate func position(_ misplaced: UnexpectedByte) -> InputPosition {
    let line = misplaced.line
    return position(misplaced.offset, line: line.line, column: misplaced.offset - line.start + 1)
  }
}
