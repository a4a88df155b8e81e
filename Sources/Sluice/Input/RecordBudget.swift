// What a run keeps of each input, archive entry and partition until its end: a line of the report, lines of the manifest,
// names. That is little, but an export chooses how often, so it is counted, and there is an end to it.

internal import Synchronization

/// Counts what is kept until the end of a run.
final class RecordBudget: Sendable {
  /// What an input or an entry takes beside its name: lines of report and manifest, and their texts at the end.
  static let entrySize = 500
  /// What a line of an archive's directory takes with its name as long as the archive is read.
  static let listedSize = 250
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
    try add(Self.entrySize + 2 * (entry?.utf8.count ?? 0)) { Self.tooManyEntries($0) }
  }

  /// Counts the directory of an archive, before any of it is read.
  ///
  /// - Throws: `RunError` if it has too many entries.
  func addListing(_ entries: Int) throws(RunError) {
    try add(Self.size(listed: entries)) { Self.tooManyEntries($0) }
  }

  /// Counts a directory no more.
  func removeListing(_ entries: Int) { bytes.subtract(Self.size(listed: entries), ordering: .relaxed) }

  /// As many as no file has, if there are more, so that nothing overflows.
  private static func size(listed entries: Int) -> Int { min(entries, 1 << 48) * listedSize }

  private static func tooManyEntries(_ memory: Int) -> RunError {
    RunError(
      .system, "more archive entries and inputs than a memory of \(memory) bytes has room for",
      hint: "Raise `memory`, or read them in several runs.")
  }

  /// Counts what is kept to the end.
  ///
  /// - Throws: What `failure` makes if there is too much.
  func add(_ count: Int, _ failure: (_ memory: Int) -> RunError) throws(RunError) {
    if bytes.wrappingAdd(count, ordering: .relaxed).newValue > limit { throw failure(memory) }
  }
}
