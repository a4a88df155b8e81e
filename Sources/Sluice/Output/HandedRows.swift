// Rows that go to a closure. Most rows lie in one piece in what a worker made, and are handed over where they lie;
// one that comes in pieces (it spans two buffers, or its asset is too big to hold) is put together first.
//
// An engine delivers on one worker at a time, so the closure is never called twice at once, and while it works the
// rows behind it wait in the engine's own buffers, of which there is a fixed number.

internal import ByteScan

/// Takes a row: its bytes less the line end, valid for the time of the call, and what is known of it.
public typealias RowHandler = @Sendable (_ row: Span<UInt8>, _ facts: RowFacts) throws -> RowDemand

/// Whether whoever takes rows wants more of them.
public enum RowDemand: Sendable {
  /// The next row is wanted.
  case more
  /// No further row is; the run ends well, and reads no further.
  case enough
}

/// What is known of a row without looking into it.
public struct RowFacts: Sendable {
  /// The input that its asset is in.
  public let input: InputName
  /// The entry, if the input is an archive.
  public let entry: String?
  /// The number of its asset in the input, or in the entry, from 0.
  public let asset: Int
  let keys: [PartitionKey]
  let place: RowPlace

  /// The value that a partition of the row would be named after.
  ///
  /// - Parameter key: One of `OutputOptions.partitionBy`: a run finds out only what it is asked for.
  /// - Returns: The value; nil where there is none, and for a key that was not asked for. Of batches the first.
  public subscript(key: PartitionKey) -> String? {
    if key == .batch { return batches.first ?? nil }
    guard keys.contains(key) else { return nil }
    return place[key].map { String(decoding: $0, as: UTF8.self) }
  }

  /// The batches of the asset that `AssetSelection.batches` wants, each once; nil stands for none.
  ///
  /// Empty unless `OutputOptions.partitionBy` has `PartitionKey.batch`. A row is handed over once, however many
  /// there are.
  public var batches: [String?] {
    guard keys.contains(.batch) else { return [] }
    return place.batches.map { $0.map { String(decoding: $0, as: UTF8.self) } }
  }
}

/// Whoever takes the rows has enough.
struct EnoughRows: Error {}

/// Hands rows to a closure, one after another.
final class HandedRows: RowReceiver {
  private let keys: [PartitionKey]
  private let longest: Int
  private let handler: RowHandler
  private var input = InputName.standardInput
  private var entry: String?
  private var asset = 0
  private var place: RowPlace?
  /// The front of a row that comes in pieces.
  private var held: [UInt8] = []
  /// How many rows have been taken.
  private(set) var count = 0

  /// Hands over rows of at most `longest` bytes, with the values of `keys`.
  init(_ keys: [PartitionKey], longest: Int, _ handler: @escaping RowHandler) {
    self.keys = keys
    self.longest = longest
    self.handler = handler
  }

  func begin(_ input: InputName, entry: String?) { (self.input, self.entry) = (input, entry) }

  func begin(asset: Int) { self.asset = asset }

  func targets(for place: RowPlace) -> [Int] {
    self.place = place
    return [0]
  }

  func append(_ bytes: Span<UInt8>, to target: Int) throws {
    var start = 0
    while start < bytes.count {
      let rest = bytes.extracting(start...)
      // A row has no line feed but its last byte.
      guard let length = rest.firstIndex(of: 0x0A) else { return try hold(rest) }
      try end(with: rest.extracting(..<length))
      start += length + 1
    }
  }

  func settle() {}

  private func hold(_ bytes: Span<UInt8>) throws {
    guard bytes.count <= longest - held.count else { throw tooLong }
    // All at once: growing would hold the row twice, and what is never touched takes no memory.
    if held.capacity < longest { held.reserveCapacity(longest) }
    held.append(bytes)
  }

  private func end(with bytes: Span<UInt8>) throws {
    if held.isEmpty { return try hand(bytes) }
    try hold(bytes)
    // Kept for the next such row: what was touched once is counted for the whole run.
    defer { held.removeAll(keepingCapacity: true) }
    try hand(held.span)
  }

  private func hand(_ row: Span<UInt8>) throws {
    guard row.count <= longest else { throw tooLong }
    guard let place else { return }
    let facts = RowFacts(input: input, entry: entry, asset: asset, keys: keys, place: place)
    let demand: RowDemand
    do { demand = try handler(row, facts) } catch { throw RunError(consumer: error, at: whereabouts) }
    count += 1
    if demand == .enough { throw EnoughRows() }
  }

  private var whereabouts: String {
    (entry.map { "\(input) (entry \($0))" } ?? "\(input)") + ": asset \(asset)"
  }

  private var tooLong: RunError {
    RunError(
      .rowTooLong, "\(whereabouts): a row of more than \(longest) bytes",
      hint: "Ask for longer rows and more memory, for rows of annotations, or for a stream of bytes.")
  }
}
