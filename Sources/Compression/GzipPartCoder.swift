// One gzip member a part: no name, no time, so that equal rows make equal files.
//
// zlib does not promise that its output is independent of how its input is cut, and for stored blocks it
// isn't. So the rows are gathered in blocks of a fixed size first: what zlib sees is always the same.

internal import CZlib

@safe
final class GzipPartCoder: PartCoder {
  private static let blockSize = 128 << 10
  /// deflate's own 256 KiB and 8 KiB for its state, and both buffers.
  static let memory = (268 << 10) + 2 * blockSize

  private let stream: UnsafeMutablePointer<z_stream>
  private let block: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private var filled = 0

  init(_ options: CompressionOptions) throws(CompressionError) {
    let level = options.level ?? 6
    guard (0...9).contains(level) else {
      throw CompressionError(.badOption, container: .gzip, detail: "level \(level) is not in 0...9")
    }
    guard options.long == nil else {
      throw CompressionError(.badOption, container: .gzip, detail: "gzip has no long-distance matching")
    }
    // zlib keeps a pointer back to the structure, so it must not move.
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe block = .allocate(byteCount: Self.blockSize, alignment: 16)
    unsafe output = .allocate(byteCount: Self.blockSize, alignment: 16)
    let result = unsafe deflateInit2_(
      stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { throw CompressionError(.outOfMemory, container: .gzip) }
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
    unsafe block.deallocate()
    unsafe output.deallocate()
  }

  func reset() {
    _ = unsafe deflateReset(stream)
    filled = 0
  }

  func write(_ bytes: Span<UInt8>, _ sink: (Span<UInt8>) throws -> Void) throws {
    var position = 0
    while position < bytes.count {
      let count = unsafe min(bytes.count - position, block.count - filled)
      // Both ranges were just bounded.
      unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe UnsafeMutableRawBufferPointer(rebasing: block[filled..<filled + count])
          .copyMemory(
            from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[position..<position + count])
          )
      }
      position += count
      filled += count
      if unsafe filled == block.count { try deflateBlock(Z_NO_FLUSH, sink) }
    }
  }

  func flush(_ sink: (Span<UInt8>) throws -> Void) throws { try deflateBlock(Z_SYNC_FLUSH, sink) }

  func finish(_ sink: (Span<UInt8>) throws -> Void) throws { try deflateBlock(Z_FINISH, sink) }

  private func deflateBlock(_ flush: Int32, _ sink: (Span<UInt8>) throws -> Void) throws {
    unsafe stream.pointee.next_in = block.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_in = UInt32(filled)
    filled = 0
    repeat {
      unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(output.count)
      let result = unsafe deflate(stream, flush)
      // A buffer error only says that there was nothing to do.
      guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
        throw CompressionError(.corrupt, container: .gzip, detail: "zlib error \(result)")
      }
      let produced = unsafe output.count - Int(stream.pointee.avail_out)
      // zlib has just written that many bytes to the buffer, which outlives the call.
      try sink(
        unsafe Span(
          _unsafeElements: UnsafeRawBufferPointer(rebasing: output[..<produced])
            .assumingMemoryBound(to: UInt8.self)))
    } while unsafe stream.pointee.avail_out == 0
  }
}
