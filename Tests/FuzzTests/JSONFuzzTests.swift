// yajl with its corrections, the validator and our own grammar must agree on every text however it is cut, and
// the events must not depend on the cuts.

import FuzzChecks
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
      return "\(difference); depth \(maxDepth), several \(several), cuts \(cut): \(literal(small))"
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
