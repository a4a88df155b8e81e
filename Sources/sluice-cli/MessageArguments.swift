// The options that say what happens to malformed assets, and what the command says about its work.

import ArgumentParser
import ByteScan
import Compression
import Glibc
import Sluice
import SystemPackage

/// When to show how far the run has come.
enum ProgressMode: String, CaseIterable, ExpressibleByArgument {
  case auto, always, never
}

/// Where statistics for machines go.
enum StatsTarget: Equatable {
  /// Standard output, or standard error where rows are there.
  case standard
  case path(FilePath)
}

/// What happens to malformed assets, and what is said.
struct MessageArguments: ParsableArguments {
  @Option(help: "What to do with a malformed asset.")
  var onError = ErrorPolicy.stop

  @Flag(help: "Accept empty inputs, and a result without rows.")
  var allowEmpty = false

  @Option(help: "Progress.")
  var progress = ProgressMode.auto

  @Flag(name: [.short, .long], help: "No summary and no progress.")
  var quiet = false

  @Option(
    help: ArgumentHelp("Write statistics for machines: json or json=PATH.", valueName: "json[=path]"),
    transform: parseStats)
  var stats: StatsTarget?

  func validate() throws {
    if case .path(let path) = stats { try TypedPath.check([path]) }
  }
}

private func parseStats(_ text: String) throws -> StatsTarget {
  if text == "json" { return .standard }
  // By bytes: to text, a name's first character may belong to the sign before it.
  let prefix = "json=".utf8
  if text.utf8.starts(with: prefix), text.utf8.count > prefix.count,
    let path = FilePath(argument: String(text.unicodeScalars.dropFirst(prefix.count)))
  {
    return .path(path)
  }
  throw ValidationError("'\(text)' is no form of statistics; write json or json=PATH")
}

extension OutputArguments {
  var writesToStandardOutput: Bool { output == "-" }

  /// What the library is told.
  func options() throws -> OutputOptions {
    var options = try Self.compression(try format(), level: level, long: long)
    options.partitionBy = partitionBy
    options.targetSize = targetSize
    options.name = name
    if !OutputOptions.isPartName(name) {
      throw ValidationError(
        "--name '\(name)' cannot start the name of a part: 1 to 200 bytes, no '/', no '.' or '_' in front")
    }
    return options
  }

  /// How parts are compressed.
  static func compression(_ format: OutputFormat, level: Int?, long: Int?) throws -> OutputOptions {
    var options = OutputOptions()
    options.format = format
    options.level = level
    options.long = long
    if let level {
      guard let levels = options.format.coder.levels else {
        throw ValidationError("--level \(level) means nothing without compression")
      }
      if !levels.contains(level) {
        throw ValidationError(
          "--level \(level): \(format.rawValue) takes \(levels.lowerBound) to \(levels.upperBound)")
      }
    }
    if let long, options.format != .zstd || !OutputOptions.windows.contains(long) {
      throw ValidationError(
        "--long takes 10 to 23, and only zstd has it: readers of lakes refuse larger windows")
    }
    return options
  }

  private func format() throws -> OutputFormat {
    // Rows on standard output are for other programs to read as they are.
    guard let compression else { return writesToStandardOutput ? .none : .zstd }
    guard let format = OutputFormat(rawValue: compression) else {
      throw ValidationError("'\(compression)' is no compression; there are zstd, gzip and none")
    }
    if format != .none, writesToStandardOutput, !dryRun, isatty(STDOUT_FILENO) == 1 {
      throw ValidationError(
        "compressed rows are not written to a terminal: redirect them, or leave --compression out")
    }
    return format
  }
}

extension ResourceArguments {
  /// What the library is told; `defaults` hold where nothing was said.
  func options(_ defaults: ResourceOptions) throws -> ResourceOptions {
    var options = defaults
    options.memory = memory
    options.engine = engine
    options.blockSize = blockSize
    options.validation = validate
    options.maxDepth = maxDepth
    options.maxInputSize = maxInputSize
    if let workers, !(1...200).contains(workers) {
      throw ValidationError("--workers takes 1 to 200, not \(workers)")
    }
    if maxDepth < 1 { throw ValidationError("--max-depth takes 1 or more, not \(maxDepth)") }
    if blockSize > 1 << 30 { throw ValidationError("--block-size takes at most 1GiB") }
    if let kernel {
      guard let known = ScanKernel(rawValue: kernel), ScanKernel.available.contains(known) else {
        let names = ScanKernel.available.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("this machine has no kernel '\(kernel)'; it has \(names)")
      }
      options.kernel = known
    }
    return options
  }
}
