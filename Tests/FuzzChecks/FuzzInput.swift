// Options out of the first bytes of an input.

/// An input that is read from its front.
struct FuzzInput {
  /// What is left of it: at last, the text.
  private(set) var rest: [UInt8]

  init(_ bytes: [UInt8]) { rest = bytes }

  /// The next byte; 0 behind the end.
  mutating func byte() -> Int { rest.isEmpty ? 0 : Int(rest.removeFirst()) }

  /// The next byte in bits, the lowest first.
  mutating func flags() -> [Bool] {
    let byte = byte()
    return (0..<8).map { byte >> $0 & 1 == 1 }
  }

  /// The next two bytes, the lower first.
  mutating func word() -> Int {
    let low = byte()
    return low | byte() << 8
  }

  /// One of `choices`, by the next byte.
  mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: byte() % choices.count)]
  }

  /// Where a text is cut.
  mutating func cuts() -> FuzzCuts { FuzzCuts(size: byte(), places: (0..<3).map { _ in word() }) }
}

/// Cuts of a text whose length is not known yet: pieces of one size, or up to four of any, empty ones among
/// them.
struct FuzzCuts {
  fileprivate var size: Int
  fileprivate var places: [Int]

  /// Where the pieces of `count` bytes end, the last one excepted.
  func ends(in count: Int) -> [Int] {
    if size > 0 { return Array(stride(from: size, to: count, by: size)) }
    return places.map { $0 % (count + 1) }.sorted()
  }
}

/// A text as it can be put into a source file.
package func literal(_ bytes: [UInt8]) -> String {
  String(validating: bytes, as: UTF8.self).map { $0.debugDescription } ?? "\(bytes)"
}

/// Spreads the bits of a word, as SplitMix64 does.
func mixed(_ word: UInt64) -> UInt64 {
  var mixed = word
  mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
  mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
  return mixed ^ (mixed >> 31)
}
