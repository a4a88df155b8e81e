// The line of `--stats json`.

/// What a run took.
package struct RunTiming: Sendable {
  /// Seconds from start to end.
  package var wallSeconds: Double
  /// Seconds of processors, all threads together.
  package var cpuSeconds: Double
  /// Decompressed bytes of input in a second.
  package var bytesPerSecond: Double
  /// The most memory that was resident, in bytes.
  package var peakMemoryBytes: Int
  /// How many threads worked.
  package var workers: Int
  /// The scan kernel.
  package var kernel: String

  /// States what a run took.
  package init(
    wallSeconds: Double, cpuSeconds: Double, bytesPerSecond: Double, peakMemoryBytes: Int, workers: Int,
    kernel: String
  ) {
    self.wallSeconds = wallSeconds
    self.cpuSeconds = cpuSeconds
    self.bytesPerSecond = bytesPerSecond
    self.peakMemoryBytes = peakMemoryBytes
    self.workers = workers
    self.kernel = kernel
  }

  fileprivate var json: JSONText {
    .object([
      ("wallSeconds", .double(wallSeconds)), ("cpuSeconds", .double(cpuSeconds)),
      ("bytesPerSecond", .double(bytesPerSecond)), ("peakMemoryBytes", .int(peakMemoryBytes)),
      ("workers", .int(workers)), ("kernel", .text(kernel)),
    ])
  }
}

extension RunReport {
  /// The line of `--stats json` for a run that is done, without its newline.
  ///
  /// - Parameters:
  ///   - timing: What the run took.
  ///   - exitStatus: The status that the process ends with.
  ///   - planned: What a dry run would have written.
  /// - Returns: One line of JSON.
  package func statistics(_ timing: RunTiming, exitStatus: Int, planned: PlannedOutput? = nil) -> String {
    let all =
      members + [
        ("timing", timing.json), ("exitStatus", .int(exitStatus)), ("dryRun", planned?.json ?? .null),
      ]
    return String(decoding: JSONText.object(all).utf8, as: UTF8.self)
  }
}

extension RunError {
  /// The line of `--stats json` for a run that failed, without its newline.
  package func statistics(exitStatus: Int) -> String {
    let place =
      position?.members ?? ["input", "entry", "byte", "line", "column", "asset"].map { ($0, JSONText.null) }
    let error: [(String, JSONText)] =
      [("code", .text(code.rawValue)), ("message", .text(message)), ("hint", .text(hint))] + place
    // Who reads no further has what was wanted: that is no failure, and no report either.
    let status = code == .brokenPipe ? "closed" : "failed"
    let line = JSONText.object([
      ("schema", .int(1)), ("status", .text(status)), ("error", .object(error)),
      ("exitStatus", .int(exitStatus)),
    ])
    return String(decoding: line.utf8, as: UTF8.self)
  }
}
