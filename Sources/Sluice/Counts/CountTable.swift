// What a worker counts by name before it is merged into the report, in the order of the input.

/// Counts by name, in the order of each name's first.
struct CountTable: Sendable {
  private var index = NameIndex<[UInt8]?>()
  private(set) var counts: [SeenKept] = []
  /// The sums of the names that were not taken in.
  private(set) var other = SeenKept()
  private var size = 0

  var names: [[UInt8]?] { index.names }

  /// Counts a name, a new one only as long as all have no more than `limit` bytes.
  mutating func add(_ name: [UInt8]?, seen: Int, kept: Int, limit: Int = .max) {
    guard let number = index.known(name) else {
      let grown = size + (name?.count ?? 0) + BoundedTally.overhead
      if grown > limit { return addOther(SeenKept(seen: seen, kept: kept)) }
      size = grown
      _ = index.number(of: name)
      counts.append(SeenKept(seen: seen, kept: kept))
      return
    }
    counts[number].add(seen: seen, kept: kept)
  }

  /// Counts names that are not known any more.
  mutating func addOther(_ sums: SeenKept) { other.add(seen: sums.seen, kept: sums.kept) }

  /// Adds counts that follow all others so far; without `keeps`, only what was seen.
  mutating func add(_ table: CountTable, keeps: Bool = true, limit: Int = .max) {
    for (name, count) in zip(table.names, table.counts) {
      add(name, seen: count.seen, kept: keeps ? count.kept : 0, limit: limit)
    }
    addOther(SeenKept(seen: table.other.seen, kept: keeps ? table.other.kept : 0))
  }
}

extension BoundedTally {
  /// Adds what was counted after everything so far.
  mutating func add(_ table: CountTable) {
    for (name, count) in zip(table.names, table.counts) { add(name, seen: count.seen, kept: count.kept) }
    other.add(seen: table.other.seen, kept: table.other.kept)
  }
}
