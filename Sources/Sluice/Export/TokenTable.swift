// Names come again and again, spelled the same: a few dozen in a whole export. So they are told by their spelling,
// without resolving an escape, and each is looked at once.

/// A spelling as it is looked up: what it begins and ends with, and its length.
///
/// Up to sixteen bytes that is all of it.
struct TokenSpelling: Sendable {
  fileprivate let first: UInt64
  fileprivate let last: UInt64
  let count: Int

  /// Adds a spelling.
  ///
  /// - Parameters:
  ///   - token: Its first byte.
  ///   - count: How many bytes it has.
  ///   - readable: How many may be read from there.
  @inline(__always)
  init(_ token: UnsafePointer<UInt8>, _ count: Int, readable: Int) {
    self.count = count
    let raw = unsafe UnsafeRawPointer(token)
    if count >= 8 {
      first = unsafe raw.loadUnaligned(as: UInt64.self)
      last = unsafe raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      return
    }
    last = 0
    if readable >= 8 {
      first = unsafe raw.loadUnaligned(as: UInt64.self) & ((1 << UInt64(8 * count)) - 1)
    } else {
      var word: UInt64 = 0
      for index in 0..<count { word |= unsafe UInt64(token[index]) << UInt64(8 * index) }
      first = word
    }
  }

  /// A number that spellings seldom share.
  @inline(__always)
  fileprivate var hash: UInt64 {
    let mixed =
      (first ^ (last &<< 29 | last &>> 35) ^ UInt64(count) &* 0x9E37_79B9) &* 0xFF51_AFD7_ED55_8CCD
    return mixed ^ mixed >> 32
  }
}

/// Spellings of tokens, each with its number.
struct TokenTable: Sendable {
  /// How many spellings are worth remembering; whoever uses the table forgets it then.
  static let most = 4096

  private var spellings: [TokenSpelling] = []
  /// Where the bytes of each start.
  private var starts: [Int] = []
  private var bytes: [UInt8] = []
  /// Numbers by the low bits of their hashes, -1 where a slot is free.
  private var slots = [Int32](repeating: -1, count: 512)

  /// How many there are.
  var count: Int { spellings.count }

  /// The number of a spelling, whose first byte is at `token`; nil if it is new.
  @inline(__always)
  func number(_ spelling: TokenSpelling, _ token: UnsafePointer<UInt8>) -> Int? {
    var slot = Int(truncatingIfNeeded: spelling.hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      let known = spellings[number]
      if known.first == spelling.first, known.last == spelling.last, known.count == spelling.count,
        unsafe spelling.count <= 16 || equals(token, spelling.count, number)
      {
        return number
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func equals(_ token: UnsafePointer<UInt8>, _ count: Int, _ number: Int) -> Bool {
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
      // What is left is among the last eight bytes, which are equal.
      return true
    }
  }

  /// Adds a new spelling, whose first byte is at `token`.
  mutating func append(_ spelling: TokenSpelling, _ token: UnsafePointer<UInt8>) {
    spellings.append(spelling)
    starts.append(bytes.count)
    for index in 0..<spelling.count { unsafe bytes.append(token[index]) }
    if 2 * spellings.count > slots.count {
      slots = [Int32](repeating: -1, count: 2 * slots.count)
      for number in spellings.indices { place(number) }
    } else {
      place(spellings.count - 1)
    }
  }

  private mutating func place(_ number: Int) {
    var slot = Int(truncatingIfNeeded: spellings[number].hash) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(number)
  }
}
