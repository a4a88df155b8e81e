// Each case of Fixtures/conformance as a part of an export: an element, in annotations that are kept and dropped,
// and where nothing is looked for. Whatever the place, the engine and the cut, the verdict is that of the exact
// grammar over the whole text, and so are byte, line and column of the fault.

import JSONEvents
import Sluice
import TestSupport
import Testing

@Suite struct ConformanceExportTests {
  /// A place for a case in an export.
  struct Place: Sendable {
    let name: String
    /// The asset, with `@` where the case stands.
    let asset: String
    /// How many containers of the asset are open there.
    let depth: Int
    /// Rows of the asset with the case, if that is JSON, in an export with one asset before it and one behind it.
    let rows: Int
    /// Whether the case is in a row.
    var isCopied = true
    let options: @Sendable (inout RunOptions) -> Void
  }

  /// An asset around one annotation with a case, and one without.
  private static func annotated(stage: String = "Complete", title: String = "Car") -> String {
    """
    {"assetId":"a","batches":["b"],"task":{"stage":"\(stage)","tools":[{"title":"Bus","point":[1]},
    {"title":"\(title)","polygon":@}]}}
    """
  }

  static let places = [
    Place(name: "element", asset: "@", depth: 0, rows: 3) { _ in },
    Place(
      name: "value that is kept", asset: "{\"metadata\":@,\"task\":{\"stage\":\"Complete\",\"tools\":[]}}",
      depth: 1, rows: 3
    ) { _ in },
    Place(name: "annotation", asset: annotated(), depth: 4, rows: 3) { _ in },
    Place(
      name: "annotation that is pruned", asset: annotated(title: "Dog"), depth: 4, rows: 3, isCopied: false
    ) { options in
      options.selection.titles = ["Bus"]
      options.rows.prune = true
    },
    Place(name: "annotation row", asset: annotated(), depth: 4, rows: 4) { $0.rows.kind = .annotations },
    Place(
      name: "annotation without a row", asset: annotated(title: "Dog"), depth: 4, rows: 3, isCopied: false
    ) { options in
      options.rows.kind = .annotations
      options.selection.titles = ["Bus"]
    },
    Place(
      name: "asset that is left out", asset: annotated(stage: "Label"), depth: 4, rows: 2, isCopied: false
    ) { options in
      options.selection.stages = ["Complete"]
    },
    Place(
      name: "history that is dropped",
      asset: "{\"task\":{\"stage\":\"Complete\",\"stageHistory\":[{\"tools\":[{\"polygon\":@}]}]}}",
      depth: 6, rows: 3, isCopied: false
    ) { $0.rows.history = .drop },
  ]

  /// An export with a case in it, and where in its bytes the case is.
  struct Document {
    let bytes: [UInt8]
    let start: Int

    init(_ place: Place, _ text: [UInt8], isArray: Bool) {
      let good = Array(
        "{\"assetId\":\"g\",\"task\":{\"stage\":\"Complete\",\"tools\":[{\"title\":\"Bus\"}]}}".utf8)
      let halves = place.asset.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
      let between = Array((isArray ? "," : "\n").utf8)
      let before = Array((isArray ? "[" : "").utf8) + good + between + Array(halves[0])
      let after = Array(halves[1]) + between + good + Array((isArray ? "]\n" : "\n").utf8)
      bytes = before + text + after
      start = before.count
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// What the exact grammar says, byte by byte, and that elements have to be objects with something of an asset:
    /// those of arrays, and those that stand by themselves, where a byte order mark may stand as well.
    ///
    /// - Returns: Byte, line and column of the fault, nothing if there is none; and how many assets have begun.
    func judged(maxDepth: Int) -> (fault: [Int], assets: Int) {
      // How deep an element may be does not depend on what it stands in.
      var grammar = JSONGrammar(mode: .severalValues, maxDepth: maxDepth + 1)
      var assets = 0
      var base = 0
      var markEnd = 0
      var elementStart = 0
      for (offset, byte) in bytes.enumerated() {
        let depth = grammar.depth
        if depth == 0, bytes[offset...].starts(with: Self.mark) { markEnd = offset + Self.mark.count }
        let isMark = offset < markEnd
        if let fault = grammar.consume([isMark ? 0x20 : byte].span) {
          return (place(of: fault.offset), assets)
        }
        if depth > base, grammar.depth == base, !Self.isAsset(bytes[elementStart...offset]) {
          return (place(of: elementStart), assets)
        }
        if depth == 0 { base = byte == UInt8(ascii: "[") ? 1 : 0 }
        if grammar.depth > maxDepth + base { return (place(of: offset), assets) }
        let between = depth == 0 ? " \t\r\n[" : " \t\r\n,]"
        if isMark || depth > base || between.utf8.contains(byte) { continue }
        if byte != UInt8(ascii: "{") { return (place(of: offset), assets) }
        assets += 1
        elementStart = offset
      }
      return (grammar.finish().map { place(of: $0.offset) } ?? [], assets)
    }

    /// Whether an element has a member of an asset's, as far as these documents go.
    static func isAsset(_ element: ArraySlice<UInt8>) -> Bool {
      String(decoding: element, as: UTF8.self).utf8.split(separator: UInt8(ascii: "\"")).contains {
        $0.elementsEqual("task".utf8) || $0.elementsEqual("assetId".utf8) || $0.elementsEqual("tasks".utf8)
      }
    }

    /// Byte, line and column, as they are counted in errors.
    func place(of byte: Int) -> [Int] {
      let before = bytes[..<byte]
      let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      return [byte, before.count { $0 == 0x0A } + 1, byte - lineStart + 1]
    }
  }

