// The program in Examples/, which knows no more of the library than any client, does what its head says.

import Foundation
import Testing

@Suite struct ExampleTests {
  private func run(_ arguments: String..., in workspace: Workspace) throws -> Outcome {
    let beside = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let built = [beside, Command.packageRoot.appending(path: ".build/debug")]
      .map { $0.appending(path: "example-stage-counts") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    return try Running(try #require(built), arguments, in: workspace).wait()
  }

  /// It counts what there is.
  @Test func counts() throws {
    let outcome = try run("input.ndjson", in: .withInput(7))
    #expect(
      outcome.outputText.hasSuffix(
        "3\tComplete\n2\tLabel\n2\tReview\n7 assets seen, the longest row has 163 bytes\n"))
    #expect(outcome.outputText.contains("100 % read, 7 assets kept\n"))
  }

  /// It stops when it has enough.
  @Test func stops() throws {
    let outcome = try run("input.ndjson", "2", in: .withInput(300))
    #expect(outcome.outputText.contains("1\tComplete\n1\tLabel\n2 assets seen"))
  }

  /// It says what went wrong, and what can be done.
  @Test func fails() throws {
    let workspace = try Workspace()
    try workspace.write("input.ndjson", "{\"a\":}\n")
    let outcome = try run("input.ndjson", in: workspace)
    let place = "input.ndjson: byte 5 (line 1, column 6), asset 0"
    #expect(outcome.outputText.hasPrefix("failed: \(place): unexpected character \"}\""))
  }
}
