// The line of `--stats json`.

/// What a run took.
public struct RunTiming: Sendable {
  /// Seconds from start to end.
  public var wallSeconds: Double
  /// Seconds of processors, all threads together.
  public var cpuSeconds: Double
  /// Decompressed bytes of input in a second.
  public var bytesPerSecond: Double
  /// The most memory that was resident, in bytes.
  public var peakMemoryBytes: Int
  /// How many threads worked.
  public var workers: Int
  /// The scan kernel.
  public var kernel: String

  /// States what a run took.
  public init(
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

extension Report {
  /// The line of `--stats json` for a run that is done, without its newline.
  ///
  /// - Parameters:
  ///   - timing: What the run took.
  ///   - exitStatus: The status that the process ends with.
  ///   - planned: What a dry run would have written.
  /// - Returns: One line of JSON.
  public func statistics(_ timing: RunTiming, exitStatus: Int, planned: PlannedOutput? = nil) -> String {
    let all =
      members + [
        ("timing", timing.json), ("exitStatus", .int(exitStatus)), ("dryRun", planned?.json ?? .null),
      ]
    return String(decoding: JSONText.object(all).utf8, as: UTF8.self)
  }
}

extension RunError {
  /// The line of `--stats json` for a run that failed, without its newline.
  public func statistics(exitStatus: Int) -> String {
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
