// Finds the partitions of each row.

internal import Compression
internal import Storage

/// Rows that go to partitions.
final class PartitionRows: RowReceiver {
  private let keys: [PartitionKey]
  private let partitions: PartitionSet

  init(_ keys: [PartitionKey], _ partitions: PartitionSet) {
    self.keys = keys
    self.partitions = partitions
  }

  func targets(for place: RowPlace) throws -> [Int] {
    try place.targets(keys) { try partitions.index(of: $0) }
  }

  func append(_ bytes: Span<UInt8>, to target: Int) throws {
    try partitions.append(bytes, to: target)
  }

  func settle() throws { try partitions.settle() }
}

extension RowPlace {
  /// The partitions that a row goes to, each once.
  func targets(
    _ keys: [PartitionKey], _ index: (PartitionName) throws -> Int
  ) rethrows -> [Int] {
    // Only batches multiply: one copy for each.
    let batches = keys.contains(.batch) ? self.batches : [nil]
    var targets: [Int] = []
    var known: Set<Int> = []
    for batch in batches {
      let values = keys.map { key in (key: key, value: key == .batch ? batch : self[key]) }
      let target = try index(PartitionName(values))
      // An empty name and none share a directory.
      if known.insert(target).inserted { targets.append(target) }
    }
    return targets
  }

  /// The value that stands for a row in its directory's name; not for batches, of which there are several.
  subscript(key: PartitionKey) -> [UInt8]? {
    switch key {
    case .stage: stage
    case .batch: nil
    case .title: title
    case .kind: kind?.name
    case .tool: tool
    }
  }
}

extension PartitionName {
  /// Names the partition of some values, outermost first.
  init(_ values: [(key: PartitionKey, value: [UInt8]?)]) {
    let components = values.map { PartitionPath.component(key: $0.key.rawValue, value: $0.value) }
    self.init(directory: components.joined(separator: "/"), values: values)
  }
}

/// Rows that go to one place, with neither partitions nor parts: standard output.
final class StreamRows: RowReceiver {
  private let encoder: PartEncoder
  private let write: (Span<UInt8>) throws -> Void

  /// Compresses with `encoder`, and hands `write` what comes of it.
  init(_ encoder: PartEncoder, _ write: @escaping (Span<UInt8>) throws -> Void) {
    self.encoder = encoder
    self.write = write
    encoder.begin()
  }

  func targets(for place: RowPlace) throws -> [Int] { [0] }

  func append(_ bytes: Span<UInt8>, to target: Int) throws {
    try encoder.write(bytes, to: write)
  }

  func settle() throws { try encoder.settle(to: write) }

  /// Writes what has been held back.
  func finish() throws {
    try encoder.finish(to: write)
  }
}
