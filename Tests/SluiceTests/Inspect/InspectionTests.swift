// Inspecting: whatever reads, and however the bytes are cut, the same is counted.

import ByteScan
import ExportGenerator
import Foundation
import SystemPackage
import Testing

@testable import Sluice

@Suite struct InspectionTests {
  /// What inspecting says of an input, with its name taken out.
  private func inspect(_ input: TrialInput, _ resources: ResourceOptions, _ onError: ErrorPolicy = .stop)
    throws
    -> String
  {
    try input.withName { name in
      var inspection = Inspection(inputs: [.path(name)], resources: resources)
      inspection.onError = onError
      do throws(RunError) {
        return try inspection.execute().json.replacingOccurrences(of: name.string, with: "INPUT")
      } catch let failure {
        return "\(failure.code.rawValue) \(failure.message) \(failure.position.map { "\($0)" } ?? "")"
          .replacingOccurrences(of: name.string, with: "INPUT")
      }
    }
  }

  /// What the reference engine says, after every way of the fast engine has said the same.
  @discardableResult
  private func agreed(_ bytes: [UInt8], _ onError: ErrorPolicy = .stop, turn: Int = 0) throws -> String {
    var reference = ResourceOptions(workers: 1)
    reference.engine = .reference
    reference.validation = .all
    let expected = try inspect(TrialInput(bytes: bytes), reference, onError)
    for (number, way) in GeneratedExportTests.resources.enumerated()
    where (number + turn) % 2 == 0 || turn == 0 {
      var resources = ResourceOptions(workers: way.workers)
      resources.blockSize = way.blockSize
      resources.validation = .all
      resources.kernel = ScanKernel.available[(number + turn) % ScanKernel.available.count]
      // The tables of ids are set aside first.
      if way.isSmall { resources.memory = 84_000_000 + 8 * way.workers * way.blockSize }
      let found = try inspect(
        TrialInput(bytes: bytes, way: number % 3 == 1 ? .pipe : .file), resources, onError)
      #expect(found == expected, "\(way): \(String(decoding: bytes.prefix(2000), as: UTF8.self))")
    }
    return expected
  }

  /// Generated exports of every format and style, traps included.
  @Test(arguments: GeneratedExportTests.exports.indices)
  func generated(number: Int) throws {
    let said = try agreed(
      ExportGenerator(GeneratedExportTests.exports[number]).bytes().bytes, turn: number + 1)
    #expect(said.hasPrefix("{\"schema\":1"))
  }

  /// Assets with two kinds of tasks, of which one counts, and annotations with keys that stand again.
  @Test func twoKindsOfTasks() throws {
    let said = try agreed(Array(GiantTests.assetsOfOddAnnotations().joined(separator: [0x0A])))
    // In the lists that count, which are one of the first asset, two of the second and one of the last.
    #expect(said.contains("\"duplicateKeys\":\(4 * 160),"), "\(said)")
  }

  /// Annotations of which the scanner cannot be sure, one by one among others: the parser decides, and nothing is
  /// counted twice or lost.
  @Test(arguments: AnnotationElements.doubtful)
  func doubts(element: String) throws {
    let usual = "{\"title\":\"usual\",\"point\":[1,2],\"page\":4,\"metadata\":{\"createdBy\":\"me\"}}"
    let list = "[\(usual),\(element),\(usual)]"
    let lists = "\"tools\":\(list),\"classifications\":\(list),\"relations\":\(list)"
    let texts = [
      "{\"task\":{\(lists),\"stage\":\"S\"}}", "{\"task\":{\"stage\":\"S\",\"tools\":[\(element)]}}",
      "{\"tasks\":[{\"objects\":\(list)},{\"objects\":[\(usual)]}]}",
    ]
    let said = try agreed(Array(texts.joined(separator: "\n").utf8))
    #expect(said.contains("\"annotations\":14"), "\(said)")
  }

