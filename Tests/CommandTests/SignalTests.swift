// An interrupted run leaves nothing behind, and what it was to replace stays.

import Foundation
import Testing

@Suite struct SignalTests {
  /// Starts a run that reads from a pipe which never ends, and waits until it has begun to write or to wait.
  private func startRun(in workspace: Workspace, _ more: [String] = []) throws -> Running {
    let running = try Running(
      Command.binary, ["run", "-", "--output", "out"] + more, in: workspace, fed: true)
    let before = try workspace.names()
    try running.feed?.write(contentsOf: Data(manyAssets(200).utf8))
    for _ in 0..<300 where try workspace.names() == before {
      Thread.sleep(forTimeInterval: 0.01)
    }
    return running
  }

  /// SIGHUP ends with 129, SIGINT with 130, SIGTERM with 143, SIGXCPU with 152; no staging directory, no output, no
  /// lock is left.
  @Test(arguments: [(SIGHUP, 129), (SIGINT, 130), (SIGTERM, 143), (SIGXCPU, 152)] as [(Int32, Int)])
  func interrupted(signal: Int32, status: Int) throws {
    let workspace = try Workspace()
    let running = try startRun(in: workspace)
    running.signal(signal)
    let outcome = try running.wait()
    #expect(outcome.status == status, "\(outcome.errorText)")
    #expect(try workspace.names() == [])
    #expect(outcome.output.isEmpty)
  }

  /// An interrupted --overwrite keeps the old tree.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int)])
  func interruptedOverwrite(signal: Int32, status: Int) throws {
    let workspace = try Workspace.withOutput()
    let before = try workspace.tree("out")
    let running = try startRun(in: workspace, ["--overwrite"])
    running.signal(signal)
    #expect(try running.wait().status == status)
    #expect(try workspace.tree("out") == before)
    #expect(try workspace.names() == ["input.ndjson", "out"])
  }

  /// What was ignored when it was started stays so, as under nohup.
  @Test func ignored() throws {
    let workspace = try Workspace.withInput()
    let line = """
      mkfifo pipe; (trap '' HUP INT; exec "$SLUICE" run - -o out -q <pipe) & exec 3>pipe; cat input.ndjson >&3
      while ! ls -A | grep -q staging; do sleep 0.02; done
      kill -HUP $!; kill -INT $!; sleep 0.6; exec 3>&-; wait $!
      """
    let outcome = try Command.shell(line, in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(workspace.exists("out/data/_SUCCESS"))
  }

  /// What a killed run could not clear, the next run does.
  @Test func killed() throws {
    let workspace = try Workspace.withInput()
    let running = try startRun(in: workspace)
    running.signal(SIGKILL)
    #expect(try running.wait().status == 137)
    let outcome = try Command.run("run", "input.ndjson", "--output", "out", in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(try workspace.names() == ["input.ndjson", "out"])
  }
}
