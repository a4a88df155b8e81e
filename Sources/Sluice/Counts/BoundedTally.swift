// Counts by name that cannot grow without bound: a hostile export has as many titles as it likes.

/// How many were seen and kept.
public struct SeenKept: Sendable, Hashable, Codable {
  /// How many there were.
  public var seen = 0
  /// How many of them were kept.
  public var kept = 0

  mutating func add(seen: Int, kept: Int) {
    self.seen += seen
    self.kept += kept
  }

  var json: JSONText { .object([("seen", .int(seen)), ("kept", .int(kept))]) }
}

/// Counts by name, the names taken in until they have 4 MiB; what comes later is summed.
public struct BoundedTally: Sendable, Hashable {
  /// How many bytes of names are kept, each name counted with what an entry of the table takes.
  static let limit = 4 << 20
  static let overhead = 64

  private var counts: [[UInt8]?: SeenKept] = [:]
  private var size = 0
  /// The sums of the names that are not kept.
  public internal(set) var other = SeenKept()

  mutating func add(_ name: [UInt8]?, seen: Int, kept: Int) {
    if counts[name]?.add(seen: seen, kept: kept) != nil { return }
    let grown = size + (name?.count ?? 0) + Self.overhead
    guard grown <= Self.limit else {
      other.add(seen: seen, kept: kept)
      return
    }
    size = grown
    counts[name] = SeenKept(seen: seen, kept: kept)
  }

  /// A name and its counts, as a report lists them.
  struct Entry: Codable {
    var name: String?
    var seen: Int
    var kept: Int
  }

  init() {}

  /// The table of a report.
  init(_ entries: [Entry], other: SeenKept) {
    for entry in entries {
      add(entry.name.map { Array($0.utf8) }, seen: entry.seen, kept: entry.kept)
    }
    self.other.add(seen: other.seen, kept: other.kept)
  }

  /// The counts of a name; nil stands for none.
  public subscript(name: String?) -> SeenKept { counts[name.map { Array($0.utf8) }] ?? SeenKept() }

  /// The names that are kept, in no order.
  var rows: [(name: [UInt8]?, count: SeenKept)] { counts.map { ($0.key, $0.value) } }

  /// The names, sorted bytewise, but for none.
  var sortedNames: [(name: String, count: SeenKept)] {
    counts.compactMap { name, count in name.map { ($0, count) } }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
      .map { (String(decoding: $0.0, as: UTF8.self), $0.1) }
  }

  /// The table, sorted bytewise, no name first.
  var json: JSONText {
    let names = counts.keys.sorted { left, right in
      guard let right else { return false }
      return left.map { $0.lexicographicallyPrecedes(right) } ?? true
    }
    return .array(
      names.map { name in
        let count = counts[name] ?? SeenKept()
        return .object([("name", .bytes(name)), ("seen", .int(count.seen)), ("kept", .int(count.kept))])
      })
  }
}
