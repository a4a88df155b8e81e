// Names that nothing in the inputs has: said on standard error and in the statistics, whatever is written.

import Foundation
import Testing

@Suite struct MissingNamesTests {
  private static let warning =
    #"sluice: warning: --stage "complete": no task has it; "Complete" has 2"# + "\n"

  /// The status stays 0, and a dry run and standard output say the same.
  @Test(arguments: [["--output", "out"], ["--output", "-"], ["--output", "out", "--dry-run"]])
  func warns(output: [String]) throws {
    let workspace = try Workspace.withInput()
    let outcome = try Command.run(
      ["run", "input.ndjson", "--quiet", "--stage", "complete", "--stats", "json=stats"] + output,
      in: workspace)
    #expect(outcome.status == 0)
    #expect(outcome.errorText == Self.warning)
    let stats = try JSONValue(workspace.read("stats"))
    let near = JSONValue.array([.object(["name": .string("Complete"), "count": .number(2)])])
    #expect(
      stats["neverSeen"]
        == .array([.object(["option": .string("stage"), "value": .string("complete"), "near": near])]))
    #expect(stats["warnings"] == .array([]))
  }

  /// A name that is there is not spoken of; nor is any where the run ended early.
  @Test(arguments: [
    ["--stage", "Complete"], ["--stage", "Complete", "--exclude-batch", "Rain", "--limit", "1"],
  ])
  func silent(options: [String]) throws {
    let outcome = try Command.run(
      ["run", "input.ndjson", "--output", "-", "--quiet"] + options, in: Workspace.withInput())
    #expect(outcome.status == 0)
    #expect(outcome.errorText == "")
  }

  /// Nothing of what a warning shows can move a cursor.
  @Test func controls() throws {
    let outcome = try Command.run(
      "run", "input.ndjson", "--output", "-", "--quiet", "--title", "\u{1B}[2Jcar\n",
      in: Workspace.withInput())
    #expect(!outcome.errorText.dropLast().contains { $0 == "\n" || $0 == "\u{1B}" })
    #expect(outcome.errorText.contains(#""\u{1B}[2Jcar\n""#), "\(outcome.errorText)")
  }
}
