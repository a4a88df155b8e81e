// What a worker hands on of the assets it has read: sums, rows, and only of the few that are special all that
// is known. A block may hold a hundred thousand assets, so what is kept of each is small.

/// The partitions of a row.
struct RowPlace: Sendable {
  var stage: [UInt8]?
  /// A copy goes to each; nil stands for none.
  var batches: [[UInt8]?]
}

/// A row and what must be known of its asset.
struct KeptRow: Sendable {
  var row: Row
  var place: RowPlace
  /// The asset's first byte.
  var offset: Int
  var externalId: [UInt8]?

  init(_ row: Row, of facts: AssetFacts, _ decision: Decision) {
    self.row = row
    place = RowPlace(facts, decision)
    offset = facts.start
    externalId = facts.externalId
  }
}

extension RowPlace {
  init(_ facts: AssetFacts, _ decision: Decision) {
    stage = facts.partitionStage
    batches = decision.batches
  }
}

/// Assets that lie one after another, and the special one behind them.
struct AssetRun: Sendable {
  /// The sums of all but the special one.
  private(set) var counts = CountsDelta()
  /// The rows, each with the number of its asset within the run.
  private(set) var rows: [(asset: Int, row: KeptRow)] = []
  /// The special one.
  private(set) var outcome: AssetOutcome?
  /// Where the last that is not special ends.
  private(set) var countedTo = 0
  /// Where the last of them all ends.
  private(set) var end = 0

  /// Takes in what became of the next asset.
  fileprivate mutating func append(_ outcome: AssetOutcome) {
    end = outcome.range.upperBound
    if outcome.isSpecial {
      self.outcome = outcome
      return
    }
    countedTo = end
    if let row = outcome.row {
      rows.append((counts.assets.seen, KeptRow(row, of: outcome.facts, outcome.decision)))
    }
    counts.add(outcome.facts, outcome.decision)
  }
}

extension [AssetRun] {
  /// Takes in what became of the next asset.
  ///
  /// - Parameters:
  ///   - outcome: What became of it.
  ///   - endsAtRow: Whether a row ends a run, as it must where rows are limited: what follows the last one is
  ///     not to be counted.
  mutating func append(_ outcome: AssetOutcome, endsAtRow: Bool) {
    if isEmpty || self[count - 1].outcome != nil || endsAtRow && !self[count - 1].rows.isEmpty {
      append(AssetRun())
    }
    self[count - 1].append(outcome)
  }
}
