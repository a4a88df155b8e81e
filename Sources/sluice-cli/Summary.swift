// What a run says at its end.

import ArgumentParser
import ByteScan
import Dispatch
import Glibc
import Sluice
import Storage
import SystemPackage

/// The summary of a run.
enum Summary {
  /// One line on what was kept, one on what was written.
  static func text(_ result: RunResult, _ timing: RunTiming, to output: FilePath?) -> String {
    let report = result.report
    let assets = report.assets
    var text = result.planned == nil ? "kept" : "would keep"
    text += " \(assets.kept) of \(assets.seen) assets"
    if assets.skipped > 0 { text += ", skipped \(assets.skipped)" }
    if assets.rejected > 0 { text += ", rejected \(assets.rejected)" }
    text += " in \(Units.decimal(timing.wallSeconds, digits: 1)) s"
    text += " (\(Units.bytes(Int(timing.bytesPerSecond)))/s, peak \(Units.bytes(timing.peakMemoryBytes)))\n"
    if let planned = result.planned { return text + Self.text(planned) }
    if let output, output != "-" { text += "wrote \(report.rows) rows to \(output.string.shown)\n" }
    return text
  }

  /// What would be written, the partitions with the most bytes first.
  private static func text(_ planned: PlannedOutput) -> String {
    let total = planned.total
    var text =
      "would write \(total.rows) rows, \(Units.bytes(total.rawBytes)) before compression; wrote nothing\n"
    // Without partitions there is one, and it has been named.
    let partitions = planned.partitions.filter { !$0.directory.isEmpty }
    if partitions.isEmpty { return text }
    var lines = [("rows", "raw bytes", "partition")]
    for partition in partitions.sorted(by: { $0.rawBytes > $1.rawBytes }).prefix(mostPartitions) {
      lines.append(("\(partition.rows)", Units.bytes(partition.rawBytes), partition.directory.shown))
    }
    let rest = partitions.count - mostPartitions
    if rest > 0 { lines.append(("", "", "… and \(rest) more, which --stats json lists")) }
    if planned.other.rows > 0 {
      lines.append(("\(planned.other.rows)", Units.bytes(planned.other.rawBytes), "others, too many to name"))
    }
    for line in lines { text += "  \(padded(line.0, 10))  \(padded(line.1, 9))  \(line.2)\n" }
    return text
  }

  private static let mostPartitions = 40

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// Wall and processor time of this process.
struct RunClock {
  private let start = DispatchTime.now()

  /// What the run took so far.
  func timing(_ result: RunResult, _ options: RunOptions) -> RunTiming {
    let wall = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let cpu = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    let bytes = result.report.inputs.reduce(0) { $0 + $1.bytes }
    return RunTiming(
      wallSeconds: wall, cpuSeconds: cpu, bytesPerSecond: wall > 0 ? Double(bytes) / wall : 0,
      peakMemoryBytes: CurrentProcess.peakMemory ?? Int(usage.ru_maxrss) * 1024, workers: result.workers,
      kernel: options.resources.kernel.rawValue)
  }
}

/// Standard output.
enum StandardOutput {
  static var sink: any ByteSink { DescriptorSink(.standardOutput, name: "standard output") }

  /// Writes text as it is; who closed the other end doesn't want it.
  ///
  /// - Throws: `StorageError`.
  static func write(_ text: String) throws {
    do {
      try sink.append(Array(text.utf8))
    } catch let error as StorageError where error.errno == .brokenPipe {
      return
    }
  }

  /// The same.
  ///
  /// - Throws: `ExitCode` 2 once the failure has been reported.
  static func emit(_ text: String) throws {
    do {
      try write(text)
    } catch {
      Messages.write(RunError(error))
      throw ExitCode(2)
    }
  }
}
