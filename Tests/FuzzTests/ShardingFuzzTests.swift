// Blocks cut anywhere, summarized without knowing their start, stitched and framed, must give the elements that
// one walk over the whole gives, and the same first byte that cannot stand where it stands.

import ByteScan
import FuzzChecks
import Sharding
import Testing

@Suite struct ShardingFuzzTests {
  /// Elements do not depend on the cuts.
  @Test func cuts() {
    FuzzBudget.spend("sharding", count: 1500) { random in
      let text = KernelCase.text(&random)
      let framing = random.oneIn(2) ? Framing.array : .sequence
      let kernel = random.pick(ScanKernel.available)
      let cuts = random.oneIn(2) ? random.cuts(of: text.count) : evenCuts(text.count, &random)
      let differs = { (bytes: [UInt8]) in
        let cuts = cuts.filter { $0 <= bytes.count }
        return Framed(cut: bytes, at: cuts, framing, kernel) != Framed(whole: bytes, framing)
      }
      guard differs(text) else { return nil }
      let small = Shrinker.shrink(text, differs)
      return "\(framing), \(kernel), cuts \(cuts.filter { $0 <= small.count }): \(literal(small))"
    }
  }

  private func evenCuts(_ count: Int, _ random: inout SplitMix64) -> [Int] {
    Array(stride(from: 0, to: count, by: Int.random(in: 1...100, using: &random)))
  }
}
