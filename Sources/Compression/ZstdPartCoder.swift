// One zstd frame a part, compressed by libzstd's own job threads, with the same bytes always.
//
// What makes the bytes the same: libzstd takes one path for no workers and another for one or more, so
// there is always at least one; the job size is fixed; a call that ends the frame before anything else
// was written would compress in one shot on a third path, so all bytes go in with `ZSTD_e_continue`; and
// the frame is flushed before it is ended. Without that flush the bytes would depend on timing when a
// part ends just where a job does: if the job's slot is free the job has already left and an empty last
// block follows, if not the waiting job becomes the last block itself.

internal import CZstd

@safe
final class ZstdPartCoder: PartCoder {
  /// What libzstd allows on 64-bit machines.
  static let mostWorkers = 200
  static let outputSize = 128 << 10

  private let context: OpaquePointer
  private let output: UnsafeMutableRawBufferPointer

  init(_ options: CompressionOptions) throws(CompressionError) {
    try Self.check(options)
    guard let context = unsafe ZSTD_createCCtx() else {
      throw CompressionError(.outOfMemory, container: .zstd)
    }
    unsafe self.context = unsafe context
    unsafe output = .allocate(byteCount: Self.outputSize, alignment: 16)
    for (parameter, value) in ZstdSettings(options).parameters(workers: options.workers) {
      try check(unsafe ZSTD_CCtx_setParameter(context, parameter, Int32(value)))
    }
  }

  deinit {
    unsafe ZSTD_freeCCtx(context)
    unsafe output.deallocate()
  }

  func reset() {
    // Cannot fail: only changing parameters in mid-frame can.
    _ = unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
  }

  func write(_ bytes: Span<UInt8>, _ sink: (Span<UInt8>) throws -> Void) throws {
    // The pointer is used only inside the closure; libzstd copies what it keeps.
    try unsafe bytes.withUnsafeBufferPointer { bytes in
      var input = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
      while unsafe input.pos < input.size { _ = try unsafe step(&input, ZSTD_e_continue, sink) }
    }
  }

  func flush(_ sink: (Span<UInt8>) throws -> Void) throws { try drain(ZSTD_e_flush, sink) }

  func finish(_ sink: (Span<UInt8>) throws -> Void) throws {
    try drain(ZSTD_e_flush, sink)
    try drain(ZSTD_e_end, sink)
  }

  var allocatedMemory: Int { unsafe ZSTD_sizeof_CCtx(context) }

  private func drain(_ operation: ZSTD_EndDirective, _ sink: (Span<UInt8>) throws -> Void) throws {
    var input = unsafe ZSTD_inBuffer(src: nil, size: 0, pos: 0)
    while try unsafe step(&input, operation, sink) > 0 {}
  }

  /// One call of the compressor, and its output handed on.
  ///
  /// - Returns: What is still to be flushed, at least.
  private func step(
    _ input: inout ZSTD_inBuffer, _ operation: ZSTD_EndDirective, _ sink: (Span<UInt8>) throws -> Void
  ) throws -> Int {
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
