// One zstd frame a part, compressed by libzstd's own job threads, with the same bytes always.
//
// What makes the bytes the same: libzstd takes one path for no workers and another for one or more, so
// there is always at least one; the job size is fixed; a call that ends the frame before anything else
// was written would compress in one shot on a third path, so all bytes go in with `ZSTD_e_continue`; and
// the frame is flushed before it is ended. Without that flush the bytes would depend on timing when a
// part ends just where a job does: if the job's slot is free the job has already left and an empty last
// block follows, if not the waiting job becomes the last block itself.
//
// libzstd's threads cannot be lent or held back, but they can be counted, and a call that has nothing to
// write waits for the oldest of them. So the thread that writes counts them after each call, and where they
// and the workers are more than the limit it is this thread that waits. The bytes do not know of it.

//
// The system may grant fewer threads than libzstd is asked for, and then libzstd says that memory is short. So it is
// asked again for fewer, down to one, which changes no byte; without any thread zstd cannot be had.

internal import CZstd
internal import Pipeline

@safe
final class ZstdPartCoder: PartCoder {
  /// What libzstd allows on 64-bit machines.
  static let mostWorkers = 200
  static let outputSize = 128 << 10
  /// How many bytes may be written before jobs are looked for: asking takes a lock for each.
  private static let lookEvery = 64 << 10

  /// How many threads are asked for ahead of need, beyond two for each worker: see `init`.
  private static let spareThreads = 4

  private let context: OpaquePointer
  /// How many threads libzstd is asked for.
  private var workers: Int
  /// Whether libzstd has its threads.
  private var isStarted = false
  private let output: UnsafeMutableRawBufferPointer
  private let threads: ThreadLimit?
  /// How many jobs are counted in `threads`.
  private var lent = 0
  /// How many bytes were written since jobs were looked for.
  private var unseen = 0

  init(_ options: CompressionOptions, _ threads: ThreadLimit?) throws(CompressionError) {
    self.threads = threads
    workers = options.workers
    try Self.check(options)
    guard let context = unsafe ZSTD_createCCtx() else {
      throw CompressionError(.outOfMemory, container: .zstd)
    }
    unsafe self.context = unsafe context
    unsafe output = .allocate(byteCount: Self.outputSize, alignment: 16)
    for (parameter, value) in ZstdSettings(options).parameters(workers: options.workers) {
      try check(unsafe ZSTD_CCtx_setParameter(context, parameter, Int32(value)))
    }
    // Where threads are scarce libzstd takes its own before workers take all; elsewhere it does so when rows come.
    if !ThreadSupply.has(2 * options.workers + Self.spareThreads) { try start() }
  }

  deinit {
    giveBack()
    unsafe ZSTD_freeCCtx(context)
    unsafe output.deallocate()
  }

  func reset() {
    giveBack()
    // Cannot fail: only changing parameters in mid-frame can.
    _ = unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
  }

  func write(_ bytes: Span<UInt8>, _ sink: (Span<UInt8>) throws -> Void) throws {
    // The pointer is used only inside the closure; libzstd copies what it keeps.
    try unsafe bytes.withUnsafeBufferPointer { bytes in
      var input = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
      while unsafe input.pos < input.size {
        let before = unsafe input.pos
        _ = try unsafe step(&input, ZSTD_e_continue, sink)
        unseen += unsafe input.pos - before
        if lent > 0 || unseen >= Self.lookEvery { try makeRoom(sink) }
      }
    }
  }

  func settle(_ sink: (Span<UInt8>) throws -> Void) throws { try makeRoom(sink, isIdle: true) }

  func flush(_ sink: (Span<UInt8>) throws -> Void) throws { try drain(ZSTD_e_flush, sink) }

  func finish(_ sink: (Span<UInt8>) throws -> Void) throws {
    try drain(ZSTD_e_flush, sink)
    try drain(ZSTD_e_end, sink)
  }

  var allocatedMemory: Int { unsafe ZSTD_sizeof_CCtx(context) }

  private func drain(_ operation: ZSTD_EndDirective, _ sink: (Span<UInt8>) throws -> Void) throws {
    var input = unsafe ZSTD_inBuffer(src: nil, size: 0, pos: 0)
    while try unsafe step(&input, operation, sink) > 0 { try makeRoom(sink) }
    try makeRoom(sink)
  }

  // MARK: Threads

