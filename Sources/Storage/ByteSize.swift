// Sizes as people type them.

/// A number of bytes, as coreutils write it.
///
/// `K`, `M`, `G`, `T`, `P`, `E` and the same with `iB` are powers of 1024, with `B` alone powers of 1000; capitals or
/// not. In front of a unit there may be a fraction, of which whole bytes count.
package struct ByteSize: Sendable, Hashable {
  /// How many bytes.
  package let bytes: Int

  /// The most digits behind a point: as many as are certain to be exact.
  private static let mostDigits = 18

  /// Reads a size; nil if it is none, or more than can be counted.
  ///
  /// - Parameter text: For example `512M`, `1.5GB` or `1000000`.
  package init?(_ text: String) {
    let digits = text.utf8.prefix { Self.isDigit($0) }
    var rest = text.utf8.dropFirst(digits.count)
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix { Self.isDigit($0) }
      rest = rest.dropFirst(1 + fraction.count)
      // Half a byte is a unit that was forgotten.
      if fraction.isEmpty || fraction.count > Self.mostDigits || rest.count < 1 { return nil }
    }
    guard let whole = Int(Substring(digits)), let unit = Self.unit(Substring(rest)) else { return nil }
    if !fraction.isEmpty, unit == 1 { return nil }
    let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
    let (sum, isTooMuch) = product.addingReportingOverflow(Self.part(fraction, of: unit))
    if overflow || isTooMuch { return nil }
    bytes = sum
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func unit(_ text: Substring) -> Int? {
    let text = text.uppercased()
    if text.isEmpty || text == "B" { return 1 }
    guard let letter = text.first, let place = Array("KMGTPE").firstIndex(of: letter) else { return nil }
    switch text.dropFirst() {
    case "", "IB": return 1 << (10 * (place + 1))
    case "B": return (0...place).reduce(1) { power, _ in power * 1000 }
    default: return nil
    }
  }

  /// The whole bytes of a fraction of a unit, given by its digits behind the point.
  private static func part(_ digits: Substring.UTF8View, of unit: Int) -> Int {
    var (value, power): (UInt64, UInt64) = (0, 1)
    for digit in digits { (value, power) = (value * 10 + UInt64(digit - 0x30), power * 10) }
    // What is divided is less than the power times the unit, so the quotient is less than the unit.
    return Int(power.dividingFullWidth(value.multipliedFullWidth(by: UInt64(unit))).quotient)
  }
}
