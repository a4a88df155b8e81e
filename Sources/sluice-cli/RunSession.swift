// One `sluice run` from start to exit: the run itself on this thread, signals and progress beside it.

import ArgumentParser
import Dispatch
import Glibc
import Pipeline
import Sluice
import Storage

/// Carries out a run and says what came of it.
struct RunSession {
  private let command: RunCommand
  private let monitor = RunMonitor()

  init(_ command: RunCommand) { self.command = command }

  /// Runs.
  ///
  /// - Returns: The exit status.
  func execute() throws -> Int32 {
    // First: Dispatch, which watches signals, waits for ever for a thread whose stack finds no room.
    try reported { try AddressSpace.check(command.runOptions().resources) }
    let signals = try SignalWatch(monitor)
    if case .path(let path) = command.message.stats {
      try reported { try StatsFile(path: path).check() }
    }
    let clock = RunClock()
    let run = Run(
      inputs: command.inputs, output: output(),
      options: try command.runOptions(), temporaryDirectory: command.resource.temp)
    let progress = ProgressLine(monitor, mode: command.message.progress, isQuiet: command.message.quiet)
    progress.start()
    let outcome = Result { () throws(RunError) in try run.execute(monitor: monitor) }
    progress.stop()
    signals.runEnded()
    switch outcome {
    case .success(let result): return try finish(result, clock.timing(result, run.options))
    case .failure(let error): return fail(error, signals)
    }
  }

  private func output() -> RunOutput {
    guard let output = command.out.output, !command.out.dryRun else { return .nowhere }
    if command.out.writesToStandardOutput { return .stream { try StandardOutput.sink.append($0) } }
    return .directory(output, overwrite: command.out.overwrite)
  }

  private func finish(_ result: RunResult, _ timing: RunTiming) throws -> Int32 {
    let report = result.report
    var status: Int32 = report.isPartial ? 1 : 0
    for line in report.warningLines(naming: \.flag) { Messages.write("sluice: warning: \(line)") }
    for path in result.kept {
      Messages.write("sluice: warning: what was in the replaced output and not of Sluice is in \(path)")
    }
    if var failure = result.unsynchronized {
      failure.message = "the output is written, but may not survive a power cut: \(failure.message)"
      failure.hint = "Look after the disk; then run again with --overwrite."
      Messages.write(failure)
      status = 1
    }
    if !command.message.quiet { Messages.emit(Summary.text(result, timing, to: command.out.output)) }
    do {
      try write(report.statistics(timing, exitStatus: Int(status), planned: result.planned))
      return status
    } catch {
      return statisticsFailed(RunError(error))
    }
  }

  /// The rows are where they belong: who took this for a failure would run again for nothing.
  private func statisticsFailed(_ error: RunError) -> Int32 {
    var error = error
    if let output = command.out.output, !command.out.dryRun {
      error.hint =
        command.out.writesToStandardOutput
        ? "All rows were written; only the statistics are missing."
        : "The output is committed to \(output); only the statistics are missing."
    }
    Messages.write(error)
    return command.out.dryRun ? 2 : 1
  }

  private func fail(_ error: RunError, _ signals: SignalWatch) -> Int32 {
    if error.code == .brokenPipe {
      // The reader of the rows has all it wanted; whoever reads the statistics has not.
      guard case .path = command.message.stats else { return 0 }
      do {
        try write(error.inCommandWords.statistics(exitStatus: 0))
        return 0
      } catch {
        Messages.write(RunError(error))
        return 1
      }
    }
    let status = error.code == .interrupted ? signals.exitStatus : 2
    Messages.write(error)
    do {
      try write(error.inCommandWords.statistics(exitStatus: Int(status)))
    } catch {
      Messages.write(RunError(error))
    }
    return status
  }

  private func write(_ statistics: String) throws {
    switch command.message.stats {
    case nil: return
    case .standard:
      if command.out.writesToStandardOutput, !command.out.dryRun {
        Messages.emit(statistics + "\n")
      } else {
        try StandardOutput.write(statistics + "\n")
      }
    case .path(let path): try StatsFile(path: path).write(statistics + "\n")
    }
  }
}

/// Says what failed, and ends with status 2.
func reported(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch {
    Messages.write(RunError(error))
    throw ExitCode(2)
  }
}

/// How many threads there must be for Dispatch to be asked for anything: its manager, one for each of two queues, and
/// some that others may take meanwhile.
let dispatchThreads = 8

/// The limit of address space.
enum AddressSpace {
  /// Under such a limit threads cannot be started, and those that wait for them wait for ever.
  static func check(_ resources: ResourceOptions) throws {
    // Workers, compressors, and what Dispatch has for itself.
    if CurrentProcess.mayHave(bytes: resources.memory, threads: 2 * resources.workers + 6) { return }
    throw RunError(
      .system, "the limit of address space is too low for \(Units.bytes(resources.memory)) of memory",
      hint: "Raise it with ulimit -v, or lower --memory or --workers.")
  }
}
