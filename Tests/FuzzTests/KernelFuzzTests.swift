// Every kernel must say what the portable one says, of any bytes at any alignment.

import ByteScan
import FuzzChecks
import Testing

@Suite struct KernelFuzzTests {
  /// Answers do not depend on the kernel.
  @Test func kernels() {
    FuzzBudget.spend("kernels", count: 2500) { random in
      let text = KernelCase.text(&random)
      let offset = min(Int.random(in: 0...70, using: &random), text.count)
      let state = ScanState(
        inString: random.oneIn(3), escaped: random.oneIn(4), depth: Int.random(in: -1...4, using: &random))
      let target = Int.random(in: -2...4, using: &random)
      let differs = { (bytes: [UInt8]) in
        KernelCase(bytes, from: min(offset, bytes.count), state: state, target: target).differing != nil
      }
      guard differs(text) else { return nil }
      return "from \(offset), \(state), target \(target): \(literal(Shrinker.shrink(text, differs)))"
    }
  }
}

extension KernelCase {
  /// An export gone wrong, or bytes that are hardly anything but structure.
  static func text(_ random: inout SplitMix64) -> [UInt8] {
    if random.oneIn(2) { return Mutator.mutate(Corpus.random(&random), using: &random) }
    let all = Array("\"\\[]{},: \n\ta".utf8) + [0x80, 0x0B, 0x00]
    let favourites = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.pick(all) }
    return (0..<Int.random(in: 0...700, using: &random)).map { _ in
      random.oneIn(8) ? random.pick(all) : random.pick(favourites)
    }
  }
}
