// What --overwrite may replace, as users meet it: an output of Sluice with nothing else in it.

import Foundation
import Testing

@Suite struct OverwriteTests {
  private static let base = ["run", "input.ndjson", "--output", "out", "--quiet", "--overwrite"]

  /// Whatever the manifest does not list is named and refused before anything is read.
  @Test(arguments: ["precious.txt", "data/stage=Label/mine.jsonl", "more/deep/file", "rejects/x"])
  func foreign(path: String) throws {
    let workspace = try Workspace.withOutput()
    try workspace.write("out/\(path)", "mine\n")
    let before = try workspace.tree("out")
    // Not even looked at: it is refused before.
    let outcome = try Command.run(
      ["run", "missing.json", "--output", "out", "--overwrite"], in: workspace)
    #expect(outcome.status == 2)
    let named = outcome.errorText.dropFirst("sluice: error: out/".count).prefix { $0 != ":" }
    #expect(path.hasPrefix(named) && !named.isEmpty, "\(outcome.errorText)")
    #expect(outcome.errorText.contains("not written by Sluice"))
    #expect(outcome.errorText.contains("\n  hint: "))
    #expect(try workspace.tree("out") == before)
    #expect(try workspace.names() == ["input.ndjson", "out"])
  }

  /// An input in DIR is named and stays: by its path, by another name of the same file, on standard input, and
  /// though the manifest lists it.
  @Test(arguments: [
    ("out/in.json", "out/in.json", ""), ("-", "-", "<out/in.json"), ("hard.json", "hard.json", ""),
    ("link.json", "link.json", ""),
    ("out/data/stage=Label/part-00000.jsonl", "out/data/stage=Label/part-00000.jsonl", ""),
  ])
  func input(typed: String, named: String, redirection: String) throws {
    let workspace = try Workspace.withOutput()
    if !typed.contains("part-") { try workspace.write("out/in.json", asset("a") + "\n") }
    let before = try workspace.tree("out")
    let outcome = try Command.shell(
      """
      [ -e out/in.json ] && ln out/in.json hard.json && ln -s out/in.json link.json
      "$SLUICE" run '\(typed)' --output out --quiet --overwrite \(redirection)
      """, in: workspace)
    #expect(outcome.status == 2)
    #expect(
      outcome.errorText.hasPrefix("sluice: error: \(named): the input lies in out, "), "\(outcome.errorText)")
    #expect(outcome.errorText.contains("  hint: Write to another directory"))
    #expect(try workspace.tree("out") == before)
  }

  /// An output whose manifest was edited cannot be told from somebody else's directory.
  @Test func damagedManifest() throws {
    let workspace = try Workspace.withOutput()
    try workspace.write(
      "out/manifest.json", try workspace.text("out/manifest.json").replacing("Label", with: "Lab3l"))
    let before = try workspace.tree("out")
    let outcome = try Command.run(Self.base, in: workspace)
    #expect(outcome.status == 2)
    #expect(outcome.errorText.hasPrefix("sluice: error: out: the manifest is damaged"))
    #expect(try workspace.tree("out") == before)
  }

  /// Filters that keep nothing don't empty a lake, but with --allow-empty; an empty one may be replaced.
  @Test(arguments: ["fast", "reference"])
  func emptying(engine: String) throws {
    let workspace = try Workspace.withOutput()
    let before = try workspace.tree("out")
    let nothing = Self.base + ["--stage", "None", "--engine", engine]
    let refused = try Command.run(nothing, in: workspace)
    #expect(refused.status == 2)
    #expect(refused.errorText.contains("sluice: error: out: the result has no rows"))
    #expect(refused.errorText.contains("--allow-empty"))
    #expect(try workspace.tree("out") == before)
    #expect(try workspace.names() == ["input.ndjson", "out"])
    #expect(try Command.run(nothing + ["--allow-empty"], in: workspace).status == 0)
    #expect(try workspace.tree("out").keys.sorted() == ["data/_SUCCESS", "manifest.json", "report.json"])
    #expect(try Command.run(nothing, in: workspace).status == 0)
    #expect(try Command.run(Self.base, in: workspace).status == 0)
  }

  /// --temp must be there, whatever the output, and not in it; nothing is made for a name that was misspelled.
  @Test(arguments: [
    ["run", "input.ndjson", "-o", "new", "--temp", "a/b"],
    ["run", "input.ndjson", "-o", "-", "--temp", "a/b"],
    ["run", "input.ndjson", "--dry-run", "--temp", "input.ndjson"],
    ["inspect", "input.ndjson", "--temp", "a"],
    ["bench", "input.ndjson", "--temp", "a"],
    ["run", "input.ndjson", "-o", "out", "--overwrite", "--temp", "out/data"],
  ])
  func temporary(arguments: [String]) throws {
    let workspace = try Workspace.withOutput()
    let outcome = try Command.run(arguments, in: workspace)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorText.hasPrefix("sluice: error: \(arguments.last ?? ""): "), "\(outcome.errorText)")
    #expect(try workspace.names() == ["input.ndjson", "out"])
  }

  /// With --limit 0 inputs are looked at all the same.
  @Test(arguments: [("missing.json", 2), (".", 2), ("input.ndjson", 0)])
  func limitZero(input: String, status: Int) throws {
    let workspace = try Workspace.withInput()
    let outcome = try Command.run("run", input, "-o", "out", "-q", "--limit", "0", in: workspace)
    #expect(outcome.status == status, "\(outcome.errorText)")
    #expect(workspace.exists("out") == (status == 0))
  }
}
