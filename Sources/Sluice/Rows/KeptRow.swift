// A row in memory, and where it goes.

internal import Pipeline
internal import Sharding

/// A row in an arena.
struct Row: Sendable {
  var arena: Arena
  var start: Arena.Position
  var end: Arena.Position
  /// Its length with the newline.
  var count: Int

  /// Whether a row of `count` bytes is more than DuckDB's default for an object takes, 16 MiB.
  static func isBig(_ count: Int) -> Bool { count - 1 > 16 << 20 }
}

/// The partitions of a row.
struct RowPlace: Sendable, Hashable {
  var stage: [UInt8]?
  /// A copy goes to each; nil stands for none.
  var batches: [[UInt8]?]
  var title: [UInt8]?
  var kind: AnnotationKind?
  var tool: [UInt8]?
}

extension RowPlace {
  init(_ facts: AssetFacts, _ decision: Decision) {
    stage = facts.partitionStage
    batches = decision.batches
  }
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
