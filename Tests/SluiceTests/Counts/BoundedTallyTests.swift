import Testing

@testable import Sluice

@Suite struct BoundedTallyTests {
  /// Counts add up by name; no name is a name of its own, and stands first.
  @Test func counts() {
    var tally = BoundedTally()
    tally.add(Array("b".utf8), seen: 2, kept: 1)
    tally.add(nil, seen: 1, kept: 0)
    tally.add(Array("a\u{301}".utf8), seen: 1, kept: 1)
    tally.add(Array("\u{e1}".utf8), seen: 1, kept: 1)
    tally.add(Array("b".utf8), seen: 3, kept: 3)
    tally.add([], seen: 1, kept: 1)
    #expect(tally["b"] == SeenKept(seen: 5, kept: 4))
    #expect(tally[nil] == SeenKept(seen: 1, kept: 0))
    #expect(tally["c"] == SeenKept())
    let names = #"[{"name":null,"seen":1,"kept":0},{"name":"","seen":1,"kept":1},"#
    // Bytes decide: two spellings of one letter are two names.
    let rest = "{\"name\":\"a\u{301}\",\"seen\":1,\"kept\":1},{\"name\":\"b\",\"seen\":5,\"kept\":4},"
    let last = "{\"name\":\"\u{e1}\",\"seen\":1,\"kept\":1}]"
    #expect(tally.json.utf8 == Array((names + rest + last).utf8))
  }

  /// Names are taken in until they fill 4 MiB; what comes later is summed, and the known go on counting.
  @Test func bound() {
    var tally = BoundedTally()
    let name = { (number: Int) in Array("\(number)".utf8) + [UInt8](repeating: 0x61, count: 10_000) }
    for number in 0..<500 { tally.add(name(number), seen: 1, kept: number % 2) }
    tally.add(name(0), seen: 1, kept: 0)
    let kept = (0..<500).filter { tally[String(decoding: name($0), as: UTF8.self)].seen > 0 }
    #expect(kept == Array(0..<kept.count) && kept.count == 416)
    #expect(tally[String(decoding: name(0), as: UTF8.self)].seen == 2)
    #expect(tally.other == SeenKept(seen: 84, kept: 42))
  }
}
