// What a run keeps of each partition until its end.

extension RecordBudget {
  /// What a partition takes beside the name of its directory and its values: its place here, its part, and its line
  /// of the manifest.
  private static let partitionSize = 600

  /// Counts a partition.
  ///
  /// - Throws: `RunError` if there are too many.
  func addPartition(_ name: PartitionName) throws(RunError) {
    let values = name.values.reduce(0) { $0 + 48 + ($1.value?.count ?? 0) }
    try add(Self.partitionSize + 2 * name.directory.utf8.count + values) { memory in
      let keys = name.values.map(\.key.rawValue).joined(separator: ",")
      return RunError(
        .system,
        "partitioning by \(keys) makes more partitions than a memory of \(memory) bytes has room for",
        hint: "Raise `memory`, or choose fewer keys in `partitionBy`.")
    }
  }
}
