// A small JSON document as a tree: a manifest, read back. yajl parses it; numbers stay text until asked for.

internal import JSONEvents

/// A parsed JSON value.
indirect enum JSONTree: Sendable, Equatable {
  case null
  case bool(Bool)
  case number([UInt8])
  case string(String)
  case array([JSONTree])
  case object([String: JSONTree])

  /// Parses one document; nil if it is none.
  init?(_ text: [UInt8]) {
    let builder = TreeBuilder()
    var parser = JSONPushParser(builder, maxDepth: 64)
    guard (try? parser.feed(text.span, at: 0)) != nil, (try? parser.endOfInput()) != nil,
      let root = builder.root
    else { return nil }
    self = root
  }

  /// The member `key` of an object.
  subscript(key: String) -> JSONTree? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The elements of an array.
  var items: [JSONTree]? {
    if case .array(let items) = self { items } else { nil }
  }

  /// The text of a string.
  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// A whole number.
  var integer: Int? {
    if case .number(let digits) = self { Int(String(decoding: digits, as: UTF8.self)) } else { nil }
  }
}

/// Builds a tree from events.
private final class TreeBuilder: JSONEventHandler {
  private enum Container {
    case array([JSONTree])
    case object([String: JSONTree], key: String)
  }

  private(set) var root: JSONTree?
  private var open: [Container] = []

  func startObject(at offset: Int) { open.append(.object([:], key: "")) }
  func startArray(at offset: Int) { open.append(.array([])) }
  func endObject(at offset: Int) { close() }
  func endArray(at offset: Int) { close() }

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard case .object(let members, _)? = open.popLast() else { return }
    open.append(.object(members, key: String(decoding: [UInt8](value), as: UTF8.self)))
  }

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    add(.string(String(decoding: [UInt8](value), as: UTF8.self)))
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) { add(.number([UInt8](raw))) }
  func boolean(_ value: Bool, at range: Range<Int>) { add(.bool(value)) }
  func null(at range: Range<Int>) { add(.null) }
  func oversizedNumber(at range: Range<Int>) { add(.null) }
  func oversizedString(isKey: Bool, at range: Range<Int>) { if !isKey { add(.null) } }

  private func close() {
    switch open.popLast() {
    case .array(let items): add(.array(items))
    case .object(let members, _): add(.object(members))
    case nil: break
    }
  }

  private func add(_ value: JSONTree) {
    switch open.popLast() {
    case .array(var items):
      // Taken off the stack, so nobody else holds it and nothing is copied.
      items.append(value)
      open.append(.array(items))
    case .object(var members, let key):
      members[key] = value
      open.append(.object(members, key: key))
    case nil: root = value
    }
  }
}
