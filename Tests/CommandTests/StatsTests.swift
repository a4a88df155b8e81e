// `--stats json` and report.json: their keys are a promise.

import Foundation
import Testing

@Suite struct StatsTests {
  private static let reportKeys: Set = [
    "schema", "status", "inputs", "assets", "tasks", "annotations", "rows", "copies", "stages", "batches",
    "titles", "kinds", "tools", "other", "biggestRow", "duplicateKeys", "neverSeen", "warnings",
  ]
  private static let timingKeys: Set = [
    "wallSeconds", "cpuSeconds", "bytesPerSecond", "peakMemoryBytes", "workers", "kernel",
  ]

  private func checkStats(_ stats: JSONValue, status: Int) {
    #expect(stats.keys == Self.reportKeys.union(["timing", "exitStatus", "dryRun"]))
    #expect(stats["timing"]?.keys == Self.timingKeys)
    #expect(stats["schema"]?.integer == 1)
    #expect(stats["exitStatus"]?.integer == status)
  }

  /// report.json has all its members, null where there is nothing to say.
  @Test func report() throws {
    let workspace = try Workspace.withOutput()
    let report = try JSONValue(workspace.read("out/report.json"))
    #expect(report.keys == Self.reportKeys)
    #expect(report["inputs"]?[0]?.keys == ["name", "entry", "bytes", "assets", "lastGoodOffset"])
    #expect(report["assets"]?.keys == ["seen", "kept", "filtered", "skipped", "rejected", "withoutTask"])
    #expect(report["biggestRow"]?.keys == ["bytes", "input", "entry", "asset", "byte", "externalId"])
    #expect(report["other"]?.keys == ["stages", "batches", "titles", "tools"])
    #expect(report["stages"]?.items.count == 3)
    #expect(report["annotations"] == .null)
  }

  /// The members of a report stand in the order of their names or of the contract, but always the same one:
  /// two runs give the same report.
  @Test func stable() throws {
    let workspace = try Workspace.withInput()
    for output in ["a", "b"] {
      _ = try Command.run("run", "input.ndjson", "--output", output, "--stage", "Label", in: workspace)
    }
    #expect(try workspace.read("a/report.json") == workspace.read("b/report.json"))
  }

