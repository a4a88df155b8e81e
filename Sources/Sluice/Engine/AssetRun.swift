// What a worker hands on of the assets it has read: sums, rows, and only of the few that are special all that
// is known. A block may hold a hundred thousand assets, so what is kept of each is small.

/// The partitions of a row.
struct RowPlace: Sendable, Hashable {
  var stage: [UInt8]?
  /// A copy goes to each; nil stands for none.
  var batches: [[UInt8]?]
  var title: [UInt8]?
  var kind: AnnotationKind?
  var tool: [UInt8]?
}

/// A row, or several of one asset that go to the same place, and what must be known of the asset.
struct KeptRow: Sendable {
  /// The rows, one behind the other.
  var row: Row
  var rows = 1
  var place: RowPlace
  /// The length of the biggest row with its newline, and where what it shows starts.
  var biggest: (bytes: Int, offset: Int)
  var externalId: [UInt8]?

  init(_ row: Row, of facts: AssetFacts, _ decision: Decision) {
    self.row = row
    place = RowPlace(facts, decision)
    biggest = (row.count, facts.start)
    externalId = facts.externalId
  }

  init(_ row: Row, rows: Int, place: RowPlace, biggest: (bytes: Int, offset: Int), externalId: [UInt8]?) {
    self.row = row
    self.rows = rows
    self.place = place
    self.biggest = biggest
    self.externalId = externalId
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
