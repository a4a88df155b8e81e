// `sluice inspect`: one pass over exports, and what was found as text, JSON or a page.

import ArgumentParser
import Glibc
import Sluice
import Storage
import SystemPackage

/// Says what is in exports.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what is in exports, in one pass.",
    discussion: """
      Counts assets, tasks and annotations by kind, tool, title, stage, batch and user; the pages of videos; \
      history; ids that come again; signed URLs and when they expire; and keys that the format's documents do not \
      name. INPUT is what it is to run.

      EXAMPLES
        sluice inspect export.json
        sluice inspect export.zip --json | jq '.titles[].name'
        sluice inspect export.json --html export.html
        sluice inspect export.json --ddl duckdb > annotations.sql
      """)

  @Argument(help: ArgumentHelp("Exports, read in this order.", valueName: "input"), completion: .file())
  var inputs: [InputName]

  @Flag(help: "Write what was found as JSON on standard output.")
  var json = false

  @Option(
    help: ArgumentHelp("Write a page with charts, complete in itself.", valueName: "file"),
    completion: .file())
  var html: FilePath?

  @Option(
    help: ArgumentHelp(
      "Print a table definition for annotation rows, of what is really there.", valueName: "engine"))
  var ddl: TableEngine?

  @Option(help: "What to do with a malformed asset: stop or skip.")
  var onError = ErrorPolicy.stop

  @Flag(help: "Accept inputs that are empty.")
  var allowEmpty = false

  @Option(help: "Show progress on standard error.")
  var progress = ProgressMode.auto

  @OptionGroup(title: "Resources") var resource: ResourceArguments

  func validate() throws {
    try TypedPath.check(inputs.map(\.path) + [html, resource.temp])
    if onError == .reject {
      throw ValidationError("inspect writes no rejects; --on-error takes stop or skip")
    }
    if json, ddl != nil {
      throw ValidationError("standard output takes --json or --ddl, not both")
    }
    if inputs.filter({ $0 == .standardInput }).count > 1 {
      throw ValidationError("standard input can be read once: - is named twice")
    }
    let needed = try inspection().leastMemory
    if resource.memory < needed {
      throw ValidationError(
        "--memory \(Units.bytes(resource.memory)) is too little; \(Units.bytes(needed)) are needed")
    }
  }

  private var page: StatsFile? { html.map { StatsFile(path: $0, content: "the page") } }

  func run() throws {
    let inspection = try inspection()
    try reported {
      try AddressSpace.check(inspection.resources)
      try page?.check()
    }
    let monitor = RunMonitor()
    let signals = try SignalWatch(monitor)
    let progress = ProgressLine(monitor, mode: progress, isQuiet: false, countsKept: false)
    progress.start()
    let outcome = Result { () throws(RunError) in try inspection.execute(monitor: monitor) }
    progress.stop()
    signals.runEnded()
    switch outcome {
    case .success(let report): try finish(report)
    case .failure(let error):
      Messages.write(error)
      throw ExitCode(error.code == .interrupted ? signals.exitStatus : 2)
    }
  }

  private func inspection() throws -> Inspection {
    let defaults = ResourceOptions(workers: resource.workers ?? CurrentProcess.processors)
    var inspection = Inspection(
      inputs: inputs, resources: try resource.options(defaults))
    inspection.onError = onError
    inspection.allowEmpty = allowEmpty
    inspection.temporaryDirectory = resource.temp
    inspection.findsColumns = ddl != nil
    return inspection
  }

  private func finish(_ report: InspectionReport) throws {
    for line in report.report.warningLines(naming: \.flag) { Messages.write("sluice: warning: \(line)") }
    if let page { try reported { try page.write(InspectionPage.text(report)) } }
    if let ddl {
      try StandardOutput.emit(TableDefinition.text(report.annotationColumns, for: ddl))
    } else if json {
      try StandardOutput.emit(report.json + "\n")
    } else if html == nil {
      try StandardOutput.emit(InspectionText.text(report))
    }
    if report.report.isPartial { throw ExitCode(1) }
  }
}
