// One `sluice run` from start to exit: the run itself on this thread, signals and progress beside it.

import ArgumentParser
import Dispatch
import Glibc
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
    let signals = try SignalWatch(monitor)
    try reported { try AddressSpace.check(command.runOptions().resources) }
    if case .path(let path) = command.message.stats {
      try reported { try StatsFile(path: path).check(output: command.out.dryRun ? nil : command.out.output) }
    }
    let clock = RunClock()
    let run = Run(
      inputs: command.inputs, output: output(),
      options: try command.runOptions(), temporaryDirectory: command.resource.temp)
    let progress = ProgressLine(monitor, mode: command.message.progress, isQuiet: command.message.quiet)
    progress.start()
    let outcome = Result { () throws(RunError) in try run.execute(monitor) }
    progress.stop()
    signals.runEnded()
    switch outcome {
    case .success(let result): return try finish(result, clock.timing(result, run.options))
    case .failure(let error): return try fail(error, signals)
    }
  }

  private func output() -> RunOutput {
    guard let output = command.out.output, !command.out.dryRun else { return .nowhere }
    if command.out.writesToStandardOutput { return .stream { try StandardOutput.sink.append($0) } }
    return .directory(output, overwrite: command.out.overwrite)
  }

  private func finish(_ result: RunResult, _ timing: RunTiming) throws -> Int32 {
    let report = result.report
    let status: Int32 = report.isPartial ? 1 : 0
    for line in report.warningLines { Messages.write("sluice: warning: \(line)") }
    if !command.message.quiet { Messages.emit(Summary.text(result, timing, to: command.out.output)) }
    try write(report.statistics(timing, exitStatus: Int(status), planned: result.planned))
    return status
  }

  private func fail(_ error: RunError, _ signals: SignalWatch) throws -> Int32 {
    if error.code == .brokenPipe {
      // The reader of the rows has all it wanted; whoever reads the statistics has not.
      if case .path = command.message.stats { try write(error.statistics(exitStatus: 0)) }
      return 0
    }
    let status = error.code == .interrupted ? signals.exitStatus : 2
    Messages.write(error)
    try write(error.statistics(exitStatus: Int(status)))
    return status
  }

  private func write(_ statistics: String) throws {
    switch command.message.stats {
    case nil: return
    case .standard:
      if command.out.writesToStandardOutput, !command.out.dryRun {
        Messages.emit(statistics + "\n")
      } else {
        try StandardOutput.emit(statistics + "\n")
      }
    case .path(let path): try reported { try StatsFile(path: path).write(statistics + "\n") }
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

/// Turns SIGINT and SIGTERM into a cancelled run.
final class SignalWatch: @unchecked Sendable {
  // Proof of @unchecked: `sources` is set in init and cancelled by the thread that made it.
  private let monitor: RunMonitor
  private let sources: [any DispatchSourceSignal]
  private let queue = DispatchQueue(label: "sluice.signals")
  private let received: SignalNumber

  /// Starts to watch.
  ///
  /// - Throws: `ExitCode`, with the message written, where Dispatch would have too few descriptors: it ends the
  ///   process when it gets none.
  init(_ monitor: RunMonitor) throws {
    // One to wait with, one to be woken by, one for each signal and one for the time.
    try reported { try CurrentProcess.checkOpenFiles(5) }
    self.monitor = monitor
    let received = SignalNumber()
    self.received = received
    let queue = self.queue
    sources = [SIGINT, SIGTERM].map { number in
      // Dispatch sees the signal only if it does not kill first.
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        received.set(number)
        monitor.cancel()
        // A worker that waits for a slow disk cannot be stopped: then the staging is removed from here.
        queue.asyncAfter(deadline: .now() + .milliseconds(300)) {
          if !received.isOver, monitor.abandon() {
            Messages.write("sluice: error: the run was interrupted")
            Glibc.exit(128 + number)
          }
        }
      }
      source.resume()
      return source
    }
  }

  /// From now on a signal changes nothing.
  func runEnded() {
    queue.sync { received.end() }
    sources.forEach { $0.cancel() }
  }

  /// 130 or 143.
  var exitStatus: Int32 { 128 + received.get() }
}
