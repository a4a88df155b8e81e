import Testing

@testable import Sluice

@Suite struct NamesTests {
  private func name(_ number: Int) -> [UInt8] { Array("name \(number)".utf8) }

  /// Equal names have one number, given in the order of their first, whether they are few or many.
  @Test(arguments: [1, 2, 63, 64, 65, 66, 300]) func numbers(count: Int) {
    var index = NameIndex<[UInt8]?>()
    for round in 0..<3 {
      // Forwards, backwards, and in steps, so that no guess helps.
      for step in 0..<count {
        let number = [step, count - 1 - step, step * 7 % count][round]
        if round == 2, count % 7 == 0 { continue }
        #expect(index.number(of: number == 0 ? nil : name(number)) == number)
      }
    }
    #expect(index.names == (0..<count).map { $0 == 0 ? nil : name($0) })
    index.removeAll()
    #expect(index.names.isEmpty)
    #expect(index.number(of: name(count - 1)) == 0)
  }

  /// A cached name is the text that was asked for, however many share its slot, and whatever its length.
  @Test func cache() {
    var cache = NameCache()
    for _ in 0..<2 {
      for number in 0..<2000 { #expect(cache.name(name(number).span) == name(number)) }
      for length in [0, 1, 2, 63, 64, 65, 1000] {
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        #expect(cache.name(text.span) == text)
      }
    }
  }

  /// A set holds what it was given and nothing else, above all not a missing name.
  @Test(arguments: [0, 1, 16, 17, 100]) func set(count: Int) {
    let set = NameSet((0..<count).map { "name \($0)" })
    #expect(set.isEmpty == (count == 0))
    for number in 0..<count { #expect(set.contains(name(number))) }
    #expect(!set.contains(name(count)))
    #expect(!set.contains([]))
    #expect(!set.contains(nil))
  }
}
