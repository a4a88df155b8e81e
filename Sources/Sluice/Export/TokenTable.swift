// Names come again and again, spelled the same: a few dozen in a whole export. So they are told by their spelling,
// without resolving an escape, and each is looked at once.

/// Spellings of tokens, each with its number.
struct TokenTable: Sendable {
  /// How many spellings are worth remembering; whoever uses the table forgets it then.
  static let most = 4096

  private var hashes: [UInt64] = []
  private var starts: [Int] = []
  private var counts: [Int] = []
  private var bytes: [UInt8] = []
  /// Numbers by the low bits of their hashes, -1 where a slot is free.
  private var slots = [Int32](repeating: -1, count: 512)

  /// How many there are.
  var count: Int { hashes.count }

  /// The hash of a spelling.
  ///
  /// - Parameters:
  ///   - token: Its first byte.
  ///   - count: How many bytes it has.
  ///   - readable: How many may be read from there.
  /// - Returns: A number that spellings seldom share.
  static func hash(_ token: UnsafePointer<UInt8>, _ count: Int, readable: Int) -> UInt64 {
    var first: UInt64 = 0
    var last: UInt64 = 0
    if count >= 8 {
      let raw = unsafe UnsafeRawPointer(token)
      first = unsafe raw.loadUnaligned(as: UInt64.self)
      last = unsafe raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    } else if readable >= 8 {
      first = unsafe UnsafeRawPointer(token).loadUnaligned(as: UInt64.self) & ((1 << UInt64(8 * count)) - 1)
    } else {
      for index in 0..<count { first |= unsafe UInt64(token[index]) << UInt64(8 * index) }
    }
    let mixed =
      (first ^ (last &<< 29 | last &>> 35) ^ UInt64(count) &* 0x9E37_79B9) &* 0xFF51_AFD7_ED55_8CCD
    return mixed ^ mixed >> 32
  }

  /// The number of a spelling; nil if it is new.
  func number(_ token: UnsafePointer<UInt8>, _ count: Int, _ hash: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      if hashes[number] == hash, unsafe equals(token, count, number) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func equals(_ token: UnsafePointer<UInt8>, _ count: Int, _ number: Int) -> Bool {
    guard counts[number] == count else { return false }
    let start = starts[number]
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let known = bytes.baseAddress else { return count == 0 }
      var index = 0
      // Both have `count` bytes.
      while index + 8 <= count {
        let left = unsafe UnsafeRawPointer(token).loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let right = unsafe UnsafeRawPointer(known + start).loadUnaligned(
          fromByteOffset: index, as: UInt64.self)
        if left != right { return false }
        index += 8
      }
      while index < count {
        if unsafe token[index] != bytes[start + index] { return false }
        index += 1
      }
      return true
    }
  }

  /// Takes in a new spelling.
  mutating func append(_ token: UnsafePointer<UInt8>, _ count: Int, _ hash: UInt64) {
    starts.append(bytes.count)
    counts.append(count)
    hashes.append(hash)
    for index in 0..<count { unsafe bytes.append(token[index]) }
    if 2 * hashes.count > slots.count {
      slots = [Int32](repeating: -1, count: 2 * slots.count)
      for number in hashes.indices { place(number) }
    } else {
      place(hashes.count - 1)
    }
  }

  private mutating func place(_ number: Int) {
    var slot = Int(truncatingIfNeeded: hashes[number]) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(number)
  }
}
