// Help shows only what exists, and all of it.

import Testing

@Suite struct HelpTests {
  static let runOptions: Set = [
    "--output", "--stage", "--batch", "--no-batch", "--title", "--exclude-stage", "--exclude-batch",
    "--exclude-title", "--updated-since", "--updated-before", "--rows", "--context", "--prune", "--history",
    "--strip-url-query", "--limit", "--sample", "--dry-run", "--partition-by", "--name", "--compression",
    "--level", "--long",
    "--target-size",
    "--overwrite",
    "--temp", "--on-error", "--max-depth", "--validate", "--progress", "--quiet", "--stats", "--workers",
    "--memory", "--engine", "--kernel", "--block-size", "--help",
  ]
  static let verifyOptions: Set = ["--json", "--workers", "--help"]
  static let inspectOptions: Set = [
    "--json", "--html", "--on-error", "--progress", "--workers", "--memory", "--temp", "--engine", "--kernel",
    "--block-size", "--validate", "--max-depth", "--help",
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

  /// `verify --help` likewise.
  @Test func verify() throws {
    let outcome = try Command.run("verify", "--help", in: Workspace())
    let found = options(in: outcome.outputText)
    #expect(outcome.status == 0)
    #expect(Self.verifyOptions.subtracting(found) == [])
    #expect(found.subtracting(Self.verifyOptions).subtracting(Self.optional) == [])
  }

  /// `inspect --help` likewise.
  @Test func inspect() throws {
    let outcome = try Command.run("inspect", "--help", in: Workspace())
    let found = options(in: outcome.outputText)
    #expect(outcome.status == 0)
    #expect(Self.inspectOptions.subtracting(found) == [])
    #expect(found.subtracting(Self.inspectOptions).subtracting(Self.optional) == [])
  }

  /// The command's own help names the subcommands and no others, and the exit statuses.
  @Test func top() throws {
    let outcome = try Command.run("--help", in: Workspace())
    #expect(outcome.status == 0)
    for word in ["run", "verify", "inspect", "64", "130", "143"] {
      #expect(outcome.outputText.contains(word), "\(word)")
    }
    for word in ["bench"] {
      #expect(!outcome.outputText.contains(word), "\(word)")
    }
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
    let text = try Command.run("run", "--help", in: Workspace()).outputText
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
