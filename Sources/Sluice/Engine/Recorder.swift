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
  case misplaced(Misplaced)
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

  /// Takes in that no item is ready for the time being.
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
    case .assets(let runs):
      for run in runs {
        let limit = try record(run)
        if let outcome = run.outcome {
          if limit != nil { return limit }
          if let interruption = try record(outcome) { return run.isUnfinished ? nil : interruption }
        }
        if limit != nil { return run.isUnfinished ? nil : limit }
      }
      return nil
    case .moreRows(let more):
      if let failure = more.failure { return .failed(failure) }
      for row in more.rows { try rows.add(row, ofAsset: counts.nextAsset - 1, to: counts) }
      if let first = more.firstTooBig {
        var position = counts.position(first.offset, line: first.line, column: first.column)
        position.asset -= 1
        counts.warn(.rowTooBig, count: more.tooBig, at: position)
      }
      return more.rest == nil ? limitReached : nil
    case .giant(let item): return try giants.record(item)
    case .anomaly(let misplaced): return .misplaced(misplaced)
    case .failure(let error): return .failed(error)
    case .end(let offset): return .ended(offset: offset)
    }
  }

  private func record(_ run: AssetRun) throws -> Interruption? {
    let first = counts.nextAsset
    counts.add(run.counts, endingAt: run.countedTo)
    for (asset, kept) in run.rows { try rows.add(kept, ofAsset: first + asset, to: counts) }
    return limitReached
  }

  private var limitReached: Interruption? {
    guard let limit = plan.options.rows.limit, counts.kept >= limit else { return nil }
    return .limitReached
  }

  private func record(_ outcome: AssetOutcome) throws -> Interruption? {
    if let failure = outcome.failure { return .failed(failure) }
    if let malformed = outcome.malformed {
      let line = lines.anchor(at: outcome.range.lowerBound, in: malformed.element)
      if try leaveOut(malformed, line) { return nil }
      var element = MalformedElement(
        start: outcome.range.lowerBound, framing: malformed.element.framing, line: line,
        fault: malformed.fault)
      if plan.options.onError == .stop {
        var cursor = ExtentCursor(malformed.element.extent)
        element.keepsRest = try Recovery(framing: element.framing).keepsRest(
          &cursor, fault: element.fault)
      }
      return .malformed(element)
    }
    if outcome.facts.isIssue {
      return .issueExport(offset: outcome.range.lowerBound, line: outcome.line)
    }
    counts.add(
      outcome.counts, outcome.facts.surprises, range: outcome.range, lines: outcome.surpriseLines)
    for row in outcome.rows { try rows.add(row, ofAsset: counts.nextAsset - 1, to: counts) }
    return limitReached
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
