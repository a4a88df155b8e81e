// yajl with its corrections, the validator and our own grammar must agree on every text however it is cut, and
// the events must not depend on the cuts.

import JSONEvents
import Testing

@Suite struct JSONFuzzTests {
  /// One verdict, and one row of events.
  @Test func verdicts() {
    FuzzBudget.spend("json", count: 1500) { random in
      var text = Mutator.mutate(Corpus.random(&random), using: &random)
      if random.oneIn(700) { makeLong(&text, &random) }
      let maxDepth = random.oneIn(3) ? Int.random(in: 1...12, using: &random) : 512
      let several = random.oneIn(2)
      let cuts = random.cuts(of: text.count)
      let differs = { (bytes: [UInt8]) in
        let cuts = cuts.filter { $0 <= bytes.count }
        return JSONCase(bytes, cuts: cuts, maxDepth: maxDepth, several: several).difference != nil
      }
      guard differs(text) else { return nil }
      let small = Shrinker.shrink(text, differs)
      let cut = cuts.filter { $0 <= small.count }
      let difference = JSONCase(small, cuts: cut, maxDepth: maxDepth, several: several).difference ?? ""
      return "\(difference); depth \(maxDepth), several \(several), cuts \(cut): \(Shrinker.literal(small))"
    }
  }

  /// Puts a string in that is too long to be handed on as text.
  private func makeLong(_ text: inout [UInt8], _ random: inout SplitMix64) {
    let length = JSONLimits.tokenLength + Int.random(in: -3...3, using: &random)
    let string = Array("\"".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: length) + Array("\",".utf8)
    let tokens = Tokens.split(text)
    text.insert(contentsOf: string, at: tokens.isEmpty ? 0 : random.pick(tokens).lowerBound)
  }
}

/// One text before all judges.
struct JSONCase {
  /// What they disagree on.
  let difference: String?

  init(_ bytes: [UInt8], cuts: [Int], maxDepth: Int, several: Bool) {
    var grammar = JSONGrammar(mode: several ? .severalValues : .oneValue, maxDepth: maxDepth)
    let fault = grammar.consume(bytes.span) ?? grammar.finish()
    let whole = Self.parse(bytes, [], maxDepth, several)
    let pieces = Self.parse(bytes, cuts, maxDepth, several)
    if whole.isValid != (fault == nil) {
      difference = "grammar says \(fault.map { $0.message } ?? "valid"), the parser \(whole.isValid)"
    } else if pieces != whole {
      difference = "events depend on the cuts"
    } else if Self.validates(bytes, cuts, maxDepth, several) != whole.isValid {
      difference = "the validator disagrees"
    } else if let fault, Self.faultInPieces(bytes, cuts, maxDepth, several) != fault {
      difference = "the fault depends on the cuts"
    } else {
      difference = nil
    }
  }

  private struct Events: Equatable {
    var hash: UInt64
    var count: Int
    var isValid: Bool
  }

  private static func parse(_ bytes: [UInt8], _ cuts: [Int], _ maxDepth: Int, _ several: Bool) -> Events {
    let log = EventHash()
    var parser = JSONPushParser(log, maxDepth: maxDepth, allowsMultipleValues: several)
    var isValid = true
    do {
      var start = 0
      for end in cuts + [bytes.count] {
        try parser.feed(bytes.span.extracting(start..<end), at: start)
        start = end
      }
      try parser.endOfInput()
    } catch {
      isValid = false
    }
    // How far it got before it said no is left open.
    return isValid
      ? Events(hash: log.hash, count: log.count, isValid: true) : Events(hash: 0, count: 0, isValid: false)
  }

  private static func validates(_ bytes: [UInt8], _ cuts: [Int], _ maxDepth: Int, _ several: Bool) -> Bool {
    var validator = JSONValidator(maxDepth: maxDepth, allowsMultipleValues: several)
    do {
      var start = 0
      for end in cuts + [bytes.count] {
        try validator.feed(bytes.span.extracting(start..<end), at: start)
        start = end
      }
      try validator.endOfInput()
      return true
    } catch {
      return false
    }
  }

  private static func faultInPieces(
    _ bytes: [UInt8], _ cuts: [Int], _ maxDepth: Int, _ several: Bool
  ) -> JSONFault? {
    var grammar = JSONGrammar(mode: several ? .severalValues : .oneValue, maxDepth: maxDepth)
    var start = 0
    for end in cuts + [bytes.count] {
      if let fault = grammar.consume(bytes.span.extracting(start..<end)) { return fault }
      start = end
    }
    return grammar.finish()
  }
}

/// Sums up events, each with all it says.
final class EventHash: JSONEventHandler {
  typealias Failure = Never
  private(set) var hash: UInt64 = 0
  private(set) var count = 0

  private func note(_ words: Int..., bytes: Span<UInt8>? = nil) {
    count += 1
    for word in words { hash = SplitMix64.mix(hash &* 31 &+ UInt64(bitPattern: Int64(word))) }
    guard let bytes else { return }
    for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
  }

  func startObject(at offset: Int) { note(1, offset) }
  func endObject(at offset: Int) { note(2, offset) }
  func startArray(at offset: Int) { note(3, offset) }
  func endArray(at offset: Int) { note(4, offset) }
  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    note(5, range.lowerBound, range.upperBound, loneSurrogate ? 1 : 0, bytes: value)
    note(raw.count, bytes: raw)
  }
  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    note(6, range.lowerBound, range.upperBound, loneSurrogate ? 1 : 0, bytes: value)
    note(raw.count, bytes: raw)
  }
  func number(_ raw: Span<UInt8>, at range: Range<Int>) {
    note(7, range.lowerBound, range.upperBound, bytes: raw)
  }
  func boolean(_ value: Bool, at range: Range<Int>) { note(8, value ? 1 : 0, range.lowerBound) }
  func null(at range: Range<Int>) { note(9, range.lowerBound) }
  func oversizedString(isKey: Bool, at range: Range<Int>) {
    note(10, isKey ? 1 : 0, range.lowerBound, range.upperBound)
  }
  func oversizedNumber(at range: Range<Int>) { note(11, range.lowerBound, range.upperBound) }
}
