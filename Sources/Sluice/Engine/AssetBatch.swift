// What a worker hands on of the assets that it has read: sums, rows, warnings, and what has to stop the engine. A
// block may hold a hundred thousand assets, so what is kept of each is small; and the sums are a dozen tables, so
// they are handed on by reference: from the worker through the merger, which gives them their number, and the
// queue to the recorder.

internal import Sharding

/// What became of assets that lie one after another.
final class AssetBatch: @unchecked Sendable {
  // Proof of @unchecked: only the worker that makes it changes it, before it hands it on under the engine's lock.

  /// Assets of which none stops the engine, and what does behind them.
  struct Stretch: Sendable {
    fileprivate(set) var counts = CountsDelta()
    /// Each with the number of its asset within the stretch.
    fileprivate(set) var rows: [(asset: Int, row: KeptRow)] = []
    fileprivate(set) var warnings: [BatchWarning] = []
    fileprivate(set) var stop: Stop?
    /// Whether there are more rows of the last asset than these.
    fileprivate(set) var isUnfinished = false
    /// Where the last asset that is counted ends.
    fileprivate(set) var countedTo = 0
  }

  /// Why the recorder may have to stop the engine.
  enum Stop: Sendable {
    case malformed(Malformed)
    /// The asset is an issue.
    case issue(offset: Int, line: LineAnchor)
    /// Something went wrong that is no fault of the input.
    case failure(any Error)
  }

  private(set) var stretches: [Stretch] = []
  /// Where the last asset ends; nil if there is none, or these are further rows of the one before.
  private(set) var end: Int?
  /// Whether these are further rows of the last asset of the batch before.
  let continuesAsset: Bool
  /// Whether a kept asset ends a stretch, as it must where they are limited: what follows the last one is not to be
  /// counted.
  private let endsAtRow: Bool

  /// Starts a batch of assets.
  init(endsAtRow: Bool) {
    self.endsAtRow = endsAtRow
    continuesAsset = false
  }

  /// Makes a batch of the rows of one of an asset's helpings.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - warning: What there is to warn of.
  ///   - isUnfinished: Whether there are more.
  init(moreRows rows: [KeptRow], _ warning: BatchWarning?, isUnfinished: Bool) {
    (endsAtRow, continuesAsset) = (false, true)
    var stretch = Stretch()
    stretch.rows = rows.map { (0, $0) }
    stretch.warnings = warning.map { [$0] } ?? []
    stretch.isUnfinished = isUnfinished
    stretches = [stretch]
  }

  init(moreRowsFailed error: any Error) {
    (endsAtRow, continuesAsset) = (false, true)
    var stretch = Stretch()
    (stretch.stop, stretch.isUnfinished) = (.failure(error), true)
    stretches = [stretch]
  }

  /// How many rows, warnings and names it holds, each of which takes memory beside the pool's.
  var weight: Int {
    stretches.reduce(0) { $0 + $1.rows.count + $1.warnings.count + $1.counts.nameCount }
  }

  /// Adds what became of the next asset, of which there may be more rows.
  func append(_ outcome: AssetOutcome, isUnfinished: Bool = false) {
    if needsStretch { stretches.append(Stretch()) }
    end = outcome.range.upperBound
    stretches[stretches.count - 1].append(outcome, isUnfinished: isUnfinished)
  }

  private var needsStretch: Bool {
    if stretches.isEmpty { return true }
    let last = stretches.count - 1
    return stretches[last].stop != nil || endsAtRow && stretches[last].counts.assets.kept > 0
  }
}

/// What a run warns of in one asset of a batch.
struct BatchWarning: Sendable {
  /// The number of the asset within its stretch.
  var asset = 0
  var code: WarningCode
  var count: Int
  /// Where the first case is.
  var offset: Int
  var line: Int
  var column: Int
}

extension AssetBatch.Stretch {
  fileprivate mutating func append(_ outcome: AssetOutcome, isUnfinished: Bool) {
    self.isUnfinished = isUnfinished
    stop = AssetBatch.Stop(outcome)
    if stop != nil { return }
    let asset = counts.assets.seen
    countedTo = outcome.range.upperBound
    for row in outcome.rows { rows.append((asset, row)) }
    for (code, warning) in outcome.facts.warningCounts {
      let place = outcome.warningLines[code] ?? (line: 0, column: 0)
      warnings.append(
        BatchWarning(
          asset: asset, code: code, count: warning.count, offset: warning.first, line: place.line,
          column: place.column))
    }
    counts.add(outcome.facts, outcome.decision)
  }
}

extension AssetBatch.Stop {
  /// - Returns: nil if the asset stops nothing.
  fileprivate init?(_ outcome: AssetOutcome) {
    if let failure = outcome.failure {
      self = .failure(failure)
    } else if let malformed = outcome.malformed {
      self = .malformed(malformed)
    } else if outcome.facts.isIssue {
      self = .issue(offset: outcome.range.lowerBound, line: outcome.line)
    } else {
      return nil
    }
  }
}
