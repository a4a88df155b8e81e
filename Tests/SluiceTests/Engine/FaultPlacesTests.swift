// Malformed bytes in every part of an asset, under the default validation: whether the asset is left out may
// depend on what is wrong and where, but never on how the input is read or how little is held of it.

import Foundation
import Testing

@testable import Sluice

@Suite struct FaultPlacesTests {
  /// What is put in place of a value: well-formed the one, malformed all others.
  private static let values: [(name: String, bytes: [UInt8])] = [
    ("nothing wrong", Array("[1,{\"a\":[true]}]".utf8)),
    ("bracket of the wrong kind", Array("[1,{\"a\":[true]]]".utf8)),
    ("bracket of the wrong kind deep inside", Array("[1,{\"a\":[true}}]".utf8)),
    ("bad literal", Array("[1,{\"a\":[tru]}]".utf8)),
    ("bad literal without brackets", Array("tru".utf8)),
    ("bad number", Array("[01]".utf8)),
    ("bad UTF-8", Array("[1,{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}]".utf8)),
    ("bad UTF-8 without brackets", [0x22, 0xFF, 0x22]),
    ("control character", Array("[\"\u{1}\"]".utf8)),
    ("control character without brackets", Array("\"\u{1}\"".utf8)),
    ("comma at the end", Array("[1,{\"a\":1,}]".utf8)),
    ("line that starts a record", Array("[1,\n{\"a\":01}]".utf8)),
  ]

  /// The places, each the `@` of an asset.
  private static let places: [(name: String, text: String)] = {
    let filler = String(repeating: "{\"title\":\"Car\",\"point\":[[1,2],[3,4]]},", count: 40)
    let asset = { (kept: String, dropped: String, between: String, metadata: String, history: String) in
      """
      {"externalId":"x","assetId":"i","batches":["b"],"metadata":\(metadata),"task":{"taskId":"t",
      "stage":"Complete","stageId":"s","updatedAt":"2025-01-01T00:00:00Z","tools":[\(filler)
      {"title":"Car","polygon":\(kept)},\(between)\(filler){"title":"Dog","polygon":\(dropped)},
      \(filler){"title":"Car"}],"stageHistory":[{"stage":"Label","tools":[\(filler){"title":"Car",
      "ner":\(history)}],"x":\(history)}],"classifications":[]},"end":1}
      """
    }
    return [
      ("a kept annotation", asset("@", "1", "", "1", "1")),
      ("a container in a kept annotation", asset("{\"a\":[@]}", "1", "", "1", "1")),
      ("a dropped annotation", asset("1", "@", "", "1", "1")),
      ("a container in a dropped annotation", asset("1", "{\"a\":[@]}", "", "1", "1")),
      ("between elements", asset("1", "1", "@,", "1", "1")),
      ("metadata", asset("1", "1", "", "@", "1")),
      ("a container in metadata", asset("1", "1", "", "{\"a\":{\"b\":@}}", "1")),
      ("history", asset("1", "1", "", "1", "@")),
    ]
  }()

  private static let variants: [@Sendable (inout RunOptions) -> Void] = [
    { _ in },
    { $0.selection.stages = ["Label"] },
    { options in
      options.selection.titles = ["Dog"]
      options.rows.prune = true
    },
    { $0.rows.kind = .annotations },
    { options in
      options.rows.kind = .annotations
      options.selection.titles = ["Car"]
    },
    { options in
      options.rows.kind = .annotations
      options.rows.history = .rows
      options.rows.context = ["metadata"].map { ContextKey($0) }
      options.selection.titles = ["Car"]
    },
    { options in
      options.rows.kind = .annotations
      options.selection.stages = ["Label"]
    },
  ]

  /// Sizes of blocks, counts of workers, and whether memory is so small that the asset is not held.
  private static let ways: [(blockSize: Int, workers: Int, isSmall: Bool)] = [
    (1 << 20, 1, false), (997, 1, true), (333, 2, true),
  ]

  /// One outcome for each malformed asset, whichever way it is read.
  @Test(arguments: places.indices, variants.indices)
  func oneOutcome(place: Int, variant: Int) throws {
    let good = Array("{\"task\":{\"stage\":\"Complete\",\"tools\":[{\"title\":\"Car\"}]}}".utf8)
    for (number, value) in Self.values.enumerated() {
      let halves = Self.places[place].text.utf8.split(separator: UInt8(ascii: "@")).map(Array.init)
      let asset = Array(halves.joined(separator: value.bytes))
      let isArray = number % 2 == variant % 2
      let bytes =
        isArray
        ? Array("[".utf8) + good + Array(",".utf8) + asset + Array(",".utf8) + good + Array("]".utf8)
        : good + [0x0A] + asset + [0x0A] + good + [0x0A]
      var options = RunOptions(workers: 1)
      options.onError = number % 3 == 0 ? .reject : .skip
      options.resources.validation = .kept
      Self.variants[variant](&options)
      var first: TrialOutcome?
      for (turn, resources) in Self.ways.enumerated() {
        options.resources.blockSize = resources.blockSize
        options.resources.workers = resources.workers
        options.resources.memory = resources.isSmall ? smallMemory(options) : 256_000_000
        let ways: [TrialInput.Way] = resources.isSmall ? [.file, .pipe] : [turn == 0 ? .file : .pipe]
        for way in ways {
          let found = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes, way: way), options)
          #expect(
            found == first ?? found,
            "\(value.name) in \(Self.places[place].name), variant \(variant), \(resources), \(way)")
          first = first ?? found
        }
      }
    }
  }
}
