// The zstd parameters behind each choice of options, and what they cost in memory. Kept apart from the
// encoder because the planner of a run asks for the memory before any encoder exists.

internal import CZstd

/// The parameters of one zstd context.
struct ZstdSettings {
  /// The levels that libzstd has.
  static let levels = Int(ZSTD_minCLevel())...Int(ZSTD_maxCLevel())
  /// What every reader accepts: aircompressor (Trino, Athena) refuses larger windows.
  static let largestWindowLog = 23
  /// The windows that long-distance matching may be asked for.
  static let longWindowLogs = 10...largestWindowLog

  let level: Int
  let windowLog: Int
  let isLong: Bool
  /// The shortest long-distance match; 0 for libzstd's own default.
  let longMinMatch: Int
  /// Bytes of one job: fixed, since job boundaries show in the output.
  let jobSize: Int

  /// Settings for options, clamped where they are out of range.
  ///
  /// Without a level: level 1 and long-distance matching with matches of 128 bytes and more. Measured with
  /// two workers on 200 MB (exports with history copies / without): 1.5 / 1.1 GB/s, ratio 9.6 / 6.0;
  /// level 3 gives 1.0 / 0.75 GB/s, ratio 8.3 / 5.2. The default least match of 64 bytes loses to it in
  /// both speed and ratio, because annotations share 64-byte boilerplate that near matches serve as well.
  init(_ options: CompressionOptions) {
    let isDefault = options.level == nil && options.long == nil
    level = (options.level ?? (isDefault ? 1 : 3)).clamped(to: Self.levels)
    let usual = Int(ZSTD_getCParams(Int32(level), 0, 0).windowLog)
    isLong = isDefault || options.long != nil
    windowLog =
      isDefault
      ? Self.largestWindowLog
      : options.long?.clamped(to: Self.longWindowLogs) ?? min(usual, Self.largestWindowLog)
    longMinMatch = isDefault ? 128 : 0
    jobSize = (isDefault ? 2 : 4) << 20
  }

  /// The parameters in the order in which libzstd is told them.
  func parameters(workers: Int) -> [(ZSTD_cParameter, Int)] {
    [
      (ZSTD_c_compressionLevel, level), (ZSTD_c_checksumFlag, 1), (ZSTD_c_windowLog, windowLog),
      (ZSTD_c_nbWorkers, workers), (ZSTD_c_jobSize, jobSize),
      (ZSTD_c_enableLongDistanceMatching, isLong ? 1 : 0), (ZSTD_c_ldmMinMatch, longMinMatch),
    ]
  }

  /// An upper bound for what a context with that many workers allocates.
  ///
  /// libzstd keeps a ring of raw bytes (the long-distance window or one job a worker, whichever is more,
  /// and three jobs of slack), a compressed buffer for each job of the ring, a context for each worker,
  /// and the matches of each job. A job is never smaller than what it overlaps its predecessor by.
  func estimatedMemory(workers: Int) -> Int {
    let workers = workers.clamped(to: 1...ZstdPartCoder.mostWorkers)
    var parameters = ZSTD_getCParams(Int32(level), 0, 0)
    parameters.windowLog = UInt32(windowLog)
    parameters = ZSTD_adjustCParams(parameters, UInt64.max, 0)
    let job = max(jobSize, Int(level) >= 13 ? 1 << windowLog : jobSize)
    let ring = max(isLong ? 1 << windowLog : 0, job * workers) + 3 * job
    let compressed = (ring / job + 1) * Int(ZSTD_compressBound(job))
    let context = Int(ZSTD_estimateCCtxSize_usingCParams(parameters))
    let long = isLong ? (16 << max(windowLog - 7, 6)) + (workers + 2) * (job / 64) * 12 : 0
    return ring + compressed + workers * context + long + ZstdPartCoder.outputSize + (1 << 20)
  }
}

extension Comparable {
  func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
