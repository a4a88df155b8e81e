// What a run would write, counted instead of written: rows are made and thrown away.

internal import ByteScan

/// Rows that would be written.
public struct PlannedRows: Sendable, Hashable {
  /// How many, copies included.
  public var rows = 0
  /// Their bytes before compression, newlines included.
  public var rawBytes = 0
}

/// What would go into one partition.
public struct PlannedPartition: Sendable {
  /// Its directory below `data`, empty without partitioning.
  public var directory: String
  /// Rows, copies included.
  public var rows = 0
  /// Their bytes before compression, newlines included.
  public var rawBytes = 0
  /// The values of the keys, outermost first.
  let values: [(key: PartitionKey, value: [UInt8]?)]
}

/// What a dry run would have written.
public struct PlannedOutput: Sendable {
  /// The partitions in the order of their directories, as many as fit into 4 MiB of names.
  public fileprivate(set) var partitions: [PlannedPartition] = []
  /// The rows of all others, and their bytes.
  public fileprivate(set) var other = PlannedRows()

  /// All rows, and their bytes.
  public var total: PlannedRows {
    partitions.reduce(other) { PlannedRows(rows: $0.rows + $1.rows, rawBytes: $0.rawBytes + $1.rawBytes) }
  }

  var json: JSONText {
    .object([
      (
        "partitions",
        .array(
          partitions.map { partition in
            .object([
              ("path", .text(partition.directory)),
              ("partition", .object(partition.values.map { ($0.key.rawValue, .bytes($0.value)) })),
              ("rows", .int(partition.rows)), ("rawBytes", .int(partition.rawBytes)),
            ])
          })
      ),
      ("other", .object([("rows", .int(other.rows)), ("rawBytes", .int(other.rawBytes))])),
      ("rows", .int(total.rows)), ("rawBytes", .int(total.rawBytes)),
    ])
  }
}

/// Counts rows by partition.
final class CountedRows: RowReceiver {
  private let keys: [PartitionKey]
  private let kernel: ScanKernel
  private var partitions: [PlannedPartition] = []
  // By bytes: as text, names that differ in their Unicode form alone would be equal.
  private var indices: [[UInt8]: Int] = [:]
  private var nameBytes = 0
  private var other = PlannedRows()

  /// Counts rows that go to partitions by `keys`.
  init(_ keys: [PartitionKey], kernel: ScanKernel) {
    self.keys = keys
    self.kernel = kernel
  }

  func targets(for place: RowPlace) -> [Int] {
    place.targets(keys) { index(of: $0) }
  }

  /// The number of a partition; beyond what is kept, a negative one.
  ///
  /// Two that are not kept are told apart no longer than a row may go to both of them.
  private func index(of name: PartitionName) -> Int {
    let key = Array(name.directory.utf8)
    if let known = indices[key] { return known }
    let grown = nameBytes + key.count + BoundedTally.overhead
    guard grown <= BoundedTally.limit else { return -1 - abs(key.hashValue / 2) }
    nameBytes = grown
    partitions.append(PlannedPartition(directory: name.directory, values: name.values))
    indices[key] = partitions.count - 1
    return partitions.count - 1
  }

  func append(_ bytes: Span<UInt8>, to target: Int) {
    // A row has no line feed but its last byte.
    let rows = kernel.countNewlines(in: bytes)
    if target < 0 {
      other.rows += rows
      other.rawBytes += bytes.count
    } else {
      partitions[target].rows += rows
      partitions[target].rawBytes += bytes.count
    }
  }

  func settle() {}

  /// What was counted.
  var output: PlannedOutput {
    var output = PlannedOutput()
    output.partitions = partitions.sorted {
      $0.directory.utf8.lexicographicallyPrecedes($1.directory.utf8)
    }
    output.other = other
    return output
  }
}
