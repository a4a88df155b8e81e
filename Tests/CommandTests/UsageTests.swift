// What is wrong with the command line is said before anything is touched: status 64.

import Testing

@Suite struct UsageTests {
  static let good = ["run", "input.ndjson", "--output", "out"]
  static let annotations = good + ["--rows", "annotations"]

  /// Each of these is a usage error: a message on standard error, nothing on standard output, nothing written.
  @Test(arguments: [
    [],
    ["frobnicate"],
    good + ["--output", "other"],
    good + ["-o", "other"],
    ["run", "input.ndjson", "-qo", "out", "--output=other"],
    good + ["--temp=.", "--temp=."],
    good + ["--limit", "1", "--workers", "1", "--limit", "2"],
    ["bench", "input.ndjson", "--seconds", "0.001", "--seconds", "0.001"],
    ["run", "input.ndjson", "-o", "s3://bucket/lake"],
    ["run", "https://host/export.json", "-o", "out"],
    ["run", "ango://project", "--dry-run"],
    good + ["--temp", "s3://bucket/x"],
    good + ["--stats", "json=gs://bucket/x"],
    ["inspect", "file:///x.json"],
    ["inspect", "input.ndjson", "--html", "s3://bucket/x"],
    ["bench", "s3://bucket/x"],
    ["verify", "s3://bucket/lake"],
    ["bench"],
    ["bench", "-"],
    ["bench", "input.ndjson", "input.ndjson"],
    ["bench", "input.ndjson", "--seconds", "0"],
    ["bench", "input.ndjson", "--level", "23"],
    ["bench", "input.ndjson", "--prune"],
    ["bench", "input.ndjson", "--output", "out"],
    ["run"],
    ["run", "input.ndjson"],
    ["run", "--output", "out"],
    ["run", "input.ndjson", "--output"],
    good + ["--no-such-option"],
    good + ["--stage"],
    good + ["--prune"],
    good + ["--prune", "--stage", "Complete"],
    good + ["--limit", "many"],
    good + ["--limit", "-1"],
    good + ["--limit", "1.5"],
    good + ["--updated-since", "yesterday"],
    good + ["--updated-since", "2024-02-30"],
    good + ["--updated-before", "2024-03-01T10:00:00"],
    good + ["--updated-before", "1709287200"],
    good + ["--history", "never"],
    good + ["--history", "rows"],
    good + ["--rows", "tasks"],
    good + ["--context", "metadata"],
    annotations + ["--prune", "--title", "Car"],
    annotations + ["--history", "keep"],
    annotations + ["--context"],
    annotations + ["--context", ""],
    annotations + ["--context", "task."],
    annotations + ["--context", "title"],
    annotations + ["--context", "task.annotation"],
    annotations + ["--context", "task"],
    annotations + ["--context", "tasks"],
    annotations + ["--context", "task.tools"],
    annotations + ["--context", "task.stageHistory"],
    annotations + ["--context", "metadata", "--context", "task.metadata"],
    annotations + ["--partition-by", "title,title"],
    annotations + ["--partition-by", "title,objectId"],
    ["run", "input.ndjson", "--output", "-", "--rows", "annotations", "--partition-by", "title"],
    good + ["--partition-by", "colour"],
    good + ["--partition-by", ""],
    good + ["--partition-by", "stage,"],
    good + ["--partition-by", "stage,stage"],
    good + ["--partition-by", "stage", "--partition-by", "batch,stage"],
    good + ["--partition-by", "title"],
    good + ["--partition-by", "stage,kind"],
    good + ["--partition-by", "tool"],
    good + ["--partition-by", "stageId"],
    good + ["--compression", "brotli"],
    good + ["--level", "fast"],
    good + ["--level", "99"],
    good + ["--compression", "gzip", "--level", "19"],
    good + ["--target-size", "big"],
    good + ["--target-size", "0"],
    good + ["--name", "a/b"],
    good + ["--name", ".."],
    good + ["--name", ""],
    good + ["--on-error", "maybe"],
    good + ["--max-depth", "0"],
    good + ["--max-depth", "deep"],
    good + ["--max-input-size", "0"],
    good + ["--max-input-size", "-1MB"],
    good + ["--validate", "some"],
    good + ["--progress", "sometimes"],
    good + ["--stats", "yaml"],
    good + ["--workers", "0"],
    good + ["--workers", "-2"],
    good + ["--memory", "12XB"],
    good + ["--memory", "-1MB"],
    good + ["--memory", "1.5"],
    good + ["--memory", "10EB"],
    good + ["--max-input-size", "0.0001K"],
    good + ["--engine", "turbo"],
    good + ["--kernel", "abacus"],
    good + ["--block-size", "none"],
    ["run", "input.ndjson", "--output", "-", "--partition-by", "stage"],
    ["run", "-", "input.ndjson", "-", "--output", "out"],
    good + ["--level", "22"],
    ["verify"],
    ["verify", "out", "out2"],
    ["verify", "out", "--frob"],
  ])
  func refused(arguments: [String]) throws {
    let workspace = try Workspace.withInput()
    let outcome = try Command.run(arguments, in: workspace)
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorText.hasPrefix("sluice: error: "), "\(outcome.errorText)")
    #expect(try workspace.names() == ["input.ndjson"])
  }

  /// An unknown option brings the nearest one that exists.
  @Test(arguments: [
    ("--stagee", "--stage"), ("--exclude-batches", "--exclude-batch"), ("--partitions-by", "--partition-by"),
    ("--overwrit", "--overwrite"), ("--udpated-since", "--updated-since"),
  ])
  func nearest(typed: String, meant: String) throws {
    let outcome = try Command.run(Self.good + [typed, "x"], in: Workspace.withInput())
    #expect(outcome.status == 64)
    #expect(outcome.errorText.contains("'\(typed)'"))
    #expect(outcome.errorText.contains("'\(meant)'"))
  }

  /// The hint is about what was typed: the subcommand's help, or how a value with a dash is written.
  @Test(arguments: [
    (good + ["--no-such-option"], "'sluice run --help' shows every option."),
    (["verify"], "'sluice verify --help' shows every option."),
    (
      ["frobnicate"],
      "The commands are run, verify, inspect, bench; 'sluice COMMAND --help' shows every option."
    ),
    ([], "The commands are run, verify, inspect, bench; 'sluice COMMAND --help' shows every option."),
    (
      ["verify", "s3://b/lake"],
      "Copy it with another tool, to or from a path; a path of that name is written ./s3://b/lake."
    ),
    (["verify", "file:///lake"], "Write the path alone, without file://."),
    (good + ["--level", "-5"], "A value that starts with a dash is written --level=-5."),
    (good + ["--stage", "-rf"], "A value that starts with a dash is written --stage=-rf."),
  ])
  func hints(arguments: [String], hint: String) throws {
    let outcome = try Command.run(arguments, in: Workspace.withInput())
    #expect(outcome.errorText.hasSuffix("\n  hint: \(hint)\n"), "\(outcome.errorText)")
  }

  /// Keys of partitions may come in several options.
  @Test func partitionKeys() throws {
    let workspace = try Workspace.withInput()
    let options = ["--partition-by", "stage", "--partition-by", "batch", "--quiet"]
    #expect(try Command.run(Self.good + options, in: workspace).status == 0)
    let manifest = try JSONValue(workspace.read("out/manifest.json"))
    #expect(manifest["options"]?["partitionBy"]?.items.map(\.text) == ["stage", "batch"])
  }

  /// Behind `--` nothing is an option, and a colon makes no address, nor does a scheme behind `./`.
  @Test func oddPaths() throws {
    let workspace = try Workspace()
    for name in ["--output", "s3:/x", "a b:"] {
      try workspace.write(name, asset("a") + "\n")
    }
    let outcome = try Command.run(
      "run", "-q", "-o", "-", "./s3:/x", "a b:", "./s3://x", "--", "--output", "--output", in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(outcome.output.count == 5 * (asset("a").utf8.count + 1))
  }

  /// Every option with one value is known as one, so that it is refused when it stands twice.
  @Test(arguments: ["run", "inspect", "bench", "verify"])
  func knowsSingleOptions(command: String) throws {
    let workspace = try Workspace.withInput()
    let text = try Command.run(command, "--help-hidden", in: workspace).outputText
    let repeatable: Set = [
      "--stage", "--batch", "--title", "--exclude-stage", "--exclude-batch", "--exclude-title", "--context",
      "--partition-by",
    ]
    let target = command == "verify" ? "out" : "input.ndjson"
    let output = command == "run" ? ["-o", "out"] : command == "bench" ? ["--seconds", "0.01"] : []
    for match in text.matches(of: /(?m)^  (?:-[a-z], )?(--[a-z-]+) </) {
      let name = String(match.output.1)
      // A value that the parser takes, whatever the option.
      let known = [
        "--rows": "assets", "--history": "keep", "--compression": "zstd", "--on-error": "stop",
        "--progress": "never", "--stats": "json", "--engine": "fast", "--kernel": "portable",
        "--validate": "all", "--ddl": "duckdb", "--sample": "1%", "--updated-since": "2024-01-01",
        "--updated-before": "2024-01-01", "--memory": "1GB", "--long": "20", "--partition-by": "stage",
        "--temp": ".",
      ]
      let value = known[name] ?? "12"
      let outcome = try Command.run(
        [command, target, name, value, "\(name)=\(value)"]
          + (output.first == "-o" && name == "--output" ? [] : output), in: workspace
      )
      let isRefused = outcome.errorText.contains("\(name) stands twice")
      #expect(isRefused != repeatable.contains(name), "\(name): \(outcome.errorText)")
    }
  }

  /// Without /proc the command line is read all the same.
  @Test func withoutProc() throws {
    let workspace = try Workspace.withInput()
    let line = """
      unshare -m true 2>/dev/null || exit 77
      unshare -m sh -c 'mount -t tmpfs none /proc 2>/dev/null || exit 77
      "$SLUICE" run input.ndjson -o out -q && "$SLUICE" verify out && "$SLUICE" run nope -o b; echo $?; "$SLUICE"; echo $?'
      """
    let outcome = try Command.shell(line, in: workspace)
    // Only root may mount.
    if outcome.status == 77 { return }
    #expect(outcome.outputText.hasSuffix("\n2\n64\n"), "\(outcome.outputText) \(outcome.errorText)")
    #expect(workspace.exists("out/data/_SUCCESS"))
  }

  /// A value that begins with a dash, and one that is empty, can be given.
  @Test func oddValues() throws {
    let workspace = try Workspace()
    try workspace.write("input.ndjson", asset("a", stage: "-rf") + "\n" + asset("b", stage: "") + "\n")
    let dash = try Command.run(
      "run", "input.ndjson", "--output", "-", "--stage=-rf", "--quiet", in: workspace)
    #expect(dash.outputText == asset("a", stage: "-rf") + "\n")
    let empty = try Command.run(
      "run", "input.ndjson", "--output", "-", "--stage", "", "--quiet", in: workspace)
    #expect(empty.outputText == asset("b", stage: "") + "\n")
  }

  /// Annotation rows take what asset rows refuse, and the manifest says so.
  @Test func annotationRows() throws {
    let workspace = try Workspace.withInput()
    let options = [
      "--context", "metadata", "--context", "task.duration", "--context", "a.b", "--context", "task.task",
      "--history", "rows", "--partition-by", "tool,kind,title,batch,stage", "--engine", "reference",
      "--quiet",
    ]
    let outcome = try Command.run(Self.annotations + options, in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    let manifest = try JSONValue(workspace.read("out/manifest.json"))
    #expect(manifest["options"]?["rows"]?.text == "annotations")
    #expect(
      manifest["options"]?["context"]?.items.map(\.text) == ["metadata", "task.duration", "a.b", "task.task"])
  }

  /// Sizes are read as their users write them.
  @Test(arguments: ["64MiB", "64MB", "100000KB", "1GB", "1GiB", "512M", "1G", "1.5GB", "0.1g"])
  func sizes(size: String) throws {
    let workspace = try Workspace.withInput()
    let outcome = try Command.run(Self.good + ["--memory", size, "--quiet"], in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(workspace.exists("out/data/_SUCCESS"))
  }
}
