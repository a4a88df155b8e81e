// What a worker hands on of the assets it has read: sums, rows, and only of the few that are special all that
// is known. A block may hold a hundred thousand assets, so what is kept of each is small.

/// Assets that lie one after another, and the special one behind them.
struct AssetRun: Sendable {
  /// The sums of all but the special one.
  private(set) var counts = CountsDelta()
  /// The rows, each with the number of its asset within the run.
  private(set) var rows: [(asset: Int, row: KeptRow)] = []
  /// The special one.
  private(set) var outcome: AssetOutcome?
  /// Whether there are more rows of the last asset than these.
  private(set) var isUnfinished = false
  /// Where the last that is not special ends.
  private(set) var countedTo = 0
  /// Where the last of them all ends.
  private(set) var end = 0

  /// How many rows and names it holds, each of which takes memory beside the pool's.
  var weight: Int {
    rows.count + counts.nameCount + (outcome.map { $0.rows.count + $0.counts.nameCount } ?? 0)
  }

  /// Takes in what became of the next asset.
  fileprivate mutating func append(_ outcome: AssetOutcome, isUnfinished: Bool) {
    self.isUnfinished = isUnfinished
    end = outcome.range.upperBound
    if outcome.isSpecial {
      self.outcome = outcome
      self.outcome?.condense()
      return
    }
    countedTo = end
    for row in outcome.rows { rows.append((counts.assets.seen, row)) }
    counts.add(outcome.facts, outcome.decision)
  }
}

extension [AssetRun] {
  /// Takes in what became of the next asset.
  ///
  /// - Parameters:
  ///   - outcome: What became of it.
  ///   - endsAtRow: Whether a kept asset ends a run, as it must where they are limited: what follows the last one
  ///     is not to be counted.
  ///   - isUnfinished: Whether there are more rows of it.
  mutating func append(_ outcome: AssetOutcome, endsAtRow: Bool, isUnfinished: Bool = false) {
    if isEmpty || self[count - 1].outcome != nil || endsAtRow && self[count - 1].counts.assets.kept > 0 {
      append(AssetRun())
    }
    self[count - 1].append(outcome, isUnfinished: isUnfinished)
  }
}