  private static func options(_ place: Place, isArray: Bool) -> RunOptions {
    var options = RunOptions(workers: 1)
    options.resources.validation = .all
    // Wherever a case stands, it may be as deep as by itself.
    options.resources.maxDepth = JSONLimits.depth + place.depth
    place.options(&options)
    return options
  }

  /// Runs the reference engine, which has the whole in one piece; and the fast one on blocks of one byte, on blocks
  /// that are cut once, at each byte of the case (of a long one, some), from a pipe with too little memory to hold
  /// an asset, and, where the case is copied, with the validation that is usual.
  ///
  /// - Returns: Where in the case the fault is, if there is one.
  private func check(_ place: Place, _ name: String, _ text: [UInt8], isArray: Bool) throws -> Int? {
    let document = Document(place, text, isArray: isArray)
    let input = TrialInput(bytes: document.bytes)
    var options = Self.options(place, isArray: isArray)
    options.resources.engine = .reference
    let expected = try TrialOutcome(input, options)
    options.resources.engine = .fast
    let cuts = stride(from: 0, through: text.count, by: text.count > 200 ? 199 : 1).map {
      document.start + $0
    }
    for blockSize in [1] + cuts {
      options.resources.blockSize = blockSize
      let found = try TrialOutcome(input, options)
      #expect(found == expected, "\(name), \(place.name), array: \(isArray), blocks of \(blockSize)")
    }
    options.resources.blockSize = 64
    options.resources.memory = smallMemory(options)
    if place.isCopied { options.resources.validation = .kept }
    let found = try TrialOutcome(TrialInput(bytes: document.bytes, way: .pipe), options)
    #expect(found == expected, "\(name), \(place.name), array: \(isArray), from a pipe")
    let (fault, assets) = document.judged(maxDepth: options.resources.maxDepth)
    #expect(expected.faultPlace == fault, "\(name), \(place.name), array: \(isArray): \(expected.error)")
    #expect(
      expected.error.hasPrefix("malformed") == !fault.isEmpty, "\(name), \(place.name): \(expected.error)")
    if fault.isEmpty {
      // An element may be several assets, or none.
      #expect(
        expected.rows.utf8.count { $0 == 0x0A } == place.rows + assets - 3,
        "\(name), \(place.name): \(expected)")
    }
    return fault.first.map { $0 - document.start }
  }

  /// What is JSON by itself is JSON everywhere, except that an element has to have something of an asset, and an
  /// array that stands by itself holds elements.
  @Test(arguments: places.indices) func accepts(index: Int) throws {
    let place = Self.places[index]
    for (number, test) in try ConformanceCorpus.accepted().enumerated() {
      let isArray = (number + index) % 2 == 0
      let fault = try check(place, test.name, test.bytes, isArray: isArray)
      let first = test.bytes.first { !" \t\r\n".utf8.contains($0) }
      if place.depth == 0, !isArray, first == UInt8(ascii: "[") { continue }
      #expect(
        (fault == nil) == (place.depth > 0 || Document.isAsset(test.bytes[...])),
        "\(test.name), \(place.name)")
    }
  }

  /// What is not JSON by itself is not JSON anywhere, at the same byte, unless what follows could go on with it.
  @Test(arguments: places.indices) func rejects(index: Int) throws {
    let place = Self.places[index]
    for (number, test) in try ConformanceCorpus.rejected().enumerated() {
      let fault = try check(place, test.name, test.bytes, isArray: (number + index) % 2 == 0)
      if place.depth > 0, test.code != "truncated", test.code != "trailing-content" {
        #expect(fault == test.offset, "\(test.name), \(place.name)")
      }
    }
  }
}
