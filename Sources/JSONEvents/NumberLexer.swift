// A JSON number, byte for byte, across chunks. A number has no end of its own: it ends where the next byte
// cannot continue it, and is good if it could have ended there.

/// Reads a number from its first byte on.
struct NumberLexer {
  private enum State {
    case start, minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits
  }

  private var state = State.start

  /// Starts before the first byte.
  init() {}

  /// Starts behind a first byte, which is a digit or a minus sign.
  init(startingWith first: UInt8) { _ = take(first) }

  /// Whether the number may end here.
  var isComplete: Bool {
    switch state {
    case .zero, .integer, .fraction, .exponentDigits: true
    case .start, .minus, .point, .exponent, .exponentSign: false
    }
  }

  /// Whether it is a lone zero so far, after which no digit may come.
  var isZero: Bool { state == .zero }

  /// Reads on from index `start`.
  ///
  /// - Returns: The index of the first byte that does not continue the number, or the count.
  mutating func scan(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < bytes.count, take(bytes[index]) { index &+= 1 }
    return index
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    let next: State?
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): next = afterDigit(isZero: byte == UInt8(ascii: "0"))
    case UInt8(ascii: "."): next = state == .zero || state == .integer ? .point : nil
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      next = state == .zero || state == .integer || state == .fraction ? .exponent : nil
    case UInt8(ascii: "-"): next = state == .start ? .minus : state == .exponent ? .exponentSign : nil
    case UInt8(ascii: "+"): next = state == .exponent ? .exponentSign : nil
    default: next = nil
    }
    guard let next else { return false }
    state = next
    return true
  }

  private func afterDigit(isZero: Bool) -> State? {
    switch state {
    case .start, .minus: isZero ? .zero : .integer
    case .integer: .integer
    case .point, .fraction: .fraction
    case .exponent, .exponentSign, .exponentDigits: .exponentDigits
    case .zero: nil
    }
  }
}
