// What keeps an annotation is asked of one predicate, and each reader of annotations collects what it looks at: the
// scanner, yajl's reader of lists, that of whole assets, inspection's, and the reference engine's tokens.

import ByteScan
import JSONEvents
import Sharding
import Testing

@testable import Sluice

@Suite struct AnnotationPredicateTests {
  /// Keeps annotations of which a member is `w`, unless it is `x`.
  private static func predicate(_ member: AnnotationMember) -> AnnotationPredicate {
    var members = AnnotationMembers()
    members.insert(member)
    return AnnotationPredicate([
      .init(members: members, wanted: NameSet(["w"]), excluded: NameSet(["x"]))
    ])
  }

  /// Annotations with a member that has this value, in places where it counts and where it does not.
  private static func annotations(_ member: AnnotationMember, _ value: String) -> [String] {
    let name = String(decoding: member.key.name, as: UTF8.self)
    let pair = "\"\(name)\":\(value)"
    return [
      "{\(pair)}", "{\"a\":[1,{\(pair)}], \(pair),\"b\":{}}", "{\"metadata\":{\(pair)}}",
      "{\"metadata\":{\"a\":{\(pair)},\(pair), \"c\":1},\"z\":0}", "{\"metadata\":[{\(pair)}],\(pair)}",
      "{\"other\":{\(pair)}}", "{\"metadata\":{\(pair),\"\(name)\":\"w\"}}",
      "{\"metadata\":{},\"metadata\":{\(pair)}}", "{\(pair),\"\(name)\":\"w\"}", "{}", "[\(value)]", value,
    ]
  }

  private static let values = [
    "\"w\"", "\"x\"", "\"y\"", "\"\\u0077\"", "\"\\ud800\"", "null", "7", "{\"a\":1}",
  ]

