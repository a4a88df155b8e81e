// Whose time a run's is. The steps overlap on several workers and cannot be timed inside each other without
// slowing them down. So whole runs are timed that each do one step more than the one before: what the last
// one takes longer is the added step's.

internal import Compression

/// The time that a byte takes, up to and with each step of a run.
struct BenchShares {
  /// Reading or decompressing.
  var source: Double
  /// Scanning alone.
  var scan: Double
  /// The run without compression.
  var filter: Double
  /// The whole run.
  var run: Double

  /// The shares of reading or decompressing, scanning, everything else up to the rows, and compressing; 1
  /// together.
  var shares: (source: Double, scan: Double, filter: Double, compress: Double) {
    // Figures wobble, and reading may be hidden behind work: no step takes less than nothing.
    let whole = max(run, 1e-15)
    let source = min(source, whole)
    let scanned = min(source + scan, whole)
    let filtered = min(max(filter, scanned), whole)
    return (
      source / whole, (scanned - source) / whole, (filtered - scanned) / whole, (whole - filtered) / whole
    )
  }
}

/// What to do about the step that takes most.
enum BenchAdvice {
  /// Words for a step.
  ///
  /// - Parameters:
  ///   - limit: The step.
  ///   - stages: All figures on all workers.
  ///   - own: The level of the run.
  /// - Returns: One line, without the step's name.
  static func text(_ limit: BenchStage.Name, _ stages: [BenchStage], own: Int?) -> String {
    switch limit {
    case .read:
      "the file comes no faster: try a faster disk, or memory enough to keep the file in"
    case .decompress:
      "one thread decompresses: try the export unpacked, or packed by zstd"
    case .compress, .run: compressing(stages, own: own)
    case .scan: "try more cores"
    case .filter, .yajl, .minify:
      "rows are checked and made: try more cores, or options that keep less"
    }
  }

  private static func compressing(_ stages: [BenchStage], own: Int?) -> String {
    let levels = stages.filter { $0.name == .compress }
    let current = levels.first { $0.level == own }?.megabytesPerSecond ?? 0
    let fastest = levels.max { $0.megabytesPerSecond < $1.megabytesPerSecond }
    // Less than a tenth is not worth other bytes.
    if let fastest, let level = fastest.level, fastest.megabytesPerSecond > 1.1 * current {
      return "try level \(level) or more cores"
    }
    return "no level that was tried is faster: try more cores, or options that keep less"
  }
}
