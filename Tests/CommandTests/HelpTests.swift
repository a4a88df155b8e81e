// Help shows only what exists, and all of it.

import Testing

@Suite struct HelpTests {
  static let runOptions: Set = [
    "--output", "--stage", "--batch", "--no-batch", "--title", "--exclude-stage", "--exclude-batch",
    "--exclude-title", "--updated-since", "--updated-before", "--rows", "--context", "--prune", "--history",
    "--strip-url-query", "--limit", "--sample", "--dry-run", "--partition-by", "--name", "--compression",
    "--level", "--long", "--target-size", "--overwrite", "--temp", "--on-error", "--max-depth",
    "--max-input-size", "--validate", "--progress", "--quiet", "--stats", "--workers", "--memory", "--help",
    "--help-hidden", "--allow-empty",
  ]
  /// For those who measure: `--help-hidden` shows them.
  static let hiddenOptions: Set = ["--engine", "--kernel", "--block-size"]
  static let verifyOptions: Set = ["--json", "--workers", "--help"]
  static let inspectOptions: Set = [
    "--json", "--html", "--ddl", "--on-error", "--allow-empty", "--progress", "--workers", "--memory",
    "--temp", "--engine", "--kernel", "--block-size", "--validate", "--max-depth", "--max-input-size",
    "--help",
  ]
  static let benchOptions: Set = [
    "--stage", "--batch", "--no-batch", "--title", "--exclude-stage", "--exclude-batch", "--exclude-title",
    "--updated-since", "--updated-before", "--sample", "--rows", "--context", "--prune", "--history",
    "--strip-url-query", "--limit", "--level", "--long", "--seconds", "--json", "--workers", "--memory",
    "--temp", "--engine", "--kernel", "--block-size", "--validate", "--max-depth", "--max-input-size",
    "--help",
  ]
  /// May be mentioned, need not be.
  static let optional: Set = ["--version"]

  /// The long options a text mentions.
  private func options(in text: String) -> Set<String> {
    Set(text.matches(of: /--[a-z][a-z-]*[a-z]/).map { String($0.output) })
  }

  /// `run --help` names every option there is and none that is not.
  @Test func run() throws {
    let outcome = try Command.run("run", "--help", in: Workspace())
    let found = options(in: outcome.outputText)
    #expect(outcome.status == 0)
    #expect(outcome.errorText == "")
    #expect(Self.runOptions.subtracting(found) == [])
    #expect(found.subtracting(Self.runOptions).subtracting(Self.optional) == [])
  }

  /// `run --help-hidden` adds the options for measuring.
  @Test func hidden() throws {
    let outcome = try Command.run("run", "--help-hidden", in: Workspace())
    #expect(outcome.status == 0)
    #expect(
      options(in: outcome.outputText).subtracting(Self.optional)
        == Self.runOptions.union(Self.hiddenOptions))
  }

  /// The help for daily use fits a page of 80 columns and 70 lines.
  @Test func fits() throws {
    let outcome = try Command.shell("COLUMNS=80 $SLUICE run --help", in: Workspace())
    let lines = outcome.outputText.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count > 40)
    #expect(lines.count - 1 <= 70)
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  /// `verify --help` likewise.
  @Test func verify() throws {
    let outcome = try Command.run("verify", "--help", in: Workspace())
    let found = options(in: outcome.outputText)
    #expect(outcome.status == 0)
    #expect(Self.verifyOptions.subtracting(found) == [])
    #expect(found.subtracting(Self.verifyOptions).subtracting(Self.optional) == [])
  }

  /// `inspect --help-hidden` and `bench --help-hidden` likewise, with the options for measuring.
  @Test(arguments: [("inspect", inspectOptions), ("bench", benchOptions)])
  func others(command: String, expected: Set<String>) throws {
    let outcome = try Command.run(command, "--help-hidden", in: Workspace())
    let found = options(in: outcome.outputText)
    #expect(outcome.status == 0)
    #expect(expected.subtracting(found) == [])
    #expect(found.subtracting(expected).subtracting(Self.optional).subtracting(["--help-hidden"]) == [])
  }

  /// The command's own help names the subcommands and no others, and the exit statuses.
  @Test func top() throws {
    let outcome = try Command.run("--help", in: Workspace())
    #expect(outcome.status == 0)
    for word in ["run", "verify", "inspect", "bench", "64", "129", "130", "143"] {
      #expect(outcome.outputText.contains(word), "\(word)")
    }
  }

  /// An example that is broken in the middle of an option cannot be copied.
  @Test(arguments: ["", "run", "verify", "inspect", "bench"])
  func examples(command: String) throws {
    let outcome = try Command.shell("COLUMNS=80 $SLUICE \(command) --help", in: Workspace())
    let text = outcome.outputText
    guard let start = text.firstRange(of: "EXAMPLES\n")?.upperBound else {
      #expect(command == "verify")
      return
    }
    for line in text[start...].split(separator: "\n", omittingEmptySubsequences: false).prefix(while: {
      !$0.isEmpty
    }) {
      #expect(line.hasPrefix("  sluice ") || line.hasPrefix("  set -o pipefail; curl -fsS "), "\(line)")
      #expect(line.count <= 80)
    }
  }

  /// A failure to write what was asked for is one, and a reader who has seen enough is none.
  @Test(arguments: ["--help", "--version", "run --help", "help verify", "--generate-completion-script bash"])
  func unwritten(line: String) throws {
    let full = try Command.shell("$SLUICE \(line) >/dev/full", in: Workspace())
    #expect(full.status == 2)
    #expect(full.errorText.hasPrefix("sluice: error: standard output: cannot write: No space left on device"))
    let closed = try Command.shell("$SLUICE \(line) | true; exit ${PIPESTATUS[0]}", in: Workspace())
    #expect(closed.status == 0 && closed.errorText == "")
  }

  /// `-h` and `sluice help run` are the same help.
  @Test func spellings() throws {
    let workspace = try Workspace()
    let long = try Command.run("run", "--help", in: workspace)
    #expect(long.outputText.contains("--output"))
    #expect(try Command.run("run", "-h", in: workspace).outputText == long.outputText)
    #expect(try Command.run("help", "run", in: workspace).outputText == long.outputText)
  }

  /// Values to choose from and defaults stand in the help.
  @Test(arguments: [
    ["zstd", "gzip", "none"], ["stop", "skip", "reject"], ["fast", "reference"], ["keep", "drop", "rows"],
    ["assets", "annotations"], ["stage", "batch", "title", "kind", "tool"],
    ["auto", "always", "never"], ["512"], ["256"],
  ])
  func values(words: [String]) throws {
    let text = try Command.run("run", "--help-hidden", in: Workspace()).outputText
    for word in words {
      #expect(text.contains(word), "\(word)")
    }
  }

  /// `--version` is one fact on standard output, and the manifest names the same version.
  @Test func version() throws {
    let workspace = try Workspace.withOutput()
    let outcome = try Command.run("--version", in: workspace)
    #expect(outcome.status == 0)
    #expect(outcome.errorText == "")
    let version = try #require(outcome.outputText.firstMatch(of: /[0-9]+\.[0-9]+[^ \n]*/)).output
    let manifest = try JSONValue(workspace.read("out/manifest.json"))
    #expect(manifest["generator"]?.text == "sluice \(version)")
  }
}
