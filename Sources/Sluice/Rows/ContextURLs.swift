// The URLs in a value that becomes a context column, which lose their signatures there.

internal import JSONEvents

/// Finds the queries of the URLs in a value that becomes a column.
final class URLPlaces: JSONEventHandler {
  /// Whether they are the strings of an array; else the value is the only one.
  private let isInArray: Bool
  private var depth = 0
  private var isArray = false
  private var tokens: [Range<Int>] = []

  /// - Returns: nil if a context column of this name has no URLs.
  init?(ofContext key: ContextKey) {
    let names = (key.isTasks ? [] : ["asset", "dataset"]) + ["brushDataUrl", "medicalBrushDataUrl"]
    guard names.contains(where: { $0.utf8.elementsEqual(key.name.utf8) }) else { return nil }
    isInArray = key.name == "dataset"
  }

  /// What is to be cut off the value at `range`, which is JSON.
  func queries(in range: Range<Int>, of bytes: any ElementBytes) throws -> CutList {
    // It has been validated, and is as deep as it may be.
    var parser = JSONPushParser(self, maxDepth: .max, allowsMultipleValues: true)
    try bytes.visit(range) { try parser.feed($0, at: $1) }
    try parser.endOfInput()
    var cuts: [Cut] = []
    for token in tokens {
      var finder = QueryFinder()
      try bytes.visit(token) { finder.consume($0, at: $1) }
      if let start = finder.found { cuts.append(Cut(range: start..<token.upperBound - 1, isLegacy: false)) }
    }
    return CutList(cuts, isLegacy: false)
  }

  private func open(isArray: Bool) {
    if depth == 0 { self.isArray = isArray }
    depth += 1
  }

  private func note(_ token: Range<Int>) {
    if isInArray ? depth == 1 && isArray : depth == 0 { tokens.append(token) }
  }

  func startObject(at offset: Int) { open(isArray: false) }
  func startArray(at offset: Int) { open(isArray: true) }
  func endObject(at offset: Int) { depth -= 1 }
  func endArray(at offset: Int) { depth -= 1 }
  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {}
  func number(_ raw: Span<UInt8>, at range: Range<Int>) {}
  func oversizedNumber(at range: Range<Int>) {}
  func boolean(_ value: Bool, at range: Range<Int>) {}
  func null(at range: Range<Int>) {}

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    if value.contains(UInt8(ascii: "?")) { note(range) }
  }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    if !isKey { note(range) }
  }
}
