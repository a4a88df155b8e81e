import Testing

@testable import Sluice

@Suite struct ItemCutterTests {
  /// Whichever items go, what is left is a list of the others with its commas right.
  ///
  /// All choices among up to six items, with white space around them.
  @Test func everyChoice() {
    for count in 0...6 {
      for choice in 0..<(1 << count) {
        let text = "[ " + (0..<count).map { "\($0)" }.joined(separator: " , ") + " ]"
        let bytes = Array(text.utf8)
        var cutter = ItemCutter(after: 1)
        var cuts: [Range<Int>] = []
        for (item, index) in bytes.indices.filter({ (0x30...0x39).contains(bytes[$0]) }).enumerated() {
          let isRemoved = choice >> item & 1 == 1
          if let cut = cutter.item(index..<index + 1, isRemoved: isRemoved) { cuts.append(cut) }
        }
        if let cut = cutter.close(at: bytes.count - 1) { cuts.append(cut) }
        #expect(zip(cuts, cuts.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        let kept = bytes.indices.filter { index in !cuts.contains { $0.contains(index) } }
        let left = String(decoding: kept.map { bytes[$0] }.filter { $0 != 0x20 }, as: UTF8.self)
        let wanted = (0..<count).filter { choice >> $0 & 1 == 0 }.map { "\($0)" }.joined(separator: ",")
        #expect(left == "[\(wanted)]", "\(text), \(choice)")
      }
    }
  }
}
