// What a spelling says: asked once for each, of yajl.

internal import JSONEvents

/// The text of a string token.
enum TokenText {
  /// Longer ones are left to the parser.
  private static let longest = 4096

  /// Reads the inside of a string token; nil if it is no JSON, or long.
  static func read(_ token: UnsafePointer<UInt8>, _ count: Int) -> (text: [UInt8], isLone: Bool)? {
    guard count <= longest else { return nil }
    var bytes: [UInt8] = [UInt8(ascii: "["), UInt8(ascii: "\"")]
    for index in 0..<count { unsafe bytes.append(token[index]) }
    bytes += [UInt8(ascii: "\""), UInt8(ascii: "]")]
    let reader = Reader()
    var parser = JSONPushParser(reader)
    guard (try? parser.feed(bytes.span, at: 0)) != nil, (try? parser.endOfInput()) != nil else { return nil }
    return reader.found
  }

  private final class Reader: JSONEventHandler {
    var found: (text: [UInt8], isLone: Bool)?

    func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
      found = ([UInt8](value), loneSurrogate)
    }

    func startObject(at offset: Int) {}
    func endObject(at offset: Int) {}
    func startArray(at offset: Int) {}
    func endArray(at offset: Int) {}
    func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {}
    func number(_ raw: Span<UInt8>, at range: Range<Int>) {}
    func boolean(_ value: Bool, at range: Range<Int>) {}
    func null(at range: Range<Int>) {}
    func oversizedString(isKey: Bool, at range: Range<Int>) {}
    func oversizedNumber(at range: Range<Int>) {}
  }
}
