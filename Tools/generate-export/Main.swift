// The generator as a command: options in, an export to a file or a pipe, what it holds to stderr or a file.

public import ArgumentParser
public import ExportGenerator
import Glibc
import Storage

@main
struct GenerateExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate-export",
    abstract: "Writes an Ango Hub export made from a seed.",
    discussion: """
      The same options give the same bytes for ever. White space aside, the data depends on the size and the \
      seed but not on the style.

      Examples:
        generate-export --size 1GB --output export.json --expect truth.json
        generate-export --size 100MB --style ndjson --traps --output - | head -n 1
      """)

  @Option(help: "About how big it is when minified: 500000, 64KiB, 100MB, 1.5GB.")
  var size: ByteSize

  @Option(help: "Where the data comes from.")
  var seed: UInt64 = 1

  @Option(help: "How it is laid out.")
  var style: ExportStyle = .minified

  @Option(help: "Which generation of the format.")
  var format: ExportFormat = .current

  @Option(help: "How big its assets are; giant: one that is the whole file.")
  var kind: ExportKind = .video

  @Flag(help: "Members in random order at every level.")
  var shuffleKeys = false

  @Flag(help: "Stage, batches, times and ids after everything else of their object.")
  var lateContext = false

  @Flag(help: "Text, keys and numbers made to mislead.")
  var traps = false

  @Option(help: ArgumentHelp("How many batch names there are.", valueName: "count"))
  var batches = 12

  @Option(name: .shortAndLong, help: ArgumentHelp("Where it goes; - is stdout.", valueName: "file"))
  var output = "-"

  @Option(help: ArgumentHelp("Where to write what it holds, as JSON.", valueName: "file"))
  var expect: String?

  func validate() throws {
    guard (0...1_000_000).contains(batches) else {
      throw ValidationError("--batches is a number from 0 to 1000000.")
    }
  }

  func run() throws {
    let options = ExportOptions(
      size: size.bytes, seed: seed, style: style, format: format, kind: kind, shuffleKeys: shuffleKeys,
      lateContext: lateContext, batches: batches, traps: traps)
    let file = try OutputFile(output)
    let start = ContinuousClock.now
    let truth = try ExportGenerator(options).generate { try file.write($0) }
    let elapsed = ContinuousClock.now - start
    try file.close()
    if let expect {
      let file = try OutputFile(expect)
      let text = truth.json
      try file.write(text.span)
      try file.close()
    }
    try OutputFile.standardError.write(Array(summary(truth, elapsed).utf8).span)
  }

  private func summary(_ truth: ExportTruth, _ elapsed: Duration) -> String {
    let rate = Int(Double(truth.bytes) / max(elapsed / .seconds(1), 1e-6) / 1e6)
    var lines = [
      "\(truth.bytes) bytes at \(rate) MB/s: \(truth.assets) assets, \(truth.tasks) tasks",
      "\(truth.tools) tools, \(truth.classifications) classifications, \(truth.relations) relations,"
        + " \(truth.snapshotAnnotations) more in the history",
    ]
    for stage in truth.stages { lines.append("  stage \(stage.name): \(stage.assets) assets") }
    lines.append("  batches: \(truth.batches.filter { $0.name != nil }.count)")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ExportStyle: ExpressibleByArgument {}
extension ExportFormat: ExpressibleByArgument {}
extension ExportKind: ExpressibleByArgument {}
