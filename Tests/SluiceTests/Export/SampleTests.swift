// `--sample`: who belongs to it depends on names and bytes alone.

import ByteScan
import Foundation
import Testing

@testable import Sluice

@Suite struct SampleTests {
  /// A share is a percentage over 0 and up to 100, with at most six digits behind the point.
  @Test func readings() {
    for (text, wanted) in [
      ("1%", "1%"), ("0.25%", "0.25%"), ("100%", "100%"), ("007.50%", "7.5%"), ("0.000001%", "0.000001%"),
    ] {
      #expect(AssetSample(text)?.text == wanted)
    }
    for text in [
      "", "%", "1", "0.01", "0%", "0.0%", "100.1%", ".5%", "5.%", "-1%", "1e1%", "1 %", "0.0000001%",
      "1.2.3%",
    ] {
      #expect(AssetSample(text) == nil, "\(text)")
    }
  }

  /// The hash is the first eight bytes of the SHA-256, compared with the share from above: an answer worked out
  /// elsewhere.
  @Test func knownAnswer() throws {
    var hash = SampleHash()
    hash.add(Array("abc".utf8).span)
    #expect(hash.value == 0xba78_16bf_8f01_cfea)
    // 0xba7816bf / 2^32 is 0.72839…
    #expect(try #require(AssetSample("72.84%")).holds(hash.value))
    #expect(!(try #require(AssetSample("72.83%")).holds(hash.value)))
    #expect(try #require(AssetSample("100%")).holds(.max))
  }

  /// A bigger share holds all of a smaller one, and a share of many names is about as many.
  @Test func nesting() throws {
    let shares = try ["0.5%", "1%", "10%", "50%", "100%"].map { try #require(AssetSample($0)) }
    var counts = [Int](repeating: 0, count: shares.count)
    for number in 0..<4000 {
      var hash = SampleHash()
      hash.add(Array("task-\(number)".utf8).span)
      let held = shares.map { $0.holds(hash.value) }
      for (smaller, bigger) in zip(held, held.dropFirst()) where smaller { #expect(bigger) }
      for index in counts.indices where held[index] { counts[index] += 1 }
    }
    #expect((10...80).contains(counts[1]))
    #expect((320...480).contains(counts[2]))
    #expect((1850...2150).contains(counts[3]))
    #expect(counts[4] == 4000)
  }

  /// Assets with a task's name, with their own and with none, in every engine, cut anywhere, held or not: the
  /// same ones are kept.
  @Test func isTheSameEverywhere() throws {
    let padding = String(repeating: "[1,2]", count: 3000)
    let elements = (0..<120).map { number in
      let tools = number % 10 == 0 ? "[{\"title\":\"a\",\"x\":\"\(padding)\"}]" : "[]"
      let name =
        switch number % 4 {
        case 0: "\"task\":{\"tools\":\(tools),\"taskId\":\"t\(number)\"}"
        case 1: "\"task\":{\"taskId\":\"\",\"tools\":\(tools)},\"externalId\":\"e\(number)\""
        case 2: "\"externalId\":null,\"n\":\(number),\"task\":{\"tools\":\(tools)}"
        default: "\"tasks\":[{\"objects\":\(tools),\"taskId\":\"t\(number)\"},{\"taskId\":\"u\"}]"
        }
      return "{\(name)}"
    }
    for kind in RowKind.allCases {
      var outcomes: Set<String> = []
      for (resource, way) in zip(
        GeneratedExportTests.resources, [TrialInput.Way.file, .pipe, .file, .pipe, .file, .pipe, .file])
      {
        for engine in ResourceOptions.Engine.allCases {
          var options = RunOptions(workers: resource.workers)
          options.selection.sample = AssetSample("45%")
          options.rows.kind = kind
          options.resources.engine = engine
          options.resources.blockSize = resource.blockSize
          if resource.isSmall { options.resources.memory = smallMemory(options) }
          let outcome = try TrialOutcome(
            TrialInput(bytes: Array(elements.joined(separator: "\n").utf8), way: way), options)
          #expect(outcome.error == "")
          // Where it stands in the input does not count either, but for the report.
          outcomes.insert(outcome.rows + outcome.report)
          let array = try TrialOutcome(
            TrialInput(bytes: Array("[\(elements.joined(separator: ","))]".utf8), way: way), options)
          #expect(array.rows == outcome.rows)
        }
      }
      #expect(outcomes.count == 1)
      let kept = try #require(outcomes.first).split(separator: "\n").count
      #expect((kind == .assets ? 30...80 : 3...12).contains(kept), "\(kept)")
    }
  }
}
