// Reads one row of elements to its end: starts the engine, and where something is malformed either fails or
// finds out where to go on and starts the engine again there.

internal import Pipeline
internal import Sharding
internal import Storage

/// What a run shares among its inputs.
struct RunContext {
  let plan: RunPlan
  let pool: BlockPool
  let budget: EngineBudget
  let threads: ThreadLimit
  let scratch: Scratch
  let counts: RunCounts
  let rows: any RowReceiver
  let rejects: RejectWriter?
  let monitor: RunMonitor
}

/// One row of elements, being read.
final class InputRun {
  private let context: RunContext
  private let data: DataInput
  private let recorder: Recorder
  private let input: InputBytes
  private var framing = Framing.sequence

  init(_ data: DataInput, _ context: RunContext) {
    self.context = context
    self.data = data
    recorder = Recorder(
      context.plan, counts: context.counts, rows: context.rows, pool: context.pool, rejects: context.rejects)
    input = InputBytes(data.bytes, pool: context.pool)
  }

  /// Reads everything.
  ///
  /// - Returns: Whether the run wants more inputs.
  /// - Throws: `RunError`.
  func read() throws -> Bool {
    context.counts.begin(data.name, entry: data.entry)
    var cursor = input.cursor(at: 0, line: LineAnchor())
    switch try Prelude.read(&cursor) {
    case .empty(let offset):
      context.counts.end(bytes: offset)
      return true
    case .wideCharacters: throw fail(at: 0, cursor.line, "the text is not UTF-8", hint: Hints.encoding)
    case .brokenMark: throw fail(at: 0, cursor.line, "invalid UTF-8", hint: Hints.encoding)
    case .elements(let framing, let start):
      self.framing = framing
      recorder.framing = framing
      try input.giveBack(cursor)
      return try readElements(from: start)
    }
  }

  private func readElements(from start: EngineStart) throws -> Bool {
    var start = start
    while true {
      recorder.resume()
      let left = try runEngine(from: start)
      try context.monitor.checkCancelled()
      switch recorder.interruption {
      case .limitReached:
        context.counts.endAtLastAsset()
        return false
      case .ended(let offset):
        context.counts.end(bytes: offset)
        return true
      case .issueExport(let offset, let line): throw issueExport(at: offset, line)
      case .failed(let error): throw error
      case .giant(let giant): start = try restart(giant, left)
      case .malformed(let element):
        guard let next = try resume(behind: element, left) else { return true }
        start = next
      case .misplaced(let misplaced):
        guard let next = try resume(behind: misplaced, left) else { return true }
        start = next
      case nil: throw RunError(.interrupted, "the run was interrupted")
      }
    }
  }

  /// Runs the engine until it stops.
  ///
  /// - Returns: For a stream, the blocks that were read and may have to be read again.
  private func runEngine(from start: EngineStart) throws -> [Block] {
    let plan = context.plan
    let deliver = { @Sendable [monitor = context.monitor, recorder] (item: EngineItem) -> Delivery in
      if monitor.isCancelled { return .stop }
      defer { monitor.setAssets(seen: recorder.assets.seen, kept: recorder.assets.kept) }
      return recorder.receive(item)
    }
    if plan.options.resources.engine == .reference {
      let engine = ReferenceEngine(plan: plan, framing: framing, input: try input.whole(from: start.offset))
      context.threads.enter()
      defer { context.threads.leave() }
      engine.run(start, deliver)
      _ = recorder.settle()
      return [engine.input]
    }
    let source = input.blocks(from: start.offset, scratch: context.scratch)
    let engine = FastEngine(
      plan: plan, framing: framing, source: source, start: start, pool: context.pool, budget: context.budget,
      threads: context.threads)
    engine.run(deliver) { [recorder] in recorder.settle() }
    return engine.takeBlocks()
  }

  /// Goes back to the start of a giant.
  private func restart(_ giant: GiantRestart, _ left: [Block]) throws -> EngineStart {
    input.keep(left, behind: giant.pass.bytes)
    try input.giveBack(input.cursor(at: giant.start, line: giant.line))
    return EngineStart(
      offset: giant.start, gap: framing == .array ? .afterComma : .sequence, line: giant.line,
      pass: giant.pass)
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

  private func resume(behind element: MalformedElement, _ left: [Block]) throws -> EngineStart? {
    let fault = element.fault
    if context.plan.options.onError == .stop {
      let position = context.counts.position(fault.offset, line: fault.line, column: fault.column)
      throw RunError(.malformed, fault.message, hint: Hints.malformed(fault), position: position)
    }
    input.keep(left, behind: element.bytes)
    return try goOn(input.cursor(at: element.start, line: element.line), fault, isRecoverable: true)
  }

  private func resume(behind misplaced: Misplaced, _ left: [Block]) throws -> EngineStart? {
    let fault = ElementFault(misplaced)
    if context.plan.options.onError == .stop {
      throw fail(at: fault.offset, misplaced.line, fault.message, hint: Hints.malformed(fault))
    }
    input.keep(left)
    // Behind a missing comma or a stray bracket nothing in an array can be trusted.
    let isElement =
      switch misplaced.gap {
      case .sequence: misplaced.byte != nil
      case .beforeFirst, .afterComma: startsValue(misplaced.byte)
      case .afterElement, .ended: false
      }
    let cursor = input.cursor(at: misplaced.offset, line: misplaced.line)
    return try goOn(cursor, fault, isRecoverable: isElement)
  }

  private func startsValue(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return !"}],:".utf8.contains(byte)
  }

  /// Counts and records a malformed element, and moves behind it.
  private func goOn(
    _ cursor: BlockCursor, _ fault: ElementFault, isRecoverable: Bool
  ) throws -> EngineStart? {
    var cursor = cursor
    let column = cursor.offset - cursor.line.start + 1
    let position = context.counts.position(cursor.offset, line: cursor.line.line, column: column)
    let collector = context.rejects?.begin(at: position, fault)
    cursor.onAdvance = collector.map { collector in { collector.append($0) } }
    let resumption =
      isRecoverable ? try Recovery(framing: framing).resume(&cursor, fault: fault.offset) : .lost
    if case .lost = resumption { while try cursor.peek() != nil { cursor.advance() } }
    // Without a further line the last record simply ends with the input: nothing of it is in doubt.
    let losesStructure = resumption.isLost && framing == .array
    if let collector { try context.rejects?.finish(collector, isLost: losesStructure) }
    context.counts.addMalformed(isRejected: context.rejects != nil)
    cursor.onAdvance = nil
    switch resumption {
    case .lost:
      context.counts.end(bytes: cursor.offset)
      return nil
    case .at(let offset, let gap):
      try input.giveBack(cursor)
      return EngineStart(offset: offset, gap: gap, line: cursor.line)
    }
  }
}