  /// What the scanner says; nil where it has doubts.
  private func scanned(_ text: String, _ needs: AnnotationNeeds, _ kind: AnnotationKind) -> AnnotationVerdict?
  {
    var scanner = AnnotationScanner(ColumnPlaces(), kernel: .portable, needs)
    scanner.begin(kind)
    let bytes = Array(text.utf8)
    return unsafe bytes.span.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      var cursor = unsafe TokenCursor(base: base, count: buffer.count, index: 0)
      var expected = AnnotationScanner<ColumnPlaces>.Expected.elementOrEnd
      guard case .annotation = scanner.next(&cursor, bytes.span, &expected) else { return nil }
      return scanner.verdict
    }
  }

  /// What yajl's reader of lists has read of a list with one element.
  private func listed(_ text: String, _ needs: AnnotationNeeds, _ kind: AnnotationKind) throws
    -> AnnotationFacts
  {
    let place = ListPlace(
      kind: kind, counts: true, task: 0, isInTaskList: false, isInSnapshot: false, depth: 1, start: 0)
    let reader = AnnotationListReader(place, from: 1, needs)
    // As a run does: containers are jumped over.
    var walker = SkeletonWalker(reader: reader, kernel: .portable, maxDepth: 64)
    var found: [AnnotationFacts] = []
    try walker.consume(Array("[\(text)]".utf8).span, at: 0)
    reader.take { found.append($0.facts) }
    try #require(found.count == 1)
    return found[0]
  }

  private func inspected(_ text: String, _ needs: AnnotationNeeds, _ kind: AnnotationKind) throws
    -> AnnotationFacts
  {
    var found: [AnnotationFacts] = []
    let events = AnnotationEvents(kind, from: 1, needs) { found.append($0.annotation.facts) }
    var parser = JSONPushParser(events, maxDepth: 64)
    try parser.feed(Array("[\(text)]".utf8).span, at: 0)
    try #require(found.count == 1)
    return found[0]
  }

  private func tokens(_ text: String, _ members: AnnotationMembers) throws -> AnnotationFacts {
    let list = TokenList()
    var parser = JSONPushParser(list, maxDepth: 64)
    try parser.feed(Array("\(text) ".utf8).span, at: 0)
    try parser.endOfInput()
    return list.facts(of: 0, members)
  }

  /// The reader of whole assets, by what it leaves out of a pruned row.
  private func isPruned(_ text: String, _ predicate: AnnotationPredicate, _ kind: AnnotationKind) throws
    -> Bool
  {
    let list = kind == .classification ? "classifications" : "tools"
    var options = RunOptions(workers: 1)
    options.rows.prune = true
    let reader = AssetReader(ReaderNeeds(options, predicate))
    var parser = JSONPushParser(reader, maxDepth: 64)
    try parser.feed(Array("{\"task\":{\"\(list)\":[\(text)]}}".utf8).span, at: 0)
    return !reader.take().cuts.isEmpty
  }

  /// Every member that a predicate can look at is collected by every reader, in the same way.
  @Test(arguments: AnnotationMember.allCases)
  func readers(member: AnnotationMember) throws {
    let predicate = Self.predicate(member)
    let kind: AnnotationKind = member == .tool ? .classification : .tool
    var seen: Set<String> = []
    for value in Self.values {
      for text in Self.annotations(member, value) {
        for hasColumns in [false, true] {
          let needs = AnnotationNeeds(predicate, hasColumns: hasColumns, inspects: false)
          let expected = predicate.verdict(of: try tokens(text, predicate.members))
          seen.insert("\(expected)")
          #expect(try predicate.verdict(of: listed(text, needs, kind)) == expected, "\(text)")
          #expect(try predicate.verdict(of: inspected(text, needs, kind)) == expected, "\(text)")
          #expect(try isPruned(text, predicate, kind) != expected.isKept, "\(text)")
          if let found = scanned(text, needs, kind) { #expect(found == expected, "\(text)") }
        }
      }
      // The scanner is sure of the usual forms.
      let needs = AnnotationNeeds(predicate, hasColumns: false, inspects: false)
      let usual = Self.annotations(member, value)[member.isInMetadata ? 3 : 1]
      #expect(scanned(usual, needs, kind) != nil || value == "\"\\ud800\"", "\(usual)")
    }
    #expect(seen.count == 3)
  }

  /// Every option that names what annotations have is one that the predicate knows, and no other.
  @Test func options() {
    #expect(AnnotationPredicate.options == NameOption.allCases.filter { $0.subject == .annotation })
  }

  /// All conditions must hold for one annotation; one excluded name is enough.
  @Test func conditions() throws {
    let predicate = AnnotationPredicate([
      .init(members: [.title], wanted: NameSet(["a", "b"]), excluded: NameSet([])),
      .init(members: [.createdBy, .objectId], wanted: NameSet(["u"]), excluded: NameSet(["v"])),
    ])
    func verdict(_ text: String) throws -> (isWanted: Bool, isExcluded: Bool) {
      let needs = AnnotationNeeds(predicate, hasColumns: false, inspects: false)
      let expected = predicate.verdict(of: try tokens(text, predicate.members))
      #expect(scanned(text, needs, .tool) == expected)
      #expect(try predicate.verdict(of: listed(text, needs, .tool)) == expected)
      return (expected.isWanted, expected.isExcluded)
    }
    #expect(try verdict("{\"title\":\"a\",\"objectId\":\"u\"}") == (true, false))
    #expect(try verdict("{\"title\":\"b\",\"metadata\":{\"createdBy\":\"u\"}}") == (true, false))
    #expect(try verdict("{\"title\":\"u\",\"objectId\":\"a\"}") == (false, false))
    let both = "{\"title\":\"a\",\"objectId\":\"u\",\"metadata\":{\"createdBy\":\"v\"}}"
    #expect(try verdict(both) == (true, true))
    #expect(try verdict("{\"title\":\"v\",\"objectId\":\"o\"}") == (false, false))
  }

  /// Names that options have are marked where they stand, and nowhere else.
  @Test func names() {
    let predicate = AnnotationPredicate([
      .init(members: [.title], wanted: NameSet(["a", "b"]), excluded: NameSet(["c"], from: 2)),
      .init(members: [.createdBy], wanted: NameSet(["a"], from: 3), excluded: NameSet([])),
    ])
    var facts = AnnotationFacts()
    facts[.title] = .string(Array("b".utf8))
    facts[.createdBy] = .string(Array("c".utf8))
    var met = NameMarks()
    predicate.markNames(of: facts, in: &met)
    #expect((0..<4).filter { met.contains($0) } == [1])
    facts[.objectId] = .string(Array("a".utf8))
    predicate.mark(Array("a".utf8), as: .createdBy, in: &met)
    #expect((0..<4).filter { met.contains($0) } == [1, 3])
  }

  /// All members have room among the ranges that are kept inline.
  @Test func room() {
    var ranges = AnnotationRanges()
    for (number, member) in AnnotationMember.allCases.enumerated() { ranges[member] = number..<number + 1 }
    for (number, member) in AnnotationMember.allCases.enumerated() {
      #expect(ranges[member] == number..<number + 1)
      #expect(AnnotationMember(member.key, inMetadata: member.isInMetadata) == member)
    }
    #expect(ExportKey.count <= 64)
  }
}
