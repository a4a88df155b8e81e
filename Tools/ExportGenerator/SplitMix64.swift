// The one source of chance. SplitMix64 is short enough to be the same everywhere for ever, and any value of
// its sequence can be had by hashing, which is how a history snapshot repeats an annotation without keeping it.

/// A small seeded generator: the same seed gives the same numbers on every machine.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts a sequence.
  public init(seed: UInt64) { state = seed }

  /// The next word of the sequence.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A number below `bound`, by multiplication: its slight bias doesn't matter here, its speed does.
  ///
  /// - Parameter bound: The first number not wanted; more than 0.
  /// - Returns: A number in `0..<bound`.
  public mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: bound)).high)
  }

  /// True once in `count` times.
  ///
  /// - Parameter count: How rare it is.
  /// - Returns: Whether it happened.
  public mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  /// Hashes a word so that neighbours end up far apart.
  ///
  /// - Parameter word: Any number.
  /// - Returns: Its hash; distinct words have distinct hashes.
  public static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
