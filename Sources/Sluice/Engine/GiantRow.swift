// The row of a giant, written as its parts come: nothing of it is held.

internal import Sharding

/// Writes one row to the partitions it goes to.
struct GiantRow {
  private let rows: any RowReceiver
  private(set) var targets: [Int] = []
  /// How many bytes have been written.
  private(set) var count = 0
  /// Whether elements have been written since a list was opened, so that a comma is due.
  private var listHasElements = false

  init(_ rows: any RowReceiver) { self.rows = rows }

  init(_ rows: any RowReceiver, at place: RowPlace) throws {
    self.rows = rows
    targets = try rows.targets(for: place)
  }

  /// Writes bytes from between the lists.
  mutating func append(envelope bytes: RowBytes) throws {
    try bytes.forEachRun { try write($0) }
    listHasElements = false
  }

  /// Writes elements of a list.
  mutating func append(elements bytes: RowBytes) throws {
    if bytes.count == 0 { return }
    if listHasElements { try write([UInt8(ascii: ",")].span) }
    listHasElements = true
    try bytes.forEachRun { try write($0) }
  }

  mutating func end() throws { try write([UInt8(ascii: "\n")].span) }

  private mutating func write(_ bytes: Span<UInt8>) throws {
    for target in targets { try rows.append(bytes, to: target) }
    count += bytes.count
  }

  // MARK: Lists that are not held

  /// Starts to write elements of a slice that is not held.
  func beginBigSlice() -> BigSliceWriter {
    BigSliceWriter(rows, targets: targets, commaIsDue: listHasElements)
  }

  /// Notes that it has written `count` bytes of elements.
  mutating func endBigSlice(_ writer: BigSliceWriter, count: Int) {
    self.count += count + writer.commas
    if count > 0 { listHasElements = true }
  }
}

/// Writes what comes of a slice that is not held.
final class BigSliceWriter {
  private let rows: any RowReceiver
  private(set) var targets: [Int]
  private var commaIsDue: Bool
  /// How many commas were written before it.
  private(set) var commas = 0

  init(_ rows: any RowReceiver, targets: [Int], commaIsDue: Bool) {
    self.rows = rows
    self.targets = targets
    self.commaIsDue = commaIsDue
  }

  /// Starts the row of an annotation.
  func begin(_ place: RowPlace) throws { targets = try rows.targets(for: place) }

  func write(_ bytes: Span<UInt8>) throws {
    if bytes.isEmpty { return }
    if commaIsDue {
      commas += 1
      for target in targets { try rows.append([UInt8(ascii: ",")].span, to: target) }
    }
    commaIsDue = false
    for target in targets { try rows.append(bytes, to: target) }
  }
}
