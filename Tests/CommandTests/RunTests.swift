// Transcripts of `sluice run`: statuses, streams, messages.

import Foundation
import Testing

@Suite struct RunTests {
  /// 0 done, 1 done but something was skipped, 2 failed: malformed, missing, unreadable.
  @Test(arguments: [
    (["good.json"], 0), (["bad.json"], 2), (["bad.json", "--on-error", "skip"], 1),
    (["bad.json", "--on-error", "reject"], 1), (["missing.json"], 2), (["folder"], 2),
    (["good.json", "missing.json"], 2),
  ])
  func statuses(arguments: [String], status: Int) throws {
    let workspace = try Workspace()
    try workspace.write("good.json", "[\(asset("a"))]")
    try workspace.write("bad.json", "[\(asset("a")),{\"a\":01}]")
    try workspace.write("folder/file.json", "[]")
    let outcome = try Command.run(["run"] + arguments + ["--output", "out"], in: workspace)
    #expect(outcome.status == status, "\(outcome.errorText)")
    #expect(workspace.exists("out") == (status < 2))
    #expect(outcome.output.isEmpty)
  }

  /// A missing input and a directory are named, with a hint.
  @Test(arguments: ["missing.json", "folder"])
  func unreadable(name: String) throws {
    let workspace = try Workspace()
    try workspace.write("folder/file.json", "[]")
    let outcome = try Command.run("run", name, "--output", "out", "--quiet", in: workspace)
    #expect(
      matches(outcome.errorText, pattern: "sluice: error: \(name): <...>\n  hint: <...>\n"),
      "\(outcome.errorText)")
  }

  /// A summary stands on standard error at the end; --quiet takes it away.
  @Test func summary() throws {
    let workspace = try Workspace.withInput()
    let loud = try Command.run("run", "input.ndjson", "--output", "out", in: workspace)
    #expect(loud.output.isEmpty)
    #expect(loud.errorText.contains("6"))
    let quiet = try Command.run("run", "input.ndjson", "--output", "out2", "--quiet", in: workspace)
    #expect(quiet.output.isEmpty)
    #expect(quiet.errorText == "")
  }

  /// Where standard error is no terminal there is no progress line to spoil a log.
  @Test func progress() throws {
    let workspace = try Workspace.withInput(5000)
    for arguments in [["--progress", "auto"], ["--progress", "never"], []] {
      let outcome = try Command.run(["run", "input.ndjson", "--output", "-"] + arguments, in: workspace)
      #expect(outcome.output.count == manyAssets(5000).utf8.count)
      #expect(!outcome.errorText.contains("\r") && !outcome.errorText.contains("\u{1b}"))
    }
  }

  /// A reader that has seen enough is no failure: `head` closes the pipe, the status is 0.
  @Test(arguments: ["fast", "reference"])
  func closedPipe(engine: String) throws {
    let workspace = try Workspace.withInput(20_000)
    let line = """
      "$SLUICE" run input.ndjson --output - --engine \(engine) | head -n 1; echo "${PIPESTATUS[0]}"
      """
    let outcome = try Command.shell(line, in: workspace)
    #expect(outcome.outputText == asset("a0") + "\n0\n", "\(outcome.errorText)")
    #expect(!outcome.errorText.contains("error"))
  }

  /// Rows go to standard output uncompressed unless a compression is asked for.
  @Test(arguments: [("gzip", "gzip -dc"), ("zstd", "zstd -dcq")])
  func compressedStream(compression: String, tool: String) throws {
    let workspace = try Workspace.withInput()
    let plain = try Command.run("run", "input.ndjson", "--output", "-", "--quiet", in: workspace)
    #expect(plain.outputText == manyAssets(6))
    let line = """
      command -v \(tool.prefix { $0 != " " }) >/dev/null || exec cat input.ndjson
      "$SLUICE" run input.ndjson --output - --compression \(compression) --quiet | \(tool)
      """
    #expect(try Command.shell(line, in: workspace).output == plain.output)
  }

  /// A pipe and a file give the same, whatever stands in them.
  @Test(arguments: ["cat input.ndjson", "gzip -c input.ndjson"])
  func pipe(source: String) throws {
    let workspace = try Workspace.withInput(2000)
    let line = "\(source) | \"$SLUICE\" run - --output - --stage Label --quiet"
    let piped = try Command.shell(line, in: workspace)
    let read = try Command.run(
      "run", "input.ndjson", "--output", "-", "--stage", "Label", "--quiet", in: workspace)
    #expect(piped.status == 0)
    #expect(piped.output == read.output)
    #expect(read.outputText.split(separator: "\n").count == 667)
  }

  /// A row over 16 MiB is warned of: DuckDB's default refuses it.
  @Test func hugeRow() throws {
    let workspace = try Workspace()
    let text = String(repeating: "x", count: 17 << 20)
    try workspace.write(
      "input.json", #"[{"externalId":"big","batches":[],"task":{"stage":"S","x":"\#(text)"}}]"#)
    let outcome = try Command.run("run", "input.json", "--output", "out", "--quiet", in: workspace)
    #expect(outcome.status == 0)
    #expect(outcome.errorText.contains("sluice: warning: "))
    let report = try JSONValue(workspace.read("out/report.json"))
    #expect((report["biggestRow"]?["bytes"]?.integer ?? 0) > 17 << 20)
    #expect(report["biggestRow"]?["externalId"]?.text == "big")
    #expect(report["warnings"]?.items.isEmpty == false)
  }

  /// A bad asset behind many good ones: nothing is committed under stop, and the position is right.
  @Test(arguments: ["fast", "reference"])
  func lateFault(engine: String) throws {
    let workspace = try Workspace()
    let good = manyAssets(3000)
    try workspace.write("input.ndjson", good + "{\"a\":tru }\n" + manyAssets(10))
    let outcome = try Command.run(
      "run", "input.ndjson", "--output", "out", "--engine", engine, "--quiet", in: workspace)
    let place = "byte \(good.utf8.count + 8) (line 3001, column 9), asset 3000"
    #expect(outcome.status == 2)
    #expect(
      matches(outcome.errorText, pattern: "sluice: error: input.ndjson: \(place): <...>\n  hint: <...>\n"))
    #expect(try workspace.names() == ["input.ndjson"])
  }
}
