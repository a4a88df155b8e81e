// Reads what annotations look like by yajl's events, every byte of them: that is slower than counting, so it is
// done only for those who ask for a table definition.

internal import JSONEvents

/// Reads the elements of one annotation list into a shape.
final class ShapeReader: JSONEventHandler {
  private(set) var shape = ShapeTree()
  private let start: Int
  private var names = NameCache()
  /// The containers that are open within the list, with their nodes; nil for what is not told.
  private var open: [(node: Int?, isObject: Bool)] = []
  /// The node of the member that comes.
  private var next: Int?

  /// Reads from `start` on; what stands before was made up for the parser.
  init(from start: Int) { self.start = start }

  // MARK: Keys

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard let container = open.last?.node else { return }
    // No table has a column of such a name.
    next = loneSurrogate ? leaveOut(container) : shape.member(names.name(value), of: container)
  }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    if !isKey { return scalar(.string, range) }
    if let container = open.last?.node { next = leaveOut(container) }
  }

  private func leaveOut(_ container: Int) -> Int? {
    shape.fill(container)
    return nil
  }

  // MARK: Values

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    scalar(.string, range)
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) { scalar(Self.kind(of: raw), range) }

  private static func kind(of raw: Span<UInt8>) -> ShapeTree.Kinds {
    var isInteger = true
    var hasExponent = false
    for index in raw.indices where !(0x30...0x39).contains(raw[index]) {
      if index > 0 || raw[index] != UInt8(ascii: "-") { isInteger = false }
      if raw[index] | 0x20 == UInt8(ascii: "e") { hasExponent = true }
    }
    // 18 digits are in range for sure; JavaScript, which writes exports, has no exact integers as long as that.
    if isInteger, raw.count <= 18 { return .integer }
    if !hasExponent, raw.count < 300 { return .number }
    let text = String(decoding: raw.indices.map { raw[$0] }, as: UTF8.self)
    return Double(text)?.isFinite == true ? .number : .other
  }

  func oversizedNumber(at range: Range<Int>) { scalar(.other, range) }
  func boolean(_ value: Bool, at range: Range<Int>) { scalar(.boolean, range) }
  func null(at range: Range<Int>) { scalar(.null, range) }

  private func scalar(_ kinds: ShapeTree.Kinds, _ range: Range<Int>) {
    if range.lowerBound >= start, let node = place() { shape.insert(kinds, at: node) }
  }

  // MARK: Containers

  func startObject(at offset: Int) { begin(.object, at: offset) }
  func startArray(at offset: Int) { begin(.array, at: offset) }
  // The brackets behind the list are made up, too.
  func endObject(at offset: Int) { _ = open.popLast() }
  func endArray(at offset: Int) { _ = open.popLast() }

  private func begin(_ kinds: ShapeTree.Kinds, at offset: Int) {
    if offset < start { return }
    let node = place()
    if let node { shape.insert(kinds, at: node) }
    open.append((node, kinds == .object))
  }

  /// The node of the value that comes now.
  private func place() -> Int? {
    guard let container = open.last else { return 0 }
    if container.isObject { return container.node == nil ? nil : next }
    return container.node.flatMap { shape.element(of: $0) }
  }
}
