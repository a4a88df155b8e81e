// Two things wrong in one giant: the first is the one that is reported, wherever blocks and runs end, and however
// little is held.

import ExportGenerator
import Foundation
import Testing

@testable import Sluice

@Suite struct GiantFaultTests {
  private static let telling = Array("{}[]:,\"\\0e.-tn\n".utf8) + [0x01, 0x0C, 0xC3, 0xED, 0xFF]

  /// A giant among small assets, with two bytes of it put in, taken out or changed.
  private static func broken(_ random: inout SplitMix64, isArray: Bool, isLate: Bool) -> [UInt8] {
    let options = ExportOptions(
      size: 16_000, seed: UInt64.random(in: 0...1000, using: &random), style: .ndjson, kind: .giant,
      lateContext: isLate, traps: false)
    var giant = ExportGenerator(options).bytes().bytes.split(separator: 0x0A).map(Array.init)[0]
    // Not in the brackets around it: where it starts and ends is not in question here.
    for _ in 0..<2 {
      let place = Int.random(in: 1..<giant.count - 1, using: &random)
      let byte = telling[Int.random(in: telling.indices, using: &random)]
      switch Int.random(in: 0..<3, using: &random) {
      case 0: giant[place] = byte
      case 1: giant.insert(byte, at: place)
      default: giant.remove(at: place)
      }
    }
    let small = Array(#"{"externalId":"s","task":{"stage":"Complete","tools":[{"title":"Car"}]}}"#.utf8)
    let separator = Array((isArray ? ",\n" : "\n").utf8)
    let joined = Array([small, giant, small].joined(separator: separator))
    return isArray ? Array("[".utf8) + joined + Array("]".utf8) : joined
  }

  private static let changes: [@Sendable (inout RunOptions) -> Void] = [
    { _ in },
    { $0.rows.kind = .annotations },
    { options in
      options.rows.kind = .annotations
      options.rows.history = .rows
      options.selection.titles = ["Car"]
    },
    { options in
      options.selection.titles = ["Car"]
      options.rows.prune = true
      options.rows.stripURLQuery = true
    },
    { $0.selection.stages = ["nothing"] },
  ]

  /// Both engines agree on the verdict, the place and the words.
  @Test(arguments: 0..<12) func twoFaults(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) + 1000 * Trials.seed)
    for change in Self.changes {
      let bytes = Self.broken(&random, isArray: seed % 2 == 0, isLate: seed % 4 < 2)
      var options = RunOptions(workers: 1)
      change(&options)
      options.onError = ErrorPolicy.allCases[Int.random(in: 0..<3, using: &random)]
      options.resources.validation = .all
      options.resources.engine = .reference
      let expected = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes), options)
      options.resources.engine = .fast
      for (blockSize, workers) in [(100, 1), (1000, 2), (4096, 1)] {
        for way in TrialInput.Way.allCases {
          options.resources.blockSize = blockSize
          options.resources.workers = workers
          options.resources.memory = smallMemory(options)
          let found = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes, way: way), options)
          #expect(found == expected, "seed \(seed), blocks of \(blockSize), \(way)")
        }
      }
    }
  }

  /// Where not everything is read, a giant in a file comes to what one in memory comes to.
  @Test(arguments: 0..<12) func twoFaultsByHalves(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) + 500 + 1000 * Trials.seed)
    for change in Self.changes {
      let bytes = Self.broken(&random, isArray: true, isLate: seed % 2 == 0)
      var options = RunOptions(workers: 1)
      change(&options)
      options.onError = ErrorPolicy.allCases[Int.random(in: 0..<3, using: &random)]
      let expected = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes), options)
      for (blockSize, workers) in [(100, 1), (1000, 2), (4096, 1)] {
        options.resources.blockSize = blockSize
        options.resources.workers = workers
        options.resources.memory = smallMemory(options)
        let found = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes), options)
        #expect(found == expected, "seed \(seed), blocks of \(blockSize)")
      }
    }
  }
}
