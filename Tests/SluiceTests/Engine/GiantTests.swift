// Elements too big to be held. A small memory limit and small blocks make any element of some kilobytes one,
// and everything that comes of it must be what comes of one held in memory.

import ByteScan
import Compression
import ExportGenerator
import Foundation
import Testing

@testable import Sluice

/// The memory limit with which a run without compression holds as little as it can on all its workers.
func smallMemory(_ options: RunOptions) -> Int {
  40_000_000 + 8 * options.resources.workers * options.resources.blockSize
}

@Suite struct GiantTests {
  /// Two assets of 60 KB and some small ones, one a line.
  private static func assets(isLate: Bool) -> [[UInt8]] {
    let big = ExportOptions(
      size: 60_000, seed: 7, style: .ndjson, kind: .giant, lateContext: isLate, traps: true)
    var other = big
    other.seed = 8
    other.shuffleKeys = true
    let small = ExportOptions(size: 8000, seed: 9, style: .ndjson, kind: .images, lateContext: isLate)
    let lines = [small, big, small, other, small].flatMap {
      ExportGenerator($0).bytes().bytes.split(separator: 0x0A).map(Array.init)
    }
    return lines
  }

  private static func join(_ assets: [[UInt8]], isArray: Bool) -> [UInt8] {
    isArray
      ? Array("[\n ".utf8) + assets.joined(separator: Array(" ,\n".utf8)) + Array("\n]".utf8)
      : Array(assets.joined(separator: [0x0A])) + [0x0A]
  }

  /// An array, objects by themselves, and an array again.
  private static func joinDocuments(_ assets: [[UInt8]]) -> [UInt8] {
    let third = assets.count / 3
    let parts = [assets[..<third], assets[third..<2 * third], assets[(2 * third)...]].map(Array.init)
    return join(parts[0], isArray: true) + join(parts[1], isArray: false) + join(parts[2], isArray: true)
  }

  private static let shapes = [(333, 1), (1000, 2), (4096, 4)]