  /// Malformed annotations are where the reference engine finds them, under every policy.
  @Test(arguments: AnnotationElements.malformed)
  func faults(element: String) throws {
    let usual = "{\"title\":\"usual\",\"page\":4}"
    let bad = "{\"task\":{\"stage\":\"S\",\"tools\":[\(usual),\(element),\(usual)]}}"
    let good = "{\"task\":{\"stage\":\"S\",\"tools\":[\(usual)]}}"
    for policy in [ErrorPolicy.stop, .skip] {
      try agreed(Array([good, bad, good].joined(separator: "\n").utf8), policy)
      try agreed(Array("[\([good, bad, good].joined(separator: ",\n"))]".utf8), policy)
    }
  }

  /// The keys of an asset, a task and annotations that no document names are told, with the first place.
  @Test func unknownKeys() throws {
    let text = """
      {"externalId":"a","task":{"stage":"S","tools":[{"title":"t"}]}}
      {"externalId":"b","new":1,"task":{"stage":"S","mode":2,"tools":[{"title":"t","odd":{}}],"stageHistory":[{"other":1}]}}
      {"new":{"inner":1},"task":{"stage":"S","relations":[{"metadata":{"why":"x"}}]}}
      """
    let said = try agreed(Array(text.utf8))
    let first = { (name: String) in place(of: name, in: text) }
    #expect(
      said.contains(
        "{\"place\":\"asset\",\"name\":\"new\",\"count\":2,\"first\":{\"input\":\"INPUT\",\"entry\":null,\"byte\":\(first("new")),\"asset\":1}}"
      ), "\(said)")
    for (place, name, asset) in [("task", "mode", 1), ("tool", "odd", 1), ("metadata", "why", 2)] {
      #expect(
        said.contains(
          "{\"place\":\"\(place)\",\"name\":\"\(name)\",\"count\":1,\"first\":{\"input\":\"INPUT\",\"entry\":null,\"byte\":\(first(name)),\"asset\":\(asset)}}"
        ), "\(said)")
    }
    #expect(!said.contains("inner"))
    #expect(!said.contains("other\",\"count"))
  }

  /// So many names that they are counted in parts, in one big asset and in its only list: none is lost or named
  /// twice, and in the order of the input it is the same ones that are told apart.
  @Test(arguments: [1, 10])
  func manyNames(spread: Int) throws {
    let long = String(repeating: "x", count: 180)
    // A tool of a name that is not known is a doubt, a number is none.
    let value = spread == 1 ? "1" : "{}"
    let annotations = (0..<14_000).map { number in
      let name = number / spread
      return """
        {"title":"t\(name)","k\(name)":\(value),"metadata":{"createdBy":"u\(name)","\(long)\(name)":1}}
        """
    }
    let list = "[\(annotations.joined(separator: ","))]"
    let text = "{\"externalId\":\"a\",\"task\":{\"stage\":\"S\",\"tools\":\(list)}}"
    var said: Set<String> = []
    for (engine, blockSize, workers) in [
      (ResourceOptions.Engine.reference, 1 << 20, 1), (.fast, 5000, 3), (.fast, 1 << 20, 2),
    ] {
      var resources = ResourceOptions(workers: workers)
      resources.engine = engine
      resources.blockSize = blockSize
      said.insert(try inspect(TrialInput(bytes: Array(text.utf8)), resources))
    }
    #expect(said.count == 1)
    let found = try #require(said.first)
    #expect(found.contains("\"annotations\":14000"))
    #expect(found.contains("{\"name\":\"t7\",\"annotations\":\(spread)}"))
    #expect(found.contains("{\"name\":\"u1399\",\"annotations\":\(spread)}"))
  }

  /// Undocumented keys of one annotation are told apart up to a bound, and all are counted.
  @Test(arguments: [1500, 3000])
  func manyKeys(count: Int) throws {
    let keys = (0..<count).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
    let metadata = "\"metadata\":{\(keys)}"
    let text = "{\"task\":{\"stage\":\"S\",\"tools\":[{},{\(keys),\(metadata)},{\(metadata)}]}}"
    let said = try agreed(Array(text.utf8), turn: 1)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any])
    let other = try #require((report["other"] as? [String: Int])?["unknownKeys"])
    let told = try #require(report["unknownKeys"] as? [[String: Any]])
    #expect(told.reduce(other) { $0 + ($1["count"] as? Int ?? 0) } == 3 * count)
    // A key takes 128 bytes beside its name, and 256 KiB are the bound of an annotation.
    #expect(other > 0)
    #expect(told.count >= 1900)
  }

  private func place(of name: String, in text: String) -> Int {
    let range = text.range(of: "\"\(name)\"")
    return range.map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) } ?? -1
  }
}

