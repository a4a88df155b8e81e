// `--sample`: which assets belong to a share of an export. The choice is a hash's, not a generator's, so it is the
// same for every run, engine and machine, and a bigger share holds all of a smaller one.

internal import Hashing

/// A share of the assets.
public struct Sample: Sendable, Hashable {
  /// How many of 100,000,000 assets are meant: millionths of a percent.
  private let share: UInt64
  private static let whole: UInt64 = 100_000_000

  /// Reads a percentage with at most six digits behind the point; nil if it is none, zero or over 100.
  ///
  /// - Parameter text: For example `1%` or `0.25%`.
  public init?(_ text: String) {
    guard text.utf8.last == UInt8(ascii: "%") else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), (1...3).contains(parts[0].utf8.count),
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    let digits = parts.count == 2 ? parts[1] : ""
    guard digits.utf8.count <= 6, let number = UInt64(parts[0] + digits) else { return nil }
    let share = (digits.utf8.count..<6).reduce(number) { value, _ in value * 10 }
    guard share > 0, share <= Self.whole else { return nil }
    self.share = share
  }

  /// As it is typed, without zeros that say nothing.
  public var text: String {
    var fraction = String(share % 1_000_000 + 1_000_000).dropFirst()
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(share / 1_000_000)\(fraction.isEmpty ? "" : ".")\(fraction)%"
  }

  /// Whether what has this hash belongs to it.
  func holds(_ hash: UInt64) -> Bool { hash.multipliedFullWidth(by: Self.whole).high < share }
}

/// The first eight bytes of a SHA-256, big-endian: anybody can work it out again.
struct SampleHash {
  private var sum = SHA256()

  mutating func add(_ bytes: Span<UInt8>) {
    sum.update(bytes)
  }

  var value: UInt64 { sum.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}

extension AssetFacts {
  /// What the asset is known by: its task's `taskId`, else its `externalId`; nil if it has neither.
  private var sampleKey: [UInt8]? {
    for name in [task(at: 0).taskId.text, externalId] {
      if let name, !name.isEmpty { return name }
    }
    return nil
  }

  /// Finds out whether the asset belongs to a sample.
  ///
  /// - Parameters:
  ///   - sample: The share that is kept; nil for all.
  ///   - range: Where the asset is.
  ///   - bytes: Its bytes, which stand for an asset without a name; if nil, such an asset is no part of it.
  /// - Throws: What visiting the bytes throws.
  mutating func choose(_ sample: Sample?, at range: Range<Int>, in bytes: (any ElementBytes)?) throws {
    guard let sample else { return }
    var hash = SampleHash()
    if let key = sampleKey {
      hash.add(key.span)
    } else {
      guard let bytes else { return isOutOfSample = true }
      try bytes.visit(range) { bytes, _ in hash.add(bytes) }
    }
    isOutOfSample = !sample.holds(hash.value)
  }

  /// The same while the asset is being read, as long as its first task has told its name.
  ///
  /// - Returns: Whether it is known.
  mutating func chooseEarly(_ sample: Sample?) -> Bool {
    guard sample != nil else { return true }
    guard task(at: 0).taskId.text?.isEmpty == false else { return false }
    // Without bytes nothing is read, so nothing is thrown.
    return (try? choose(sample, at: 0..<0, in: nil)) != nil
  }
}
