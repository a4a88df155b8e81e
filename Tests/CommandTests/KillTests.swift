// A run that is killed outright at any moment: DIR is as it was or complete, and the next run is as if nothing
// had happened.

import Foundation
import Testing

@Suite struct KillTests {
  /// Thirty deaths, each at another moment of the run, from its first instant to behind its end.
  @Test func anyMoment() throws {
    let workspace = try Workspace.withInput(4000)
    try FileManager.default.createDirectory(at: workspace.url("temp"), withIntermediateDirectories: false)
    let run = [
      "run", "input.ndjson", "--output", "out", "--overwrite", "--partition-by", "stage", "--temp", "temp",
      "--quiet", "--workers", "2", "--block-size", "64KiB",
    ]
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try Command.run(run, in: workspace).status == 0)
    let whole = start.duration(to: clock.now)
    let expected = try workspace.tree("out/data")
    try FileManager.default.removeItem(at: workspace.url("out"))
    for moment in 0..<30 {
      // The first ten find no output, the others replace one.
      if moment < 10, workspace.exists("out") { try FileManager.default.removeItem(at: workspace.url("out")) }
      let running = try Running(Command.binary, run, in: workspace)
      let wait = whole * (moment * 7 % 30) / 26
      Thread.sleep(
        forTimeInterval: Double(wait.components.attoseconds) / 1e18 + Double(wait.components.seconds))
      running.signal(SIGKILL)
      let status = try running.wait().status
      #expect([0, 137].contains(status))
      let isThere = workspace.exists("out")
      #expect(isThere || moment < 10 && status == 137, "death \(moment)")
      if isThere { #expect(try Command.run("verify", "out", in: workspace).status == 0, "death \(moment)") }
      if moment % 3 == 0 { try check(run, expected, in: workspace, "death \(moment)") }
    }
    try check(run, expected, in: workspace, "the end")
  }

  private func check(
    _ run: [String], _ expected: [String: Data], in workspace: Workspace, _ comment: Comment
  ) throws {
    let again = try Command.run(run, in: workspace)
    #expect(again.status == 0, "\(again.errorText)")
    #expect(try workspace.tree("out/data") == expected, comment)
    #expect(try workspace.names() == ["input.ndjson", "out", "temp"], comment)
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.url("temp").path) == [], comment)
  }
}