@Suite struct PageCountsTests {
  /// Pages, gaps and bins do not depend on the order in which parts are joined, nor on how they were cut.
  @Test func joining() {
    var random = SplitMix64(seed: 11)
    for most in [3, 60, 300, 5000, 200_000, 2_000_000] {
      let pages = (0..<400).map { _ in Int.random(in: 0..<most, using: &random) }
      var whole = PageCounts()
      for page in pages { whole.add(page: page) }
      var joined = PageCounts()
      for part in stride(from: 0, to: 400, by: 100).reversed() {
        var counts = PageCounts()
        for page in pages[part..<part + 100] { counts.add(page: page) }
        joined.add(counts)
      }
      #expect(joined.bins == whole.bins)
      #expect(joined.binWidth == whole.binWidth)
      let told = Set(pages.filter { $0 < PageCounts.mostPages })
      #expect(whole.pages == told.count)
      #expect(joined.pages == told.count)
      #expect(whole.bins.reduce(0, +) + whole.beyond == 400)
      let sorted = told.sorted()
      let gaps = zip(sorted, sorted.dropFirst()).filter { $1 > $0 + 1 }
      #expect(whole.gaps.count == gaps.count)
      #expect(whole.gaps.pages == gaps.reduce(0) { $0 + $1.1 - $1.0 - 1 })
      #expect(joined.gaps == whole.gaps)
      #expect(whole.bins.count <= PageCounts.mostBins)
    }
  }
}

@Suite struct IdentitySetTests {
  /// Exact up to its bound; beyond, what is known is still told, and that it is not all.
  @Test func bound() {
    var set = IdentitySet()
    for round in 0..<2 {
      for number in 0..<5000 { set.add(IdentitySet.hash(Array("id-\(number)".utf8))) }
      #expect(set.distinct == 5000)
      #expect(set.repeated == 5000 * round)
    }
    set.add(nil)
    #expect(set.missing == 1)
    for number in 0..<IdentitySet.most + 10 { set.add(UInt64(number) &* 0x9E37_79B9_7F4A_7C15) }
    #expect(set.distinct == IdentitySet.most)
    #expect(set.unsure == 5010)
    set.add(IdentitySet.hash(Array("id-7".utf8)))
    #expect(set.repeated == 5001)
  }
}

@Suite struct SignedURLTests {
  private func expiry(_ url: String) -> Int?? { SignedURL(Array(url.utf8).span).map(\.expiry) }

  /// Each known kind of signature says when it expires; a URL without one is not signed.
  @Test func kinds() {
    #expect(
      expiry(
        "https://h/a.webm?X-Amz-Date=20260701T134740Z&X-Amz-Expires=120000&X-Amz-Signature=5&x-id=GetObject")
        == 1_783_033_660)
    #expect(
      expiry("https://h/a?X-Goog-Signature=1&X-Goog-Expires=60&X-Goog-Date=20240101T000000Z") == 1_704_067_260
    )
    #expect(expiry("https://h/a?Expires=1704067260&Signature=x&Key-Pair-Id=y") == 1_704_067_260)
    #expect(expiry("https://h/a?sv=2022&se=2024-01-01T00%3A01%3A00Z&sig=x%2F") == 1_704_067_260)
    #expect(expiry("https://h/a?Signature=x") == .some(.none))
    #expect(expiry("https://h/a?X-Amz-Signature=1&X-Amz-Date=yesterday&X-Amz-Expires=5") == .some(.none))
    #expect(expiry("https://h/a?Expires=5") == .none)
    #expect(expiry("https://h/Signature=x") == .none)
    #expect(expiry("") == .none)
  }
}
