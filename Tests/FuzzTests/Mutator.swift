// Changes texts so that they stay close to exports: whole tokens and subtrees are dropped, doubled, swapped and
// replaced by values that mean trouble, and now and then a byte is simply wrong.

/// Structured mutations.
enum Mutator {
  /// Values that readers stumble over, as they stand in the text.
  private static let values = [
    "null", "true", "0", "-0", "01", "1e999", "-1.5E+2", "\"\"", "\"\\\"\"", "\"\\\\\"", "\"\\ud800\"",
    "\"\\uD83D\\uDE00\"", "\"\\u0000\"", "\"https://example.com/a?b=\\u003f\"", "\"x\\u003Fy?z\"", "{}", "[]",
    "[[]]", "[null]", "{\"title\":\"van\"}", "{\"a\":{}}", "\"\u{e9}\u{20ac}\u{1d11e}\"", "nul", "\"\\x\"",
    "\"car\"", "\"Complete\"", "\"]}\"", "\"{[\"", "[[[[[[[[[[]]]]]]]]]]", "\"2024-09-10T12:44:40.027Z\"",
  ]
  private static let members = [
    "\"task\"", "\"tasks\"", "\"stage\"", "\"stageId\"", "\"status\"", "\"title\"", "\"tools\"",
    "\"objects\"",
    "\"classifications\"", "\"relations\"", "\"batches\"", "\"stageHistory\"", "\"updatedAt\"", "\"asset\"",
    "\"dataset\"", "\"brushDataUrl\"", "\"labelTask\"", "\"externalId\"", "\"t\\u0061sk\"", "\"tool\"",
  ]
  private static let telling =
    Array("{}[]:,\"\\/u0123456789abefnrtlsE.+- \n\t\r".utf8) + [
      0x00, 0x0B, 0x0C, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0xED, 0xA0, 0xEF, 0xBB, 0xF0, 0xF4, 0xFF,
    ]

  /// Changes `text` in some places, or not at all.
  static func mutate(_ text: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var bytes = text
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let tokens = Tokens.split(bytes)
      guard !tokens.isEmpty else { return bytes + Array(random.pick(values).utf8) }
      if random.oneIn(5) {
        flip(&bytes, using: &random)
      } else if random.oneIn(6) {
        reshape(&bytes, using: &random)
      } else {
        edit(&bytes, tokens, using: &random)
      }
    }
    return bytes
  }

  private static func edit(_ bytes: inout [UInt8], _ tokens: [Range<Int>], using random: inout SplitMix64) {
    let index = Int.random(in: 0..<tokens.count, using: &random)
    let token = tokens[index]
    let tree = Tokens.subtree(bytes, tokens, at: index)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: bytes.removeSubrange(token)
    case 1: bytes.removeSubrange(tree)
    case 2: bytes.replaceSubrange(tree, with: Array(random.pick(values).utf8))
    case 3: bytes.replaceSubrange(token, with: Array(random.pick(members).utf8))
    case 4:
      let member = random.pick(members) + ":" + random.pick(values) + ","
      if bytes[token.lowerBound] == UInt8(ascii: "{") {
        bytes.insert(contentsOf: Array(member.utf8), at: token.upperBound)
      } else {
        bytes.insert(contentsOf: Array((random.pick(values) + ",").utf8), at: token.lowerBound)
      }
    case 5: bytes.insert(contentsOf: Array(bytes[tree]) + [UInt8(ascii: ",")], at: tree.lowerBound)
    case 6:
      let other = Tokens.subtree(bytes, tokens, at: Int.random(in: 0..<tokens.count, using: &random))
      let copy = Array(bytes[other])
      bytes.replaceSubrange(tree, with: copy)
    case 7:
      let space = (0..<Int.random(in: 1...70, using: &random)).map { _ in random.pick(Array(" \n\t\r".utf8)) }
      bytes.insert(contentsOf: space, at: random.oneIn(2) ? token.lowerBound : token.upperBound)
    case 8:
      // A member twice, where the token is a key.
      let end = Tokens.subtree(bytes, tokens, at: min(tokens.count - 1, index + 2)).upperBound
      bytes.insert(
        contentsOf: Array(bytes[token.lowerBound..<end]) + [UInt8(ascii: ",")], at: token.lowerBound)
    default:
      let end = tokens[min(tokens.count - 1, index + Int.random(in: 0...9, using: &random))].upperBound
      bytes.removeSubrange(token.lowerBound..<end)
    }
  }

  private static func flip(_ bytes: inout [UInt8], using random: inout SplitMix64) {
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes[place] = random.pick(telling)
    case 1: bytes.insert(random.pick(telling), at: place)
    case 2: bytes.remove(at: place)
    default: bytes[place] = UInt8.random(in: 0...255, using: &random)
    }
  }

  private static func reshape(_ bytes: inout [UInt8], using random: inout SplitMix64) {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
    case 1: bytes = [0xEF, 0xBB, 0xBF] + bytes
    case 2: bytes += (random.oneIn(2) ? [UInt8(ascii: "\n")] : []) + random.pick(Corpus.texts)
    case 3: bytes = Array("[".utf8) + bytes + Array("]".utf8)
    case 4: bytes = Array(bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] })
    case 5: bytes.removeFirst(Int.random(in: 1...min(4, bytes.count), using: &random))
    default:
      // A string that crosses many blocks, with backslashes in it.
      let filler = Array(repeating: random.pick(["a", "\\\\", "\\\"", "\u{e9}", "{\"", "]"]), count: 300)
      bytes.insert(
        contentsOf: Array(filler.joined().utf8), at: Int.random(in: 0..<bytes.count, using: &random))
    }
  }
}

/// A text in tokens: brackets, strings, and runs of anything else; loosely, since the text may be anything.
enum Tokens {
  static func split(_ bytes: [UInt8]) -> [Range<Int>] {
    var tokens: [Range<Int>] = []
    var index = 0
    while index < bytes.count {
      let start = index
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D:
        index += 1
        continue
      case UInt8(ascii: "\""):
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(bytes.count, index + 1)
      case let byte where "{}[],:".utf8.contains(byte): index += 1
      default:
        while index < bytes.count, !"{}[],:\" \n\r\t".utf8.contains(bytes[index]) { index += 1 }
      }
      tokens.append(start..<index)
    }
    return tokens
  }

  /// The bytes from an opening bracket to its closing one; of any other token, itself.
  static func subtree(_ bytes: [UInt8], _ tokens: [Range<Int>], at index: Int) -> Range<Int> {
    var depth = 0
    for token in tokens[index...] {
      switch bytes[token.lowerBound] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      if depth <= 0 { return tokens[index].lowerBound..<token.upperBound }
    }
    return tokens[index]
  }
}
