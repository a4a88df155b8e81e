// `--dry-run` says what the run would do, and does nothing.

import ExportGenerator
import Foundation
import Testing

@Suite struct DryRunTests {
  private static let export = ExportGenerator(
    ExportOptions(size: 60_000, seed: 9, style: .pretty, format: .mixed, kind: .images, traps: true)
  ).bytes().bytes

  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try Data(Self.export).write(to: workspace.url("export.json"))
    return workspace
  }

  /// What is planned is what the run then does: report, partitions, rows and raw bytes.
  @Test(arguments: [
    [], ["--partition-by", "stage,batch"], ["--rows", "annotations", "--partition-by", "title,kind"],
    ["--rows", "annotations", "--history", "rows", "--title", "Car"],
    ["--prune", "--title", "Car", "--sample", "60%"],
    ["--history", "drop", "--strip-url-query", "--limit", "3"],
    ["--memory", "70MB", "--block-size", "64KiB"],
    ["--engine", "reference", "--batch", "rain"],
  ])
  func agreesWithRun(arguments: [String]) throws {
    let workspace = try workspace()
    let dry = try Command.run(
      ["run", "export.json", "--dry-run", "--stats", "json"] + arguments, in: workspace)
    #expect(dry.status == 0, "\(dry.errorText)")
    #expect(try workspace.names() == ["export.json"])
    #expect(dry.errorText.contains("wrote nothing"))
    let said = try JSONValue(dry.output)
    let run = try Command.run(
      ["run", "export.json", "--output", "out", "--quiet"] + arguments, in: workspace)
    #expect(run.status == 0)
    let report = try JSONValue(workspace.read("out/report.json"))
    for key in report.keys { #expect(said[key] == report[key], "\(key)") }
    let manifest = try JSONValue(workspace.read("out/manifest.json"))
    let planned = try #require(said["dryRun"])
    #expect(planned["rows"] == manifest["totals"]?["rows"])
    #expect(planned["rawBytes"] == manifest["totals"]?["rawBytes"])
    // A small partition has one part.
    let files = (manifest["files"]?.items ?? []).map { [$0["partition"], $0["rows"], $0["rawBytes"]] }
    let partitions = (planned["partitions"]?.items ?? []).map {
      [$0["partition"], $0["rows"], $0["rawBytes"]]
    }
    #expect(files == partitions)
  }

  /// On standard output nothing is written but statistics; a pipe is read like a file.
  @Test func standardOutput() throws {
    let workspace = try workspace()
    let arguments = ["run", "-", "--output", "-", "--dry-run"]
    let quiet = try Command.run(arguments + ["--quiet"], in: workspace, input: Data(Self.export))
    #expect(quiet.status == 0)
    #expect(quiet.output.isEmpty)
    let dry = try Command.run(
      arguments + ["--stats", "json", "--compression", "zstd"], in: workspace, input: Data(Self.export))
    let rows = try Command.run(
      ["run", "-", "--output", "-", "--quiet"], in: workspace, input: Data(Self.export))
    #expect(try JSONValue(dry.output)["dryRun"]?["rawBytes"] == .number(Double(rows.output.count)))
    #expect(try workspace.names() == ["export.json"])
  }

  /// Malformed assets are counted as the run would count them, an existing directory is left alone, and what the
  /// run would refuse is refused.
  @Test func failures() throws {
    let workspace = try Workspace()
    try workspace.write("bad.ndjson", "{\"task\":1}\n{bad}\n{\"task\":2}\n")
    try workspace.write("full/file", "x")
    let rejected = try Command.run(
      "run", "bad.ndjson", "--output", "full", "--dry-run", "--on-error", "reject", "--stats", "json",
      in: workspace)
    #expect(rejected.status == 1)
    let report = try JSONValue(rejected.output)
    #expect(report["assets"]?["rejected"] == .number(1))
    #expect(report["rows"] == .number(2))
    #expect(try workspace.tree("full").keys.sorted() == ["file"])
    #expect(try Command.run("run", "bad.ndjson", "--dry-run", in: workspace).status == 2)
    #expect(try Command.run("run", "bad.ndjson", in: workspace).status == 64)
    #expect(
      try Command.run("run", "bad.ndjson", "--dry-run", "--partition-by", "title", in: workspace).status == 64
    )
    #expect(try workspace.names() == ["bad.ndjson", "full"])
  }
}
