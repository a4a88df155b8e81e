// `--sample`: which assets belong to a share of an export. The choice is a hash's, not a generator's, so it is the
// same for every run, engine and machine, and a bigger share holds all of a smaller one.

internal import Hashing

/// A share of the assets.
public struct AssetSample: Sendable, Hashable {
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
