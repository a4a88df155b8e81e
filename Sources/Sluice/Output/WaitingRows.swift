// Rows of partitions that have no compressor, until there are too many of them: one behind the other in one buffer,
// whatever partition they belong to. An array for each partition would move whenever it grew, and the memory that
// it left behind would come back late (1 GB of video in a hundred partitions: peak 205 MB so, 125 MB in one buffer).

/// Rows in memory.
struct WaitingRows: Sendable {
  /// Where the rows of one partition are, in their order.
  typealias Places = [Range<Int>]

  private let capacity: Int
  private(set) var bytes: [UInt8] = []
  private var places = 0

  /// Makes room for `capacity` bytes, places included.
  init(capacity: Int) { self.capacity = capacity }

  /// Adds bytes of a row behind those that a partition has.
  ///
  /// - Returns: Whether there was room.
  mutating func append(_ row: Span<UInt8>, to partition: inout Places) -> Bool {
    let count = bytes.count + row.count + (places + 1) * MemoryLayout<Range<Int>>.stride
    if count > capacity { return false }
    if bytes.capacity == 0 { bytes.reserveCapacity(capacity) }
    let start = bytes.count
    bytes.append(row)
    if let last = partition.last, last.upperBound == start {
      partition[partition.count - 1] = last.lowerBound..<bytes.count
    } else {
      partition.append(start..<bytes.count)
      places += 1
    }
    return true
  }

  /// Visits the rows of a partition.
  func visit(_ partition: Places, _ body: (Span<UInt8>) throws -> Void) rethrows {
    for range in partition { try body(bytes.span.extracting(range)) }
  }

  /// Forgets all rows, wherever they belong.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    places = 0
  }
}
