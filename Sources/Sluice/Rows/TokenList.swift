// An asset as the list of its tokens, for the reference engine's annotation rows: every value can be found and
// written without a look at the bytes between tokens. A flat list instead of a tree of nodes, so that no depth
// is too deep for the stack.

internal import JSONEvents
internal import Sharding

/// A token of an asset.
struct Token {
  enum Kind {
    case object, array, end, key, string, null, other
  }

  let kind: Kind
  let range: Range<Int>
  /// The unescaped text of a key or string; nil over 1 MiB.
  var text: [UInt8]?
  /// Whether the text holds half a surrogate pair, so that it equals nothing.
  var isLone = false
  /// The number of the token behind the value that starts here, of a key behind its member.
  var next = 0
}

/// A member of an object: the numbers of two tokens.
struct TokenMember {
  let key: Int
  let value: Int
}

/// Collects tokens; a value is known by the number of its first.
final class TokenList: JSONEventHandler {
  private(set) var tokens: [Token] = []
  private var open: [Int] = []

  // MARK: Reading values

  /// The members of an object that are the first of their name, in their order; none of another value.
  func members(of value: Int?) -> [(name: [UInt8], member: TokenMember)] {
    guard let value, tokens[value].kind == .object else { return [] }
    var members: [(name: [UInt8], member: TokenMember)] = []
    var known: Set<[UInt8]> = []
    var index = value + 1
    while tokens[index].kind == .key {
      if let name = comparable(index), known.insert(name).inserted {
        members.append((name, TokenMember(key: index, value: index + 1)))
      }
      index = tokens[index].next
    }
    return members
  }

  /// The elements of an array; none of another value.
  func elements(of value: Int?) -> [Int] {
    guard let value, tokens[value].kind == .array else { return [] }
    var elements: [Int] = []
    var index = value + 1
    while tokens[index].kind != .end {
      elements.append(index)
      index = tokens[index].next
    }
    return elements
  }

  /// The value of the first member called `name`.
  func first(_ name: [UInt8], in value: Int?) -> Int? {
    guard let value, tokens[value].kind == .object else { return nil }
    var index = value + 1
    while tokens[index].kind == .key {
      if comparable(index) == name { return index + 1 }
      index = tokens[index].next
    }
    return nil
  }

  /// The value of the first member called `name`.
  func first(_ name: String, in value: Int?) -> Int? { first(Array(name.utf8), in: value) }

  /// Of a string what directories show.
  func shown(_ value: Int?) -> [UInt8]? {
    value.flatMap { tokens[$0].kind == .string ? tokens[$0].text : nil }
  }

  /// Of a string or key what compares equal to a name.
  func comparable(_ value: Int?) -> [UInt8]? {
    value.flatMap { tokens[$0].isLone ? nil : tokens[$0].text }
  }

  /// The value of a member of an annotation.
  func value(of member: AnnotationMember, in annotation: Int) -> Int? {
    first(member.key.name, in: member.isInMetadata ? first("metadata", in: annotation) : annotation)
  }

  /// What an annotation says, as far as its `members` do.
  func facts(of annotation: Int, _ members: AnnotationMembers) -> AnnotationFacts {
    var facts = AnnotationFacts()
    for member in AnnotationMember.allCases where members.contains(member) {
      guard let value = value(of: member, in: annotation) else { continue }
      if let text = shown(value) {
        facts[member] = tokens[value].isLone ? .unmatchable(text) : .string(text)
      } else {
        facts[member] = tokens[value].kind == .null ? .null : .other
      }
    }
    return facts
  }

  /// Appends a value to `row`, token by token.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - input: Where its bytes are.
  ///   - stripped: Strings that lose their query.
  ///   - row: Grows.
  func write(_ value: Int, of input: Extent, stripping stripped: [Int] = [], to row: inout [UInt8]) {
    for index in value..<tokens[value].next {
      let token = tokens[index]
      let before = index == value ? .key : tokens[index - 1].kind
      if token.kind != .end, before != .key, before != .object, before != .array {
        row.append(UInt8(ascii: ","))
      }
      let query = stripped.contains(index) ? URLQuery.start(in: input, token.range) : nil
      input.forEachRun(in: token.range.lowerBound..<(query ?? token.range.upperBound)) { bytes, _ in
        row.append(bytes)
      }
      if query != nil { row.append(UInt8(ascii: "\"")) }
      if token.kind == .key { row.append(UInt8(ascii: ":")) }
    }
  }

  // MARK: Events

  func startObject(at offset: Int) { start(.object, at: offset) }
  func startArray(at offset: Int) { start(.array, at: offset) }
  func endObject(at offset: Int) { end(at: offset) }
  func endArray(at offset: Int) { end(at: offset) }

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    open.append(tokens.count)
    tokens.append(Token(kind: .key, range: range, text: [UInt8](value), isLone: loneSurrogate))
  }

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    scalar(Token(kind: .string, range: range, text: [UInt8](value), isLone: loneSurrogate))
  }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    if !isKey { return scalar(Token(kind: .string, range: range)) }
    open.append(tokens.count)
    tokens.append(Token(kind: .key, range: range))
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) { scalar(Token(kind: .other, range: range)) }
  func oversizedNumber(at range: Range<Int>) { scalar(Token(kind: .other, range: range)) }
  func boolean(_ value: Bool, at range: Range<Int>) { scalar(Token(kind: .other, range: range)) }
  func null(at range: Range<Int>) { scalar(Token(kind: .null, range: range)) }

  private func start(_ kind: Token.Kind, at offset: Int) {
    open.append(tokens.count)
    tokens.append(Token(kind: kind, range: offset..<offset + 1))
  }

  private func end(at offset: Int) {
    tokens.append(Token(kind: .end, range: offset..<offset + 1))
    valueEnded(open.removeLast())
  }

  private func scalar(_ token: Token) {
    tokens.append(token)
    valueEnded(tokens.count - 1)
  }

  /// Ends the value that starts at `start`, and its member if it is in an object.
  private func valueEnded(_ start: Int) {
    tokens[start].next = tokens.count
    guard let last = open.last, tokens[last].kind == .key else { return }
    tokens[last].next = tokens.count
    open.removeLast()
  }
}
