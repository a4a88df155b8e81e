import Testing

@testable import Sluice

@Suite struct TimestampTests {
  /// RFC 3339 with an offset, or a date; the text is the instant in UTC.
  @Test(arguments: [
    ("2024-09-10T12:44:40.027Z", "2024-09-10T12:44:40.027Z"),
    ("2024-09-10t12:44:40z", "2024-09-10T12:44:40Z"), ("2024-09-10 12:44:40+00:00", "2024-09-10T12:44:40Z"),
    ("2024-09-10T00:30:00+02:00", "2024-09-09T22:30:00Z"),
    ("2024-02-29T23:59:59-23:59", "2024-03-01T23:58:59Z"),
    ("2024-09-10", "2024-09-10T00:00:00Z"), ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
    ("2000-02-29", "2000-02-29T00:00:00Z"), ("0001-01-01", "0001-01-01T00:00:00Z"),
    ("9999-12-31T23:59:60Z", "10000-01-01T00:00:00Z"),
    ("2024-01-01T00:00:00.120000Z", "2024-01-01T00:00:00.12Z"),
    ("2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00Z"),
  ])
  func reading(text: String, expected: String) {
    #expect(Timestamp(text)?.text == expected)
  }

  /// Anything else is no time.
  @Test(arguments: [
    "", "2024", "2024-9-10", "2024-13-01", "2024-00-01", "2024-02-30", "2023-02-29", "1900-02-29",
    "2024-09-10T12:44:40", "2024-09-10T12:44Z", "2024-09-10T24:00:00Z", "2024-09-10T12:60:00Z",
    "2024-09-10T12:44:61Z", "2024-09-10T12:44:40.Z", "2024-09-10T12:44:40,5Z", "2024-09-10T12:44:40+0200",
    "2024-09-10T12:44:40+24:00", "2024-09-10T12:44:40+02:60", "2024-09-10T12:44:40Z ", " 2024-09-10",
    "-2024-09-10", "2024-09-10T", "1725972280", "２０２４-09-10",
  ])
  func refusing(text: String) {
    #expect(Timestamp(text) == nil)
  }

  /// Instants compare, whatever their offset and their digits; every digit counts.
  @Test func order() throws {
    let ascending = [
      "1969-12-31T23:59:59.9Z", "1970-01-01", "2024-01-01T00:00:00.0999999999999999999Z",
      "2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00.10000000000000000000001Z", "2024-01-01T00:00:00.11Z",
      "2024-01-01T00:00:01Z", "2024-01-01T01:00:00-01:00",
    ]
    let times = try ascending.map { try #require(Timestamp($0)) }
    for (index, time) in times.enumerated() {
      for (other, later) in times.enumerated() { #expect((time < later) == (index < other)) }
    }
    #expect(Timestamp("2024-01-01T02:00:00.50+02:00") == Timestamp("2024-01-01T00:00:00.5Z"))
  }

  /// Every day has one number, and its text reads back, leap years and centuries included.
  @Test func days() {
    for day in stride(from: -719_000, to: 2_900_000, by: 487) {
      let time = Timestamp(secondsSinceEpoch: day * 86_400 + 86_399)
      #expect(Timestamp(time.text) == time, "\(time.text)")
    }
  }
}
