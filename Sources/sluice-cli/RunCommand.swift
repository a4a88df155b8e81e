// `sluice run`: from what was typed to a run, and from its outcome to words and an exit status.

import ArgumentParser
import Sluice
import Storage

/// The main job.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Filter exports into compressed JSON Lines partitions.",
    discussion: """
      Within one option any value may match; across options all must; excluding wins. \
      INPUT: a file or -; JSON or NDJSON; plain, gzip, zstd, ZIP. See --help-hidden.

      EXAMPLES
        sluice run export.json -o lake --stage Complete --partition-by stage,batch
        set -o pipefail; curl -fsS "$URL" | sluice run - -o lake --batch rain
        sluice run export.json -o - --rows annotations --title Car | jq -c .objectId
      """)

  @Argument(help: ArgumentHelp("Exports, read in this order.", valueName: "input"), completion: .file())
  var inputs: [InputName]

  @OptionGroup(title: "Selection") var select: SelectionArguments
  @OptionGroup(title: "Rows") var row: RowArguments
  @OptionGroup(title: "Output") var out: OutputArguments
  @OptionGroup(title: "Errors and messages") var message: MessageArguments
  @OptionGroup(title: "Resources") var resource: ResourceArguments

  func validate() throws {
    try TypedPath.check(inputs.map(\.path) + [resource.temp])
    try row.checkPruning(select)
    if row.rows == .assets, let key = out.partitionBy.first(where: { $0 != .stage && $0 != .batch }) {
      throw ValidationError("--partition-by \(key.rawValue) needs --rows annotations")
    }
    if out.output == nil && !out.dryRun {
      throw ValidationError("--output DIR is missing (or --dry-run, which writes nothing)")
    }
    if case .path(let path) = message.stats, let output = out.output, !out.dryRun,
      !out.writesToStandardOutput,
      StatsFile(path: path).lies(in: output)
    {
      throw ValidationError(
        "--stats json=\(path) lies in \(output), which holds what its manifest lists and nothing else")
    }
    if out.writesToStandardOutput {
      if !out.partitionBy.isEmpty {
        throw ValidationError("--partition-by needs an output directory; --output - has no partitions")
      }
      if out.overwrite {
        throw ValidationError("--overwrite needs an output directory; --output - has nothing to overwrite")
      }
      if message.onError == .reject {
        throw ValidationError(
          "--on-error reject needs an output directory; with --output - there are stop and skip")
      }
    }
    if inputs.filter({ $0 == .standardInput }).count > 1 {
      throw ValidationError("standard input can be read once: - is named twice")
    }
    let options = try runOptions()
    let needed = MemoryPlan.leastMemory(options)
    if resource.memory < needed {
      throw ValidationError(
        "--memory \(Units.bytes(resource.memory)) is too little; with these options \(Units.bytes(needed)) are needed"
      )
    }
  }

  func run() throws {
    let outcome = try RunSession(self).execute()
    if outcome != 0 { throw ExitCode(outcome) }
  }

  /// What the library is told.
  func runOptions() throws -> RunOptions {
    var options = RunOptions(workers: resource.workers ?? CurrentProcess.processors)
    options.selection = select.selection
    options.rows = row.options
    options.output = try out.options()
    options.onError = message.onError
    options.allowEmpty = message.allowEmpty
    options.resources = try resource.options(options.resources)
    return options
  }
}
