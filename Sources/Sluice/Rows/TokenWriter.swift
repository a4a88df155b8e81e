// The reference engine's rows: each token as it stands in the input, with separators of our own. It knows
// nothing of the bytes between tokens, and so cannot make the mistakes that cutting bytes could make.

internal import JSONEvents
internal import Sharding

/// Writes the tokens of an element that are not cut.
final class TokenWriter: JSONEventHandler {
  /// The row, without its newline.
  private(set) var text: [UInt8] = []
  private let input: Extent
  private let cuts: CutList
  /// For each open container: whether an item has been written, and whether it is an object.
  private var open: [(hasItem: Bool, isObject: Bool)] = []

  init(_ input: Extent, _ cuts: CutList) {
    self.input = input
    self.cuts = cuts
  }

  func startObject(at offset: Int) { start("{", isObject: true, at: offset) }
  func startArray(at offset: Int) { start("[", isObject: false, at: offset) }
  func endObject(at offset: Int) { end("}", at: offset) }
  func endArray(at offset: Int) { end("]", at: offset) }

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) { key(range) }
  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    scalar(range)
  }
  func number(_ raw: Span<UInt8>, at range: Range<Int>) { scalar(range) }
  func boolean(_ value: Bool, at range: Range<Int>) { scalar(range) }
  func null(at range: Range<Int>) { scalar(range) }
  func oversizedString(isKey: Bool, at range: Range<Int>) { isKey ? key(range) : scalar(range) }
  func oversizedNumber(at range: Range<Int>) { scalar(range) }

  private func isCut(_ offset: Int) -> Bool { cuts.contains(offset) }

  private func start(_ bracket: Character, isObject: Bool, at offset: Int) {
    if isCut(offset) { return }
    if open.last?.isObject != true { separate() }
    open.append((hasItem: false, isObject: isObject))
    text.append(contentsOf: bracket.utf8)
  }

  private func end(_ bracket: Character, at offset: Int) {
    if isCut(offset) { return }
    open.removeLast()
    text.append(contentsOf: bracket.utf8)
  }

  private func key(_ range: Range<Int>) {
    if isCut(range.lowerBound) { return }
    separate()
    copy(range)
    text.append(UInt8(ascii: ":"))
  }

  private func scalar(_ range: Range<Int>) {
    if isCut(range.lowerBound) { return }
    if open.last?.isObject != true { separate() }
    copy(range)
  }

  /// Puts a comma before every item of a container but the first.
  private func separate() {
    guard let top = open.indices.last else { return }
    if open[top].hasItem { text.append(UInt8(ascii: ",")) }
    open[top].hasItem = true
  }

  /// Copies a token, but for the part of it that is cut: a URL's query.
  private func copy(_ range: Range<Int>) {
    cuts.forEachKept(in: range) { part in
      input.forEachRun(in: part) { bytes, _ in
        text.append(bytes)
      }
    }
  }
}
