// What `sluice bench` makes of its figures.

import Testing

@testable import Sluice

@Suite struct BenchTests {
  /// One worker, twice as many each time, and all of them.
  @Test(arguments: [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (8, [1, 2, 4, 8]), (12, [1, 2, 4, 8, 12])])
  func workers(most: Int, counts: [Int]) {
    #expect(Bench.workerCounts(upTo: most) == counts)
  }

  /// Each step's share is what the run that has it takes longer.
  @Test func shares() {
    let shares = BenchShares(source: 1, scan: 1, filter: 5, run: 10).shares
    #expect(shares == (0.1, 0.1, 0.3, 0.5))
  }

  /// However the figures wobble, no share is negative and all are 1 together.
  @Test(
    arguments: [(2, 1, 1, 1), (1, 1, 1, 3), (0, 0, 2, 1), (9, 9, 9, 1)] as [(Double, Double, Double, Double)])
  func wobbling(source: Double, scan: Double, filter: Double, run: Double) {
    let shares = BenchShares(source: source, scan: scan, filter: filter, run: run).shares
    let all = [shares.source, shares.scan, shares.filter, shares.compress]
    #expect(all.allSatisfy { $0 >= 0 })
    #expect(abs(all.reduce(0, +) - 1) < 1e-12)
  }

  /// A level is recommended only where it was measured to be faster, and by more than a little.
  @Test(arguments: [(100.0, 200.0, "level 1"), (190.0, 200.0, "no level")])
  func advice(own: Double, fast: Double, words: String) {
    func stage(_ level: Int?, _ rate: Double) -> BenchStage {
      BenchStage(name: .compress, level: level, workers: 2, bytes: Int(rate * 1e6), seconds: 1)
    }
    let stages = [stage(nil, own), stage(1, fast), stage(9, 10)]
    #expect(BenchAdvice.text(.compress, stages, own: nil).contains(words))
  }
}