  /// Starts libzstd's threads once, as many as the system grants.
  private func start() throws(CompressionError) {
    if isStarted { return }
    var retries = 3
    while true {
      var nothing = unsafe ZSTD_inBuffer(src: nil, size: 0, pos: 0)
      var out = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      // Starts a frame and writes nothing of it.
      let result = unsafe ZSTD_compressStream2(context, &out, &nothing, ZSTD_e_continue)
      if ZSTD_isError(result) == 0 || ZSTD_getErrorCode(result) != ZSTD_error_memory_allocation {
        try check(result)
        break
      }
      if workers > 1 {
        workers -= 1
      } else if ThreadSupply.has(1) || retries == 0 {
        try check(result)
      } else if !ThreadSupply.waitForOne() {
        throw CompressionError(.noThreads, container: .zstd)
      } else {
        retries -= 1
      }
      try check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, Int32(workers)))
    }
    isStarted = true
  }

  /// How many jobs are being compressed or wait for a thread.
  var activeJobs: Int { unsafe Int(ZSTD_getFrameProgression(context).nbActiveWorkers) }

  /// Counts the jobs anew.
  ///
  /// - Returns: Whether all that work are within the limit.
  private func countJobs(_ threads: ThreadLimit) -> Bool {
    let before = lent
    lent = activeJobs
    unseen = 0
    return threads.lend(lent - before)
  }

  /// Waits while too many threads work; one that is idle, with nothing else to do, until no job is left.
  private func makeRoom(_ sink: (Span<UInt8>) throws -> Void, isIdle: Bool = false) throws {
    guard let threads, threads.isNeeded, !countJobs(threads) || isIdle, lent > 0 else { return }
    threads.leave()
    repeat {
      do {
        var nothing = unsafe ZSTD_inBuffer(src: nil, size: 0, pos: 0)
        // Waits until the oldest job has something to hand on, or is done.
        _ = try unsafe step(&nothing, ZSTD_e_continue, sink)
      } catch {
        threads.enter()
        throw error
      }
      _ = countJobs(threads)
    } while lent > 0 && (isIdle || !threads.tryEnter())
    if lent == 0 { threads.enter() }
  }

  /// Counts jobs no more that nobody will wait for.
  private func giveBack() {
    if lent > 0 { _ = threads?.lend(-lent) }
    lent = 0
  }

  /// One call of the compressor, and its output handed on.
  ///
  /// - Returns: What is still to be flushed, at least.
  private func step(
    _ input: inout ZSTD_inBuffer, _ operation: ZSTD_EndDirective, _ sink: (Span<UInt8>) throws -> Void
  ) throws -> Int {
    do {
      return try unsafe compress(&input, operation, sink)
    } catch {
      giveBack()
      throw error
    }
  }

  private func compress(
    _ input: inout ZSTD_inBuffer, _ operation: ZSTD_EndDirective, _ sink: (Span<UInt8>) throws -> Void
  ) throws -> Int {
    try start()
    var out = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let left = try check(unsafe ZSTD_compressStream2(context, &out, &input, operation))
    // The first `pos` bytes of the buffer were just written, and the buffer outlives the call.
    if unsafe out.pos > 0 {
      try sink(
        unsafe Span(
          _unsafeElements: UnsafeRawBufferPointer(rebasing: output[..<out.pos])
            .assumingMemoryBound(to: UInt8.self)))
    }
    return left
  }

  @discardableResult
  private func check(_ result: Int) throws(CompressionError) -> Int {
    guard ZSTD_isError(result) != 0 else { return result }
    let code: CompressionError.Code =
      ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation ? .outOfMemory : .unsupported
    throw CompressionError(
      code, container: .zstd, detail: unsafe String(cString: ZSTD_getErrorName(result)))
  }

  private static func check(_ options: CompressionOptions) throws(CompressionError) {
    let complaint: String
    if let level = options.level, !ZstdSettings.levels.contains(level) {
      complaint = "level \(level) is not in \(ZstdSettings.levels)"
    } else if let long = options.long, !ZstdSettings.longWindowLogs.contains(long) {
      complaint = "long \(long) is not in \(ZstdSettings.longWindowLogs); lake engines refuse larger windows"
    } else if !(1...mostWorkers).contains(options.workers) {
      complaint = "\(options.workers) workers are not in \(1...mostWorkers)"
    } else {
      return
    }
    throw CompressionError(.badOption, container: .zstd, detail: complaint)
  }
}
