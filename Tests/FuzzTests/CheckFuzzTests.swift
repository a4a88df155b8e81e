// The check that lets bytes be copied without yajl: certain must mean valid, whatever the bytes and however they
// are cut; and valid must mean certain, or nothing would be fast.

import ByteScan
import ExportGenerator
import FuzzChecks
import JSONEvents
import Testing

@Suite struct CheckFuzzTests {
  /// The kernels are certain of exactly what the exact grammar takes, up to the depth they can remember.
  @Test func verdicts() {
    FuzzBudget.spend("check", count: 3000) { random in
      let text = Self.text(&random)
      let maxDepth = random.oneIn(3) ? Int.random(in: 0...12, using: &random) : 62
      let cuts = random.cuts(of: text.count)
      let differs = { (bytes: [UInt8]) in Self.differing(bytes, cuts, maxDepth) != nil }
      guard let kernel = Self.differing(text, cuts, maxDepth) else { return nil }
      return "\(kernel), depth \(maxDepth), cuts \(cuts): \(literal(Shrinker.shrink(text, differs)))"
    }
  }

  /// The short texts of the conformance corpus and the fixtures have the grammar's verdict at each place in two
  /// blocks, alone and inside an array.
  @Test func corpusAtEveryOffset() {
    for text in Corpus.texts where text.count < 300 {
      for offset in 0..<128 {
        let spaces = [UInt8](repeating: UInt8(ascii: " "), count: offset)
        let inside = Array("[\"\(String(repeating: "a", count: offset))\",".utf8) + text + Array("]".utf8)
        for bytes in [spaces + text, inside] {
          let kernel = Self.differing(bytes, [], 62)
          #expect(kernel == nil, "at \(offset): \(literal(text))")
        }
      }
    }
  }

  /// Exports are certain as they stand, of every generation and in every layout: the fast way is the usual way.
  @Test func exportsAreCertain() {
    for style in ExportStyle.allCases where style != .ndjson {
      for format in ExportFormat.allCases {
        for traps in [false, true] {
          let options = ExportOptions(
            size: 6000, seed: 3, style: style, format: format, kind: .images, shuffleKeys: traps,
            lateContext: traps, batches: 3, traps: traps)
          let text = ExportGenerator(options).bytes().bytes
          for kernel in ScanKernel.available {
            let isCertain = JSONCheck.isCertain(text, [text.count / 3], kernel, maxDepth: 512)
            #expect(isCertain, "\(kernel), \(style), \(format), traps \(traps)")
          }
        }
      }
    }
  }

  /// The first kernel that says something else than the grammar.
  private static func differing(_ bytes: [UInt8], _ cuts: [Int], _ maxDepth: Int) -> ScanKernel? {
    var grammar = JSONGrammar(maxDepth: maxDepth)
    let isValid = (grammar.consume(bytes.span) ?? grammar.finish()) == nil
    let cuts = cuts.filter { $0 <= bytes.count }
    return ScanKernel.available.first { JSONCheck.isCertain(bytes, cuts, $0, maxDepth: maxDepth) != isValid }
  }

  // MARK: Texts

  private static let tokens = [
    "{", "}", "[", "]", ",", ":", "\"a\"", "\"a\":", "1", "0", "-0.5e+10", "true", "false", "null", " ", "\n",
    "12",
    "\"\\u00e9\"", "\"\u{e9}\u{20ac}\u{1d11e}\"", ".", "e", "-", "E5", "\"", "\\", "t", "{}", "[]", "1.5",
    "\\\"",
    "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"", " \t ", "\u{1}", "+", "\"[{\"",
  ]

  /// An export gone wrong, tokens in any order, or a value with at most two bytes changed.
  private static func text(_ random: inout SplitMix64) -> [UInt8] {
    if random.oneIn(3) { return Mutator.mutate(Corpus.random(&random), using: &random) }
    var bytes = [UInt8](repeating: UInt8(ascii: " "), count: Int.random(in: 0...70, using: &random))
    if random.oneIn(4) {
      for _ in 0..<Int.random(in: 0...40, using: &random) { bytes += Array(random.pick(tokens).utf8) }
      return bytes
    }
    bytes += value(&random, depth: 0)
    for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let byte = random.pick(Array("{}[],:\"\\ 0-.e1tn\u{7F}u\n".utf8) + [0x80, 0xC3, 0xED, 0x01])
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = byte
      case 1: bytes.insert(byte, at: place)
      default: bytes.remove(at: place)
      }
    }
    return bytes
  }

  private static let scalars = [
    "0", "-1", "12.75", "1e5", "-0.0E-7", "123456789012345678901234567890.5", "true", "false", "null", "\"\"",
    "\"abc\"", "\"\\n\\u12aB\"", "\"\u{e9}\u{20ac}\u{1d11e}\"", "\"[{,:\"", "\"\\\\\"",
  ]

  private static func value(_ random: inout SplitMix64, depth: Int) -> [UInt8] {
    func space() -> [UInt8] { random.oneIn(6) ? Array(random.pick([" ", "\n   ", "\r\n\t"]).utf8) : [] }
    if depth > 8 || random.oneIn(2) { return space() + Array(random.pick(scalars).utf8) + space() }
    let isObject = random.oneIn(2)
    let elements = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      (isObject ? space() + Array("\"k\\\" \u{e9}\"".utf8) + space() + [UInt8(ascii: ":")] : [])
        + value(&random, depth: depth + 1)
    }
    let inner = Array(elements.joined(separator: [UInt8(ascii: ",")])) + (elements.isEmpty ? space() : [])
    return Array((isObject ? "{" : "[").utf8) + inner + Array((isObject ? "}" : "]").utf8)
  }
}
