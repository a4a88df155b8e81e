// Links that are good for a while. Those of an export carry a signature; whoever wants the files must fetch them
// before it expires.

/// What a URL says of its signature.
struct SignedURL {
  /// When it expires, in seconds since 1970; nil if it does not say so in a known way.
  let expiry: Int?

  /// Reads a URL; nil if it carries no signature that is known.
  ///
  /// Known are those of S3 and its like (`X-Amz-…`, `X-Goog-…`), of CloudFront and older S3 (`Expires`), and of
  /// Azure (`se`, `sig`).
  init?(_ url: Span<UInt8>) {
    guard let query = url.indices.first(where: { url[$0] == UInt8(ascii: "?") }) else { return nil }
    var isSigned = false
    var date: Int?
    var lifetime: Int?
    var end: Int?
    var start = query + 1
    while start < url.count {
      let next = (start..<url.count).first { url[$0] == UInt8(ascii: "&") } ?? url.count
      if let equals = (start..<next).first(where: { url[$0] == UInt8(ascii: "=") }) {
        let value = [UInt8](url.extracting(equals + 1..<next))
        switch String(decoding: [UInt8](url.extracting(start..<equals)), as: UTF8.self) {
        case "X-Amz-Signature", "X-Goog-Signature", "Signature", "sig": isSigned = true
        case "X-Amz-Date", "X-Goog-Date": date = Self.compactTime(value)
        case "X-Amz-Expires", "X-Goog-Expires": lifetime = Self.number(value)
        case "Expires": end = Self.number(value)
        case "se": end = Self.time(value)
        default: break
        }
      }
      start = next + 1
    }
    guard isSigned else { return nil }
    if let date, let lifetime { end = date + lifetime }
    expiry = end
  }

  private static func number(_ digits: [UInt8]) -> Int? {
    guard (1...12).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
  }

  /// `20260701T134740Z`.
  private static func compactTime(_ text: [UInt8]) -> Int? {
    guard text.count == 16 else { return nil }
    let parts = [text[0..<4], text[4..<6], text[6..<8], text[9..<11], text[11..<13], text[13..<15]]
    let words = parts.map { String(decoding: $0, as: UTF8.self) }
    let time = "\(words[0])-\(words[1])-\(words[2])T\(words[3]):\(words[4]):\(words[5])Z"
    guard text[8] == UInt8(ascii: "T"), text[15] == UInt8(ascii: "Z") else { return nil }
    return Timestamp(time)?.secondsSinceEpoch
  }

  /// RFC 3339, its colons perhaps percent-encoded.
  private static func time(_ text: [UInt8]) -> Int? {
    let parts = String(decoding: text, as: UTF8.self).split(separator: "%", omittingEmptySubsequences: false)
    let plain = parts.dropFirst().reduce(String(parts[0])) { text, part in
      part.hasPrefix("3A") || part.hasPrefix("3a") ? "\(text):\(part.dropFirst(2))" : "\(text)%\(part)"
    }
    return Timestamp(plain)?.secondsSinceEpoch
  }
}

/// The signed URLs of an asset, or of many.
struct SignedURLs: Sendable {
  /// How many there are.
  private(set) var count = 0
  /// Those that do not say when they expire.
  private(set) var withoutExpiry = 0
  /// When the first and the last of them expire, in seconds since 1970.
  private(set) var earliest: Int?
  private(set) var latest: Int?

  mutating func add(_ url: SignedURL) {
    count += 1
    guard let expiry = url.expiry else {
      withoutExpiry += 1
      return
    }
    earliest = min(earliest ?? expiry, expiry)
    latest = max(latest ?? expiry, expiry)
  }

  mutating func add(_ other: SignedURLs) {
    count += other.count
    withoutExpiry += other.withoutExpiry
    earliest = [earliest, other.earliest].compactMap { $0 }.min()
    latest = [latest, other.latest].compactMap { $0 }.max()
  }
}
