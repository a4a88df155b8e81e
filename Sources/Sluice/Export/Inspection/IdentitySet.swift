// How often an id comes again. A set of ids would grow with the input, so hashes stand for them, as many as fit
// into a fixed table.

/// Which ids have come, up to a bound.
struct IdentitySet: Sendable {
  /// How many ids are told apart.
  static let most = 1 << 20

  /// Hashes, 0 where a slot is free; twice as many slots as there may be ids.
  private var slots: [UInt64] = []
  /// Different ids, as far as they are told apart.
  private(set) var distinct = 0
  /// Ids that had come before.
  private(set) var repeated = 0
  /// Assets without one.
  private(set) var missing = 0
  /// Ids that came when the table was full, and may have come before.
  private(set) var unsure = 0

  /// Adds the next id's hash; nil for none.
  mutating func add(_ hash: UInt64?) {
    guard let hash else {
      missing += 1
      return
    }
    if 2 * distinct >= slots.count, distinct < Self.most { grow() }
    // 0 marks a free slot.
    let key = max(1, hash)
    var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
    while slots[slot] != 0, slots[slot] != key { slot = (slot + 1) & (slots.count - 1) }
    if slots[slot] == key {
      repeated += 1
    } else if distinct == Self.most {
      unsure += 1
    } else {
      slots[slot] = key
      distinct += 1
    }
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: max(1024, 2 * old.count))
    for key in old where key != 0 {
      var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = key
    }
  }

  /// The hash of an id: FNV-1a, its bits mixed once more, since the table takes the low ones.
  static func hash(_ id: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in id { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ hash >> 33
  }
}
