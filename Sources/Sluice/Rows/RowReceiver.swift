// Where rows go: to partitions, to a stream, to a closure, or nowhere.

internal import Pipeline
internal import Sharding

/// Where rows go.
protocol RowReceiver: AnyObject {
  /// Announces that the rows that follow are from this input, or this entry of it.
  func begin(_ input: InputName, entry: String?)
  /// Announces that the rows that follow are from the asset of this number in its input.
  func begin(asset: Int)
  /// The partitions that the asset's row goes to.
  func targets(for place: RowPlace) throws -> [Int]
  /// Adds bytes of a row, which ends with a newline.
  func append(_ bytes: Span<UInt8>, to target: Int) throws
  /// Waits until no other thread works on the rows so far.
  func settle() throws
}

extension RowReceiver {
  // Most file rows by their values, wherever they come from.
  func begin(_ input: InputName, entry: String?) {}
  func begin(asset: Int) {}

  /// Adds rows that are held, of the asset of this number in its input, and counts them.
  func add(_ kept: KeptRow, ofAsset asset: Int, to counts: RunCounts) throws {
    begin(asset: asset)
    let targets = try targets(for: kept.place)
    let row = kept.row
    for target in targets {
      try row.arena.forEachRun(from: row.start, to: row.end) { try append($0, to: target) }
    }
    counts.addRows(
      kept.rows, bytes: kept.biggest.bytes - 1, externalId: kept.externalId, at: kept.biggest.offset,
      asset: asset, copies: targets.count - 1)
  }
}
