// Times as RFC 3339 writes them, compared as instants.

/// An instant, exact to as many digits as were given.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Seconds since 1970-01-01T00:00:00Z.
  private let seconds: Int64
  /// The digits of the fraction of a second, without trailing zeros.
  private let fraction: [UInt8]

  init(secondsSinceEpoch: Int) {
    seconds = Int64(secondsSinceEpoch)
    fraction = []
  }

  /// Reads a date-time with an offset (RFC 3339), or a date, which means midnight UTC; nil if it is neither.
  ///
  /// - Parameter text: For example `2024-09-10T12:44:40.027+02:00` or `2024-09-10`.
  public init?(_ text: String) {
    self.init(utf8: Array(text.utf8))
  }

  init?(utf8 text: [UInt8]) {
    var reader = Reader(text: text[...])
    guard let days = reader.date() else { return nil }
    if reader.text.isEmpty {
      seconds = days * 86_400
      fraction = []
      return
    }
    guard reader.skip("Tt "), let time = reader.time(), let offset = reader.offset(), reader.text.isEmpty
    else { return nil }
    seconds = days * 86_400 + time.seconds - offset
    fraction = time.fraction
  }

  /// Whole seconds since 1970-01-01T00:00:00Z.
  var secondsSinceEpoch: Int { Int(seconds) }

  /// RFC 3339 in UTC.
  public var text: String {
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let time = seconds - days * 86_400
    let date = Self.date(days)
    let padded = { (value: Int64, width: Int) in
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let clock = [time / 3600, time / 60 % 60, time % 60].map { padded($0, 2) }.joined(separator: ":")
    let rest = fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(clock)\(rest)Z"
  }

  /// The date of a day counted from 1970-01-01, the inverse of `Reader.date`.
  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let index = (5 * dayOfYear + 2) / 153
    let month = index < 10 ? index + 3 : index - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * index + 2) / 5 + 1)
  }

  /// Whether `left` is earlier.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    if left.seconds != right.seconds { return left.seconds < right.seconds }
    return left.fraction.lexicographicallyPrecedes(right.fraction)
  }
}

/// Takes a date-time apart from its front.
private struct Reader {
  var text: ArraySlice<UInt8>

  mutating func skip(_ characters: String) -> Bool {
    guard let first = text.first, characters.utf8.contains(first) else { return false }
    text.removeFirst()
    return true
  }

  mutating func digits(_ count: Int) -> Int64? {
    guard text.count >= count else { return nil }
    var value: Int64 = 0
    for _ in 0..<count {
      let byte = text.removeFirst()
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value
  }

  /// Days since 1970-01-01 of a `full-date`.
  mutating func date() -> Int64? {
    guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2),
      (1...12).contains(month)
    else { return nil }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...lengths[Int(month) - 1]).contains(day) else { return nil }
    // Counted in years that start in March, so that the leap day is the last of a year.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  mutating func time() -> (seconds: Int64, fraction: [UInt8])? {
    guard let hour = digits(2), skip(":"), let minute = digits(2), skip(":"), let second = digits(2),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction: [UInt8] = []
    if skip(".") {
      while let byte = text.first, byte >= 0x30, byte <= 0x39 {
        fraction.append(byte)
        text.removeFirst()
      }
      guard !fraction.isEmpty else { return nil }
      while fraction.last == 0x30 { fraction.removeLast() }
    }
    return (hour * 3600 + minute * 60 + second, fraction)
  }

  /// Seconds east of UTC.
  mutating func offset() -> Int64? {
    if skip("Zz") { return 0 }
    let sign: Int64
    if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
    guard let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60 else {
      return nil
    }
    return sign * (hours * 3600 + minutes * 60)
  }
}
