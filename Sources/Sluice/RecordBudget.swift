// What a run keeps of each input, archive entry and partition until its end: a line of the report, lines of the manifest,
// names. That is little, but an export chooses how often, so it is counted, and there is an end to it.

internal import Synchronization

/// Counts what is kept until the end of a run.
final class RecordBudget: Sendable {
  /// What an input or an entry takes beside its name: lines of report and manifest, its place in the archive.
  static let entrySize = 400
  /// What a partition takes beside the name of its directory and its values: its place here, its part, and its line
  /// of the manifest.
  static let partitionSize = 600
  /// How much the base of the memory plan has room for.
  static let base = 8_000_000

  private let limit: Int
  private let memory: Int
  private let bytes = Atomic(0)

  /// Allows `limit` bytes of a run that may have `memory` bytes in all.
  init(limit: Int, memory: Int) {
    self.limit = limit
    self.memory = memory
  }

  /// How much is kept beyond what is set aside for it.
  var excess: Int { max(0, bytes.load(ordering: .relaxed) - Self.base) }

  /// Counts an input or an entry of one.
  ///
  /// - Throws: `RunError` if there are too many.
  func addEntry(_ entry: String?) throws(RunError) {
    try add(Self.entrySize + 2 * (entry?.utf8.count ?? 0)) { memory in
      RunError(
        .system, "more archive entries and inputs than a memory of \(memory) bytes has room for",
        hint: "Raise --memory, or read them in several runs.")
    }
  }

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
        hint: "Raise --memory, or choose fewer keys with --partition-by.")
    }
  }

  private func add(_ count: Int, _ failure: (_ memory: Int) -> RunError) throws(RunError) {
    if bytes.wrappingAdd(count, ordering: .relaxed).newValue > limit { throw failure(memory) }
  }
}