  /// `--stats json` is one line on standard output.
  @Test func standardOutput() throws {
    let workspace = try Workspace.withInput()
    let outcome = try Command.run(
      "run", "input.ndjson", "--output", "out", "--quiet", "--stats", "json", in: workspace)
    let lines = outcome.outputText.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 && lines.last == "")
    checkStats(try JSONValue(lines[0]), status: 0)
    #expect(outcome.errorText == "")
  }

  /// With rows on standard output it is a line of standard error.
  @Test func standardError() throws {
    let workspace = try Workspace.withInput()
    let outcome = try Command.run(
      "run", "input.ndjson", "--output", "-", "--quiet", "--stats", "json", in: workspace)
    #expect(outcome.outputText == manyAssets(6))
    #expect(outcome.errorText.split(separator: "\n").count == 1)
    checkStats(try JSONValue(outcome.errorText), status: 0)
  }

  /// Or it goes to the file that is named.
  @Test func path() throws {
    let workspace = try Workspace()
    try workspace.write("input.ndjson", asset("a") + "\n{\"a\":]}\n")
    let outcome = try Command.run(
      "run", "input.ndjson", "--output", "out", "--on-error", "skip", "--stats", "json=stats.json",
      in: workspace)
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    let stats = try JSONValue(workspace.read("stats.json"))
    checkStats(stats, status: 1)
    #expect(stats["status"]?.text == "partial")
    #expect(stats["assets"]?["skipped"]?.integer == 1)
  }

  /// A failed run says what failed and where, in the same place.
  @Test func failure() throws {
    let workspace = try Workspace()
    try workspace.write("input.ndjson", asset("a") + "\n{\"a\":]}\n")
    let outcome = try Command.run(
      "run", "input.ndjson", "--output", "out", "--quiet", "--stats", "json", in: workspace)
    #expect(outcome.status == 2)
    let stats = try JSONValue(outcome.output)
    #expect(stats.keys == ["schema", "status", "error", "exitStatus"])
    #expect(stats["status"]?.text == "failed")
    #expect(stats["exitStatus"]?.integer == 2)
    let error = try #require(stats["error"])
    #expect(error.keys == ["code", "message", "hint", "input", "entry", "byte", "line", "column", "asset"])
    #expect(error["input"]?.text == "input.ndjson")
    #expect(error["byte"]?.integer == asset("a").utf8.count + 6)
    #expect([error["line"]?.integer, error["column"]?.integer, error["asset"]?.integer] == [2, 6, 1])
  }

  /// A reader of the rows that goes away takes nothing from the reader of the statistics.
  @Test func closedPipe() throws {
    // More than a pipe holds.
    let workspace = try Workspace.withInput(2000)
    let outcome = try Command.shell(
      "\"$SLUICE\" run input.ndjson -o - -q --stats json=stats.json | true; echo ${PIPESTATUS[0]}",
      in: workspace)
    #expect(outcome.outputText == "0\n")
    #expect(outcome.errorText == "")
    let stats = try JSONValue(workspace.read("stats.json"))
    #expect(stats["status"]?.text == "closed")
    #expect(stats["error"]?["code"]?.text == "broken-pipe")
    #expect(stats["exitStatus"]?.integer == 0)
  }

  /// Statistics that can't be written are no reason to run again: the output is there, and is said to be.
  @Test func fullStandardOutput() throws {
    let workspace = try Workspace.withInput()
    let outcome = try Command.shell(
      "\"$SLUICE\" run input.ndjson -o out -q --stats json >/dev/full", in: workspace)
    #expect(outcome.status == 1)
    #expect(outcome.errorText.contains("standard output: cannot write: No space left on device"))
    #expect(outcome.errorText.contains("The output is committed to out; only the statistics are missing."))
    #expect(workspace.exists("out/manifest.json"))
  }

  /// Where the statistics were all that was wanted the run has failed; where it failed anyway it says no less.
  @Test(arguments: [
    ("run input.ndjson --dry-run", 2), ("run input.ndjson -o out", 1), ("run missing.json -o out", 2),
    ("inspect input.ndjson --json", 2), ("bench input.ndjson --seconds 0.001 --json", 2),
  ])
  func lost(line: String, status: Int) throws {
    let workspace = try Workspace.withInput()
    let stats = line.hasPrefix("run") ? "-q --stats json" : ""
    let outcome = try Command.shell("\"$SLUICE\" \(line) \(stats) >/dev/full", in: workspace)
    #expect(outcome.status == status, "\(outcome.errorText)")
    #expect(outcome.errorText.contains("standard output: cannot write: No space left on device"))
  }

  /// Statistics cannot lie in the directory that the run makes: the next run would find them there as something
  /// that is not Sluice's.
  @Test(arguments: ["out/stats.json", "./out/deep/stats.json", "../work/out/stats.json"])
  func insideOutput(path: String) throws {
    let workspace = try Workspace.withOutput()
    let outcome = try Command.run(
      "run", "input.ndjson", "-o", "out", "--overwrite", "--stats", "json=\(path)", in: workspace)
    #expect(outcome.status == (path.contains("deep") ? 2 : 64), "\(outcome.errorText)")
    #expect(!workspace.exists("out/stats.json"))
  }

  /// The report says where the last whole asset of a lost input ended.
  @Test func lastGoodOffset() throws {
    let workspace = try Workspace()
    try workspace.write("input.json", "[\(asset("a")),{\"a\":[}, {}]")
    let outcome = try Command.run(
      "run", "input.json", "--output", "out", "--on-error", "skip", in: workspace)
    #expect(outcome.status == 1)
    let report = try JSONValue(workspace.read("out/report.json"))
    #expect(report["inputs"]?[0]?["lastGoodOffset"]?.integer == asset("a").utf8.count + 1)
  }
}
