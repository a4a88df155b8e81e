// What counts as near a name that nothing has.

import Testing

@testable import Sluice

@Suite struct NearSearchTests {
  private func near(_ value: String, _ names: [(String, Int)]) -> [NearName] {
    var search = NearSearch([value])
    for (name, count) in names { search.look(at: name, count: count) }
    return search.found[0]
  }

  private static let spellings: [(String, String)] = [
    ("complete", "Complete"), ("COMPLETE", "Complete"), ("Complete ", "Complete"),
    ("Complete", " Complete\t"),
    ("Complete", "Complete\u{A0}"), ("Com\u{200B}plete", "Complete"), ("In review", "In  Review"),
    ("U\u{308}bersicht", "\u{DC}bersicht"), ("u\u{308}bersicht", "\u{DC}bersicht"),
    ("\u{39F}\u{394}\u{39F}\u{3A3}", "\u{3BF}\u{3B4}\u{3BF}\u{3C2}"), ("STRASSE", "Straße"), ("", " "),
    ("a,b", "A,B"),
  ]

  /// Case, white space, what cannot be seen, and the Unicode form.
  @Test(arguments: spellings) func spelling(value: String, name: String) {
    #expect(near(value, [("Other", 3), (name, 12)]) == [NearName(name: name, count: 12)])
  }

  /// A list names its parts, in its order; one that is no list names none.
  @Test func lists() {
    let names = [("Complete", 12), ("Hidden", 1), ("Review", 40)]
    let both = [NearName(name: "Complete", count: 12), NearName(name: "Review", count: 40)]
    #expect(near("Complete,Review", names) == both)
    #expect(near("complete, Review,", names) == both)
    #expect(near("Complete,Nothing", names) == [both[0]])
    #expect(near("Complete,Complete", names) == [both[0]])
    #expect(near(",", names) == [])
    // What is spelled nearly like the whole is nearer than its parts.
    #expect(near("complete,review", names + [("Complete,Review", 2)]).map(\.name) == ["Complete,Review"])
  }

  /// A letter in four, at most two, and none of what is short.
  @Test func letters() {
    let names = [("Complete", 12), ("Car", 5), ("Truck", 7)]
    #expect(near("Compelte", names).map(\.name) == ["Complete"])
    #expect(near("Comlpeet", names).map(\.name) == ["Complete"])
    #expect(near("Truk", names).map(\.name) == ["Truck"])
    for value in ["Cat", "Trk", "Cmplt", "Completely!", "Complete Now"] { #expect(near(value, names) == []) }
    // Of what differs by spelling alone the letters are of no interest.
    #expect(near("complete", names + [("Completed", 99)]).map(\.name) == ["Complete"])
    #expect(near("Completes", names + [("Completed", 99)]).map(\.name) == ["Completed", "Complete"])
  }

  /// How far apart names are, both ways.
  @Test(arguments: [("", "abc", 3), ("abc", "acb", 1), ("abc", "abc", 0), ("kitten", "sitting", 3)])
  func edits(left: String, right: String, count: Int) {
    let (left, right) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
    #expect(NearSearch.edits(left, right) == count)
    #expect(NearSearch.edits(right, left) == count)
  }

  /// Those that most have come first, and few of many; the value itself is not near itself.
  @Test func fewOfMany() {
    let names = (0..<100).map { ("Complete" + String(repeating: " ", count: $0), $0 % 50) }
    let found = near("Complete", names)
    #expect(found.map(\.count) == [49, 49, 48, 48, 47, 47, 46, 46])
    #expect(!near("Complete", names).contains { $0.name == "Complete" })
  }

  /// However many names there are, looking for what is near takes no longer than they are long.
  @Test(.timeLimit(.minutes(1))) func manyNames() {
    var search = NearSearch((0..<3000).map { "wanted number \($0)" })
    for number in 0..<3000 { search.look(at: "Wanted number \(number)", count: 1) }
    #expect(search.found.allSatisfy { $0.count == 1 })
  }
}
