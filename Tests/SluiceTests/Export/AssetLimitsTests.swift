// Assets that have very much of one small thing: what is remembered of it has a limit, and whatever comes of
// that is the same in both engines, held or not, from a file or a pipe.

import Foundation
import Testing

@testable import Sluice

@Suite struct AssetLimitsTests {
  private static let good = #"{"externalId":"good","task":{"stage":"S","tools":[{"title":"Car"}]}}"#

  private static func list(_ count: Int, _ item: (Int) -> String) -> String {
    (0..<count).map(item).joined(separator: ",")
  }

  /// Runs the asset between two good ones both ways, with each policy, and gives the reference engine's outcomes.
  private func check(
    _ asset: String, pretty: Bool = false, _ change: (inout RunOptions) -> Void
  ) throws -> [TrialOutcome] {
    let assets = [Self.good, asset, Self.good]
    var outcomes: [TrialOutcome] = []
    for policy in ErrorPolicy.allCases {
      let text =
        policy == .skip ? assets.joined(separator: "\n") : "[" + assets.joined(separator: ",\n") + "]"
      var options = RunOptions(workers: 1)
      change(&options)
      options.onError = policy
      options.resources.engine = .reference
      let bytes = Array(text.utf8)
      let expected = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes), options)
      options.resources.engine = .fast
      for (blockSize, memory) in [(1 << 20, 256_000_000), (50_000, 0)] {
        options.resources.blockSize = blockSize
        options.resources.memory = memory == 0 ? smallMemory(options) : memory
        for way in TrialInput.Way.allCases where way == .file || bytes.count < 1 << 20 {
          let found = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes, way: way), options)
          #expect(found == expected, "\(policy) \(blockSize) \(way)")
        }
      }
      outcomes.append(expected)
    }
    return outcomes
  }

  private func expectFault(_ outcomes: [TrialOutcome], _ code: String, _ message: String, at offset: Int) {
    let fault = offset + 1 + Self.good.utf8.count + 2
    #expect(outcomes[0].error.contains(message) && outcomes[0].error.contains("byte: \(fault),"))
    #expect(outcomes[1].report.contains(#""skipped":1"#) && outcomes[1].report.contains(#""kept":2"#))
    #expect(outcomes[2].rejects.values.contains { $0.contains("\"code\":\"\(code)\"") })
  }

  /// One snapshot more than the limit is one too many, but only where its annotations would be rows.
  @Test func snapshots() throws {
    let opening = #"{"task":{"stage":"S","stageHistory":["#
    let asset = opening + Self.list(AssetLimits.snapshots + 1) { _ in "{}" } + "]}}"
    let outcomes = try check(asset) {
      $0.rows.kind = .annotations
      $0.rows.history = .rows
    }
    let place = opening.utf8.count + 3 * AssetLimits.snapshots
    expectFault(outcomes, "too-many-snapshots", "more than 65536 snapshots", at: place)
    #expect(try check(asset) { $0.rows.kind = .annotations }[0].error == "")
  }

  /// One task more than the limit is one too many.
  @Test func tasks() throws {
    let opening = #"{"tasks":["#
    let asset = opening + Self.list(AssetLimits.tasks + 1) { _ in "{}" } + "]}"
    let outcomes = try check(asset) { $0.selection.titles = ["Car"] }
    expectFault(
      outcomes, "too-many-tasks", "more than 65536 tasks", at: opening.utf8.count + 3 * AssetLimits.tasks)
  }

  /// Batches may have a mebibyte of names; a name that comes again counts once.
  @Test func batches() throws {
    let opening = #"{"task":{"stage":"S"},"batches":["#
    let names = Self.list(900) { _ in "\"again\"" }
    let long = Self.list(15) { "\"\($0 + 10)" + String(repeating: "x", count: 65_534) + "\"" }
    let outcomes = try check(opening + names + "," + long + ",\"last\"" + "]}") { _ in }
    #expect(outcomes[0].error == "")
    let more = ",\"16" + String(repeating: "y", count: 65_534) + "\""
    let faulty = try check(opening + names + "," + long + more + "]}") { $0.output.partitionBy = [.batch] }
    let place = opening.utf8.count + names.utf8.count + 1 + long.utf8.count + 1
    expectFault(faulty, "too-many-batches", "more than 1 MiB of names", at: place)
  }

  /// What each row would repeat may have 4 MiB, in an asset that would have rows.
  @Test func columns() throws {
    let opening = #"{"externalId":"x","metadata":"#
    let value = "\"" + String(repeating: "m", count: AssetLimits.columns) + "\""
    let asset = opening + value + #","task":{"stage":"S","tools":[{"title":"Car"},{}]}}"#
    let outcomes = try check(asset) {
      $0.rows.kind = .annotations
      $0.rows.context = [ContextKey("metadata")]
    }
    expectFault(outcomes, "columns-too-long", "more than 4 MiB", at: opening.utf8.count)
    let others = try check(asset) {
      $0.rows.kind = .annotations
      $0.rows.context = [ContextKey("metadata")]
      $0.selection.excludedStages = ["S"]
    }
    #expect(others[0].error == "")
    #expect(try check(asset) { $0.rows.kind = .annotations }[0].error == "")
  }

  /// An asset that has too much and is no JSON either is located where it is no JSON.
  @Test func faultsComeFirst() throws {
    let asset = #"{"tasks":["# + Self.list(AssetLimits.tasks + 1) { _ in "{}" } + #"],"a":[1,]}"#
    let outcomes = try check(asset) { $0.resources.validation = .all }
    #expect(outcomes[0].error.contains("unexpected character"))
  }

  /// Counts know the first titles of a task, and sum the later ones; a known one goes on counting.
  @Test func titles() throws {
    let count = 70_000
    let opening = #"{"task":{"stage":"S","tools":["#
    let asset = opening + Self.list(count) { "{\"title\":\"t\($0)\"}" } + #",{"title":"t0"}]}}"#
    let outcomes = try check(asset) {
      $0.rows.kind = .annotations
      $0.selection.excludedTitles = ["t1", "t69999"]
    }
    #expect(outcomes[0].report.contains(#"{"name":"t0","seen":2,"kept":2}"#))
    #expect(outcomes[0].report.contains(#"{"name":"t1","seen":1,"kept":0}"#))
    #expect(!outcomes[0].report.contains(#""t69999""#))
  }

  /// A tool of an unknown type is looked for among the first keys of an annotation.
  @Test(arguments: [0, 1]) func toolKeys(more: Int) throws {
    let keys = Self.list(AssetLimits.toolKeys - 2 + more) { "\"k\($0)\":1" }
    let tool = #"{"title":"Car",\#(keys),"a":[1],"k0":{},"aa":{}}"#
    let asset = #"{"task":{"stage":"S","tools":["# + tool + "," + tool + "]}}"
    let outcomes = try check(asset) {
      $0.rows.kind = .annotations
      $0.output.partitionBy = [.tool]
    }
    #expect(outcomes[0].rows.contains(more == 0 ? #""tool":"a""# : #""tool":null"#))
  }
}
