// Rows with very many cuts must come out as with few.

import Testing

@testable import Sluice

@Suite struct CutListTests {
  /// Whatever part of an asset is looked at, what is kept of it is what no cut holds: the search for the first
  /// cut must not miss one.
  @Test func keepsWhatNoCutHolds() {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<200 {
      let cuts = (0..<next(12)).map { _ in
        let lower = next(60)
        return Cut(range: lower..<lower + next(6), isLegacy: false)
      }
      let list = CutList(cuts, isLegacy: false)
      let isCut = { (offset: Int) in cuts.contains { $0.range.contains(offset) } }
      #expect((0..<70).allSatisfy { list.contains($0) == isCut($0) })
      let lower = next(60)
      let range = lower..<lower + next(20)
      var kept: [Int] = []
      list.forEachKept(in: range) { kept += Array($0) }
      #expect(kept == range.filter { !isCut($0) })
    }
  }
}
