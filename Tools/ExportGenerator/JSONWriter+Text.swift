// The forms of text an export is made of: coordinates, timestamps, identifiers and signed links. Numbers are put
// together from digits and never pass through a Double, so no library's idea of formatting can change them.

extension JSONWriter {
  /// A coordinate such as `301.6699801192843`, below `limit`; now and then negative, whole or with an exponent.
  mutating func coordinate(_ bits: UInt64, limit: UInt64) {
    let rare = bits & 0x3FF
    if rare == 1 { return tiny(bits) }
    if rare < 16 { byte(UInt8(ascii: "-")) }
    let whole = ((bits >> 48) &* limit) >> 16
    integer(Int(truncatingIfNeeded: whole))
    if rare & 0x7F == 2 { return }
    byte(UInt8(ascii: "."))
    // An odd last digit is never a zero, which shortest text would not end with; nor has it over 17 digits.
    let fraction = bits & 0xFFF_FFFF_FFFF
    if bits & 0x400 == 0 || whole > 999 {
      digits(fraction % 10_000_000_000_000 | 1, count: 13)
    } else {
      digits(fraction &* 5 | 1, count: 14)
    }
  }

  private mutating func tiny(_ bits: UInt64) {
    integer(1 + Int(truncatingIfNeeded: (bits >> 48) % 9))
    if bits & 0x400 != 0 {
      byte(UInt8(ascii: "."))
      digits((bits >> 12) % 1_000_000 | 1, count: 6)
    }
    raw(bits & 0x800 != 0 ? "e-7" : "e-8")
  }

  /// `"2023-08-23T11:20:32.792Z"` from days since 1970 and milliseconds of the day.
  mutating func timestamp(day: Int, milliseconds: Int) {
    let date = CivilDate(day: day)
    byte(0x22)
    digits(UInt64(truncatingIfNeeded: date.year), count: 4)
    byte(0x2D)
    digits(UInt64(truncatingIfNeeded: date.month), count: 2)
    byte(0x2D)
    digits(UInt64(truncatingIfNeeded: date.day), count: 2)
    byte(UInt8(ascii: "T"))
    let seconds = milliseconds / 1000
    digits(UInt64(truncatingIfNeeded: seconds / 3600), count: 2)
    byte(0x3A)
    digits(UInt64(truncatingIfNeeded: seconds / 60 % 60), count: 2)
    byte(0x3A)
    digits(UInt64(truncatingIfNeeded: seconds % 60), count: 2)
    byte(UInt8(ascii: "."))
    digits(UInt64(truncatingIfNeeded: milliseconds % 1000), count: 3)
    raw("Z\"")
  }

  /// A quoted identifier of 23 hexadecimal digits, as annotations have it, or 24, as assets and tasks have it.
  mutating func identifier(_ bits: UInt64, length: Int) {
    byte(0x22)
    hex(bits, count: 16)
    hex(SplitMix64.mix(bits), count: length - 16)
    byte(0x22)
  }

  mutating func uuid(_ bits: UInt64) {
    let more = SplitMix64.mix(bits)
    hex(bits, count: 8)
    byte(0x2D)
    hex(bits >> 32, count: 4)
    byte(0x2D)
    hex(bits >> 48, count: 4)
    byte(0x2D)
    hex(more, count: 4)
    byte(0x2D)
    hex(more >> 16, count: 12)
  }

  /// A signed link of about 430 bytes, as the store gives them out.
  mutating func signedURL(_ bits: UInt64, ending: StaticString) {
    raw("\"https://angohub-private-assets.s3.eu-central-1.amazonaws.com/")
    uuid(bits)
    raw(ending)
    raw("?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD")
    raw("&X-Amz-Credential=AKIAEXAMPLEEXAMPLE00%2F20260701%2Feu-central-1%2Fs3%2Faws4_request")
    raw("&X-Amz-Date=20260701T134740Z&X-Amz-Expires=120000&X-Amz-Signature=")
    var word = bits
    for _ in 0..<4 {
      word = SplitMix64.mix(word &+ 1)
      hex(word, count: 16)
    }
    raw("&X-Amz-SignedHeaders=host&x-id=GetObject\"")
  }
}

/// A day of the Gregorian calendar.
struct CivilDate {
  let year: Int
  let month: Int
  let day: Int

  // The year is taken to begin in March, so that the leap day comes last in it.

  /// Counts from 1970-01-01.
  init(day: Int) {
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    self.day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }
}
