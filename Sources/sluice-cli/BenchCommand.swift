// `sluice bench`: where the time of a run goes, on the user's own file and machine.

import ArgumentParser
import Compression
import Glibc
import Sluice
import Storage

/// How a run is measured, and what is said about it.
struct MeasureArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The compression level of the run (zstd).", valueName: "n"))
  var level: Int?

  @Option(help: ArgumentHelp("Match over a window of 2^N bytes (10 to 23).", valueName: "n"))
  var long: Int?

  @Option(help: ArgumentHelp("How long each figure is measured, in seconds.", valueName: "n"))
  var seconds = 1.0

  @Flag(help: "Write the figures as JSON on standard output.")
  var json = false
}

/// Measures a run step by step.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure where the time of a run goes, on this file and this machine.",
    discussion: """
      Measures reading, scanning, yajl, the filter given, taking white space out, compressing, and the whole \
      run, on one worker and on more. Nothing is written. All rates are bytes of the input, decompressed, in \
      a second. INPUT is a file, which is read several times.

      EXAMPLES
        sluice bench export.json --stage Complete
        sluice bench export.json --rows annotations --title Car --json | jq .limit
      """)

  @Argument(
    help: ArgumentHelp("An export, as run takes it, but no pipe.", valueName: "input"), completion: .file())
  var input: InputName

  @OptionGroup(title: "Selection") var select: SelectionArguments
  @OptionGroup(title: "Rows") var row: RowArguments

  @OptionGroup(title: "Measurement") var measure: MeasureArguments
  @OptionGroup(title: "Resources") var resource: ResourceArguments

  func validate() throws {
    try TypedPath.check([input.path, resource.temp])
    if input == .standardInput {
      throw ValidationError(
        "standard input can be read once, and a measurement reads several times: name a file")
    }
    if !(0.001...3600).contains(measure.seconds) {
      throw ValidationError("--seconds takes 0.001 to 3600, not \(measure.seconds)")
    }
    let needed = MemoryPlan.leastMemory(try checkedOptions())
    if resource.memory < needed {
      throw ValidationError(
        "--memory \(Units.bytes(resource.memory)) is too little; a run needs \(Units.bytes(needed))")
    }
  }

  /// What the library is told.
  private func checkedOptions() throws -> RunOptions {
    try row.checkPruning(select)
    var options = RunOptions(workers: resource.workers ?? CurrentProcess.processors)
    options.selection = select.selection
    options.rows = row.options
    options.output = try OutputArguments.compression(.zstd, level: measure.level, long: measure.long)
    options.resources = try resource.options(options.resources)
    return options
  }

  func run() throws {
    let options = try checkedOptions()
    try reported { try AddressSpace.check(options.resources) }
    let monitor = RunMonitor()
    let signals = try SignalWatch(monitor)
    let bench = Bench(
      input: input, options: options, seconds: measure.seconds,
      temporaryDirectory: resource.temp)
    let shows = isatty(STDERR_FILENO) == 1
    let outcome = Result { () throws(RunError) in
      try bench.measure(monitor) { name, workers in
        if shows { Messages.emit("\r\u{1B}[Kmeasuring \(name.rawValue), workers: \(workers)") }
      }
    }
    if shows { Messages.emit("\r\u{1B}[K") }
    signals.runEnded()
    switch outcome {
    case .success(let result): try StandardOutput.emit(measure.json ? result.json : BenchTable(result).text)
    case .failure(let error):
      Messages.write(error)
      throw ExitCode(error.code == .interrupted ? signals.exitStatus : 2)
    }
  }
}
