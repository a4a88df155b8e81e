// Takes what an engine delivers, in the order of the input: counts it, writes its rows, and stops at the
// first thing that is wrong.

internal import Sharding

/// Why an engine was stopped.
enum Interruption: Sendable {
  /// The input is done.
  case ended(offset: Int)
  /// Enough assets have been kept.
  case limitReached
  /// A giant is to be walked through again.
  case giant(GiantRestart)
  /// An element is malformed.
  case malformed(MalformedElement)
  /// A byte cannot stand between elements.
  case misplaced(UnexpectedByte)
  /// The export is one of issues.
  case issueExport(offset: Int, line: LineAnchor)
  /// Reading, writing or the system failed.
  case failed(any Error)
}

/// A malformed element that was held, or one that was not.
struct MalformedElement: Sendable {
  var start: Int
  /// How it stands.
  var framing: Framing
  /// The line in which it starts.
  var line: LineAnchor
  var fault: ElementFault
  /// Whether what follows is kept if it is left out; nil if that is not known.
  var keepsRest: Bool?
  /// The element's bytes if it was walked through: they may not be readable elsewhere any more.
  var bytes: RereadableBytes?
}

/// The receiver of one input's items.
final class Recorder: @unchecked Sendable {
  // Proof of @unchecked: an engine delivers on one worker at a time, and hands that right on under its lock;
  // the run looks at it only when no engine runs.
  private let plan: RunPlan
  private let counts: RunCounts
  private let rows: any RowReceiver
  private var giants: GiantRecorder
  private let rejects: RejectWriter?
  private let lines: LineFinder
  /// How many malformed elements have been left out.
  private(set) var leftOut = 0
  /// Set when the engine was told to stop.
  private(set) var interruption: Interruption?

  init(
    _ plan: RunPlan, counts: RunCounts, rows: any RowReceiver, pool: BlockPool, rejects: RejectWriter?
  ) {
    self.plan = plan
    self.rejects = rejects
    self.counts = counts
    self.rows = rows
    giants = GiantRecorder(plan, counts: counts, rows: rows, pool: pool)
    lines = LineFinder(kernel: plan.kernel)
  }

  /// What became of the assets so far.
  var assets: AssetCounts { counts.report.assets }

  /// Forgets why the last engine was stopped.
  func resume() { interruption = nil }

  /// Notes that nothing can be read behind `offset`.
  func end(at offset: Int) { interruption = .ended(offset: offset) }

  /// Takes the next item.
  func receive(_ item: EngineItem) -> Delivery {
    do {
      interruption = try record(item)
    } catch {
      interruption = .failed(error)
    }
    return interruption == nil ? .goOn : .stop
  }

  /// Called when no item is ready; waits for the compressor.
  func settle() -> Delivery {
    if case .failed = interruption { return .stop }
    do {
      try rows.settle()
    } catch {
      interruption = .failed(error)
    }
    return interruption == nil ? .goOn : .stop
  }

  private func record(_ item: EngineItem) throws -> Interruption? {
    switch item {
    case .assets(let batch): return try record(batch)
    case .giant(let item): return try giants.record(item)
    case .anomaly(let misplaced): return .misplaced(misplaced)
    case .failure(let error): return .failed(error)
    case .end(let offset): return .ended(offset: offset)
    }
  }

  private func record(_ batch: AssetBatch) throws -> Interruption? {
    for stretch in batch.stretches {
      try record(stretch, continuesAsset: batch.continuesAsset)
      if !stretch.isUnfinished, let limitReached { return limitReached }
      if let stop = stretch.stop, let interruption = try record(stop) { return interruption }
    }
    return nil
  }

  private func record(_ stretch: AssetBatch.Stretch, continuesAsset: Bool) throws {
    let first = counts.nextAsset - (continuesAsset ? 1 : 0)
    counts.add(stretch.counts, endingAt: stretch.countedTo)
    // Of rows that were not wanted any more nothing is said.
    if !continuesAsset { warn(stretch.warnings, first) }
    for (asset, kept) in stretch.rows { try rows.add(kept, ofAsset: first + asset, to: counts) }
    if continuesAsset { warn(stretch.warnings, first) }
  }

  private func warn(_ warnings: [BatchWarning], _ first: Int) {
    for warning in warnings {
      var position = counts.position(warning.offset, line: warning.line, column: warning.column)
      position.asset = first + warning.asset
      counts.warn(warning.code, count: warning.count, at: position)
    }
  }

  private var limitReached: Interruption? {
    guard let limit = plan.options.rows.limit, counts.kept >= limit else { return nil }
    return .limitReached
  }

  private func record(_ stop: AssetBatch.Stop) throws -> Interruption? {
    switch stop {
    case .failure(let error): return .failed(error)
    case .issue(let offset, let line): return .issueExport(offset: offset, line: line)
    case .malformed(let malformed): return try record(malformed)
    }
  }

  private func record(_ malformed: Malformed) throws -> Interruption? {
    let start = malformed.element.extent.start
    let line = lines.anchor(at: start, in: malformed.element)
    if try leaveOut(malformed, line) { return nil }
    var element = MalformedElement(
      start: start, framing: malformed.element.framing, line: line, fault: malformed.fault)
    if plan.options.onError == .stop {
      var cursor = ExtentCursor(malformed.element.extent)
      element.keepsRest = try Recovery(framing: element.framing).keepsRest(&cursor, fault: element.fault)
    }
    return .malformed(element)
  }

  /// Leaves out a malformed element whose end is beyond doubt, so that the engine can go on: starting anew
  /// behind each of a million such elements would read a block for each.
  ///
  /// - Returns: Whether it was left out.
  private func leaveOut(_ malformed: Malformed, _ line: LineAnchor) throws -> Bool {
    // What the reference engine calls an element reaches to the input's end.
    guard plan.options.onError != .stop, plan.options.resources.engine == .fast else { return false }
    // The first element says what the input is.
    if counts.nextAsset == 0 { return false }
    let extent = malformed.element.extent
    guard try Recovery(framing: malformed.element.framing).endsWhereFramed(extent, fault: malformed.fault)
    else {
      return false
    }
    try leaveOut(at: extent.start, line, malformed.fault) { collect in
      if let collect {
        extent.forEachRun(in: extent.start..<extent.end) { bytes, _ in collect(bytes) }
      }
      return true
    }
    return true
  }

  /// Counts a malformed element, and keeps its bytes if they are wanted.
  ///
  /// - Parameters:
  ///   - offset: Where it starts.
  ///   - line: The line in which it starts.
  ///   - fault: What is wrong with it.
  ///   - walk: Passes over it, handing its bytes to whoever wants them; says whether its end is known.
  /// - Throws: What `walk` throws, and what writing throws.
  func leaveOut(
    at offset: Int, _ line: LineAnchor, _ fault: ElementFault,
    _ walk: (_ collect: ((Span<UInt8>) -> Void)?) throws -> Bool
  ) throws {
    let position = counts.position(offset, line: line.line, column: offset - line.start + 1)
    let collector = rejects?.begin(at: position, fault)
    let hasEnd = try walk(collector.map { collector in { collector.append($0) } })
    if let collector { try rejects?.finish(collector, isLost: !hasEnd) }
    // A dry run keeps nothing, but counts as the run would.
    leftOut += 1
    counts.addMalformed(at: position, isRejected: plan.options.onError == .reject)
  }
}
