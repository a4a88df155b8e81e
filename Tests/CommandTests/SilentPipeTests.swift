// A writer that is silent for a while holds up nothing that can be done without it. The pipes of these tests
// stay open to the end: a run that waited for its writer would not end.

import Foundation
import Testing

@Suite struct SilentPipeTests {
  private func start(_ arguments: [String], in workspace: Workspace, _ text: String) throws -> Running {
    let running = try Running(Command.binary, ["run", "-"] + arguments, in: workspace, fed: true)
    try running.feed?.write(contentsOf: Data(text.utf8))
    return running
  }

  /// Rows come out while the writer pauses, however little it has written; what it writes then comes too.
  @Test func rowsComeOut() throws {
    let workspace = try Workspace()
    let running = try start(["--output", "-", "--quiet"], in: workspace, manyAssets(3))
    for _ in 0..<1000 where running.outputSoFar != manyAssets(3) { Thread.sleep(forTimeInterval: 0.01) }
    #expect(running.outputSoFar == manyAssets(3))
    try running.feed?.write(contentsOf: Data(manyAssets(2).utf8))
    try running.feed?.close()
    let outcome = try running.wait()
    #expect(outcome.status == 0)
    #expect(outcome.outputText == manyAssets(3) + manyAssets(2))
  }

  /// With enough rows the run ends.
  @Test func limit() throws {
    let workspace = try Workspace()
    let running = try start(["--output", "-", "--quiet", "--limit", "2"], in: workspace, manyAssets(3))
    let outcome = try running.wait()
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(outcome.outputText == manyAssets(2))
  }

  /// So it does where something is wrong.
  @Test func error() throws {
    let workspace = try Workspace()
    let running = try start(["--output", "out", "--quiet"], in: workspace, manyAssets(3) + "}\n")
    let outcome = try running.wait()
    #expect(outcome.status == 2)
    #expect(outcome.errorText.contains("asset 3"))
    #expect(try workspace.names() == [])
  }

  /// Where the malformed is skipped, what stands behind it comes out as well.
  @Test func skipping() throws {
    let workspace = try Workspace()
    let text = manyAssets(3) + "{\"a\":[1\n" + manyAssets(2)
    let running = try start(["--output", "-", "--quiet", "--on-error", "skip"], in: workspace, text)
    let rows = manyAssets(3) + manyAssets(2)
    for _ in 0..<1000 where running.outputSoFar != rows { Thread.sleep(forTimeInterval: 0.01) }
    #expect(running.outputSoFar == rows)
    try running.feed?.close()
    #expect(try running.wait().status == 1)
  }

  /// An interrupted run ends in order, with its line for machines.
  @Test(arguments: [[], ["--on-error", "skip"]]) func interrupted(_ more: [String]) throws {
    let workspace = try Workspace()
    let running = try start(
      ["--output", "-", "--quiet", "--stats", "json"] + more, in: workspace, manyAssets(3))
    for _ in 0..<1000 where running.outputSoFar != manyAssets(3) { Thread.sleep(forTimeInterval: 0.01) }
    running.signal(SIGINT)
    let outcome = try running.wait()
    #expect(outcome.status == 130)
    let stats = try JSONValue(try #require(outcome.errorText.split(separator: "\n").last))
    #expect(stats["error"]?["code"]?.text == "interrupted")
    #expect(stats["exitStatus"]?.integer == 130)
  }
}