  /// Runs both ways and compares.
  private func check(_ bytes: [UInt8], _ options: RunOptions, _ comment: String) throws {
    var options = options
    options.resources.engine = .reference
    let expected = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes), options)
    options.resources.engine = .fast
    for (blockSize, workers) in Self.shapes {
      for way in TrialInput.Way.allCases {
        options.resources.blockSize = blockSize
        options.resources.workers = workers
        options.resources.memory = smallMemory(options)
        let found = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes, way: way), options)
        #expect(found == expected, "\(comment), blocks of \(blockSize), \(way)")
      }
    }
  }

  /// The limits of these tests do make giants of the big assets.
  @Test func bigAssetsAreGiants() {
    for (blockSize, workers) in Self.shapes {
      var options = RunOptions(workers: workers)
      options.output.format = .none
      options.resources.blockSize = blockSize
      options.resources.memory = smallMemory(options)
      let plan = MemoryPlan(options)
      #expect(plan.workers == workers)
      #expect(plan.engine.giant < 20_000)
    }
  }

  /// Rows and counts are those of elements in memory, whether what decides comes first or last.
  @Test(arguments: [false, true], [false, true])
  func rows(isLate: Bool, isArray: Bool) throws {
    let bytes = Self.join(Self.assets(isLate: isLate), isArray: isArray)
    for (number, change) in GeneratedExportTests.variants.enumerated() {
      for policy in number % 2 == 0 ? [ErrorPolicy.stop] : [.skip, .reject] {
        var options = RunOptions(workers: 1)
        change(&options)
        options.onError = policy
        try check(bytes, options, "variant \(number) \(policy)")
      }
    }
  }

  /// The same in documents that stand in a row, with each giant in one of either kind.
  @Test(arguments: [false, true]) func documents(isLate: Bool) throws {
    let assets = Self.assets(isLate: isLate)
    let big = assets.filter { $0.count > 20_000 }
    let small = assets.filter { $0.count <= 20_000 }.prefix(2)
    for (number, change) in GeneratedExportTests.variants.enumerated() {
      var options = RunOptions(workers: 1)
      change(&options)
      options.onError = ErrorPolicy.allCases[number % ErrorPolicy.allCases.count]
      let order = number % 2 == 0 ? small + big + small : big + small + big
      try check(Self.joinDocuments(Array(order)), options, "variant \(number)")
    }
  }

  /// Annotations that are themselves too big to be held, among small ones and things that are no objects.
  private static func assetOfBigAnnotations() -> [UInt8] {
    let mask = String(repeating: "0,1,\"é\\\"],[{\", ", count: 3000)
    let big = { (title: String) in
      "{ \"objectId\":7, \"segmentation\":{\"zones\":[\(mask)1]}, \"title\":\"\(title)\", \"page\": [1, 2]}"
    }
    let small = "{\"title\":\"Car\",\"point\":[1]}"
    let lists = [
      [small, big("Car"), "1", small], [big("Truck")], [big("Truck"), big("Car")], [],
      ["\"\(mask.count)\"", "null"],
      [small, small],
    ]
    let names = ["tools", "classifications", "relations"]
    let members = { (lists: ArraySlice<[String]>) in
      zip(names, lists).map { "\"\($0)\": [ \($1.joined(separator: " ,\n")) ]" }.joined(separator: ",")
    }
    let text = """
      {"externalId":"x","batches":["rain"],"task":{"stage":"Complete",\(members(lists[..<3])),
      "stageHistory":[{"stage":"Label",\(members(lists[1...]))}, 3, {\(members(lists[3...]))}]}}
      """
    return Array(text.utf8)
  }

  /// They are read again one by one, and rows and counts are the same.
  @Test(arguments: GeneratedExportTests.variants.indices)
  func bigAnnotations(variant: Int) throws {
    let small = Array("{\"task\":{\"stage\":\"Complete\",\"tools\":[{\"title\":\"Car\"}]}}".utf8)
    let assets = [small, Self.assetOfBigAnnotations(), small, Self.assetOfBigAnnotations()]
    for policy in [ErrorPolicy.stop, .skip] {
      var options = RunOptions(workers: 1)
      GeneratedExportTests.variants[variant](&options)
      options.onError = policy
      try check(Self.join(assets, isArray: variant % 2 == 0), options, "variant \(variant) \(policy)")
    }
  }

  /// Assets of which some annotations or all make no rows, each with keys that stand again and what is no object.
  static func assetsOfOddAnnotations() -> [[UInt8]] {
    let annotations = #"{"title":"Car","title":"Truck","tool":"box"},3,{"tool":7,"tool":"box"},"#
    let list = String(repeating: annotations, count: 160) + "null"
    let history = #""stageHistory":[{"stage":"Label","stage":"Review","tools":[\#(list)]}]"#
    let current = #""task":{"tools":[\#(list)],\#(history),"stage":"Complete","updatedAt":"2025-06-02"}"#
    let legacy = ["Complete", "Label"].map { #"{"objects":[\#(list)],\#(history),"status":"\#($0)"}"# }
    return [
      #"{"externalId":"late",\#(current),"batches":["rain"]}"#,
      #"{"externalId":"legacy","tasks":[\#(legacy[0]),\#(legacy[1])],"batches":["night"]}"#,
      #"{"externalId":"both","tasks":[\#(legacy[0]),\#(legacy[1])],\#(current),"batches":[]}"#,
    ].map { Array($0.utf8) }
  }

  /// What annotations bring up that do not count is not counted, even if they were read before that was known.
  @Test(arguments: GeneratedExportTests.variants.indices)
  func annotationsThatDoNotCount(variant: Int) throws {
    for (stages, batches) in [([], []), (["Label"], []), (["Complete"], ["rain"])] {
      var options = RunOptions(workers: 1)
      GeneratedExportTests.variants[variant](&options)
      options.selection.stages = stages
      options.selection.batches = batches
      options.onError = (variant + stages.count) % 2 == 0 ? .stop : .skip
      options.resources.validation = stages.isEmpty ? .all : .kept
      try check(
        Self.join(Self.assetsOfOddAnnotations(), isArray: true), options,
        "variant \(variant) \(stages) \(batches)"
      )
    }
  }

  /// What is wrong in an annotation that is too big to be held is found, and where.
  @Test(arguments: [RowKind.assets, .annotations])
  func faultsInBigAnnotations(rows: RowKind) throws {
    var bytes = Self.assetOfBigAnnotations()
    // A number in the middle of the first big mask gets a leading zero.
    let place = try #require((20_000..<bytes.count).first { bytes[$0] == UInt8(ascii: "0") })
    bytes.insert(UInt8(ascii: "0"), at: place)
    for policy in ErrorPolicy.allCases {
      var options = RunOptions(workers: 1)
      options.rows.kind = rows
      options.onError = policy
      try check(Self.join([bytes, bytes], isArray: true), options, "\(policy)")
    }
  }

  /// What breaks an asset at its very end, or deep inside where the skeleton does not look.
  static let breaks: [(name: String, change: @Sendable ([UInt8]) -> [UInt8])] = [
    ("comma at the end", { $0.dropLast() + Array(",}".utf8) }),
    ("bracket of the wrong kind", { $0.dropLast() + [0x5D] }),
    ("control character in the last string", { $0.dropLast() + Array(",\"a\":\"\n\"}".utf8) }),
    ("bad UTF-8 at the end", { $0.dropLast() + Array(",\"a\":\"".utf8) + [0xFF, 0x22, 0x7D] }),
    ("one bracket too few", { Array($0.dropLast()) }),
    ("one bracket too many", { $0 + [0x7D] }),
    ("a quote too many", { $0.dropLast() + Array("\"}".utf8) }),
    (
      "a number deep inside",
      { bytes in
        let middle = (bytes.count / 2..<bytes.count).first {
          bytes[$0] == UInt8(ascii: ":") && (0x31...0x39).contains(bytes[$0 + 1])
        }
        guard let middle else { return bytes }
        return bytes[...middle] + [0x30] + bytes[(middle + 1)...]
      }
    ),
  ]

  /// Under stop the place of the fault is right; under skip and reject no row of the asset comes out, and
  /// reading goes on where it goes on for an element in memory.
  @Test(arguments: breaks.indices)
  func faults(number: Int) throws {
    var assets = Self.assets(isLate: number % 2 == 0)
    let big = assets.indices.filter { assets[$0].count > 40_000 }
    assets[big[number % 2]] = Self.breaks[number].change(assets[big[number % 2]])
    for isArray in [false, true] {
      for policy in ErrorPolicy.allCases {
        var options = RunOptions(workers: 1)
        options.onError = policy
        try check(
          Self.join(assets, isArray: isArray), options, "\(Self.breaks[number].name) \(policy) \(isArray)")
        try check(Self.joinDocuments(assets), options, "\(Self.breaks[number].name) \(policy), documents")
        options.selection.stages = ["Complete"]
        options.resources.validation = .all
        try check(
          Self.join(assets, isArray: isArray), options,
          "\(Self.breaks[number].name) \(policy) \(isArray) filtered")
      }
    }
  }

  /// An input that ends in a giant whose rows flow at once, in a part that is not read.
  @Test func cutShortWhereNothingIsRead() throws {
    let annotations = Array(repeating: "{\"title\":\"Car\"}", count: 3000).joined(separator: ",")
    let text = """
      {"externalId":"x","assetId":"i","batches":[],"task":{"taskId":"t","stage":"S","stageId":"s",
      "updatedAt":"u","tools":[\(annotations)],"stageHistory":[{"tools":[\(annotations)
      """
    var options = RunOptions(workers: 1)
    options.rows.kind = .annotations
    options.resources.blockSize = 333
    options.resources.memory = smallMemory(options)
    for way in TrialInput.Way.allCases {
      let found = try TrialOutcome(TrialInput(bytes: Array(text.utf8), way: way), options)
      #expect(found.error.contains("the input ends inside the asset"), "\(way) \(found)")
      #expect(found.error.contains("byte: \(text.utf8.count), line: 2"), "\(way) \(found)")
    }
  }

  /// An input that ends inside a giant.
  @Test(arguments: [1, 100, 30_000, 58_000], [RowKind.assets, .annotations])
  func cutShort(missing: Int, rows: RowKind) throws {
    for isArray in [false, true] {
      let bytes = Self.join(Array(Self.assets(isLate: true).prefix { $0.count < 40_000 }), isArray: isArray)
      let giant = Self.assets(isLate: true).first { $0.count > 40_000 } ?? []
      let tail = (isArray ? Array(",".utf8) : []) + giant.dropLast(missing)
      for policy in ErrorPolicy.allCases {
        var options = RunOptions(workers: 1)
        options.onError = policy
        options.rows.kind = rows
        try check((isArray ? bytes.dropLast(2) : bytes) + tail, options, "\(isArray) \(policy)")
      }
    }
  }
}
