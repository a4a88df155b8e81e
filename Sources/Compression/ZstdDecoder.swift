// zstd frames in a row are one stream. libzstd passes over skippable frames and verifies checksums itself;
// what is left to do here is to tell an end between frames from one inside a frame, and to see that a frame holds
// what it says.

internal import CZstd
public import Storage

/// The decompressed bytes of a zstd stream.
@safe
public final class ZstdDecoder: ByteStream {
  private let input: InputBuffer
  private let context: OpaquePointer
  /// Whether the bytes so far end inside a frame; an empty stream has none, which is as bad.
  private var insideFrame = true
  private var frame = FrameLength()
  private var failure: CompressionError?

  /// Decodes `source`; windows up to 128 MiB are allowed, as the zstd command does.
  ///
  /// - Throws: `CompressionError` when there is no memory.
  public init(_ source: any ByteStream) throws(CompressionError) {
    guard let context = unsafe ZSTD_createDCtx() else {
      throw CompressionError(.outOfMemory, container: .zstd)
    }
    unsafe self.context = unsafe context
    input = InputBuffer(source)
    // Cannot fail: the value is in range and no frame has begun.
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  /// How many compressed bytes were taken so far.
  public var compressedOffset: Int { input.offset }

  /// Reads the next decompressed bytes, waiting until there is at least one.
  ///
  /// - Parameter buffer: Where the bytes go; not empty.
  /// - Returns: How many bytes were read, 0 only at the end.
  /// - Throws: `CompressionError`, or what the source throws.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let failure { throw failure }
    while true {
      let hasInput = try input.fill()
      if !hasInput, !insideFrame { return 0 }
      // Without input libzstd may still hold decompressed bytes that found no room before.
      let bytes = unsafe input.bytes
      var source = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
      var out = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
      let result = unsafe ZSTD_decompressStream(context, &out, &source)
      // Copied before the buffer is filled again.
      unsafe frame.add(UnsafeRawBufferPointer(rebasing: bytes[..<source.pos]))
      input.consume(unsafe source.pos)
      guard ZSTD_isError(result) == 0 else { throw fail(result) }
      insideFrame = result != 0
      let produced = unsafe out.pos
      frame.produced += UInt64(produced)
      if !insideFrame {
        if !frame.isAsDeclared { throw remember(.corrupt, "a frame does not hold as much as it says") }
        frame = FrameLength()
      }
      if produced > 0 { return produced }
      if !hasInput, insideFrame { throw remember(.truncated) }
    }
  }

  private func fail(_ result: Int) -> CompressionError {
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_checksum_wrong: remember(.checksumMismatch)
    case ZSTD_error_frameParameter_windowTooLarge: remember(.windowTooLarge)
    case ZSTD_error_memory_allocation: remember(.outOfMemory)
    case ZSTD_error_dictionary_wrong: remember(.unsupported, "it was made with a dictionary")
    case ZSTD_error_prefix_unknown: remember(.corrupt, "no zstd frame starts here")
    default: remember(.corrupt, unsafe String(cString: ZSTD_getErrorName(result)))
    }
  }

  private func remember(_ code: CompressionError.Code, _ detail: String = "") -> CompressionError {
    let error = CompressionError(code, container: .zstd, offset: input.offset, detail: detail)
    failure = error
    return error
  }
}

/// How much a frame says that it holds, and how much has come out of it.
///
/// libzstd compares them, but not where the last block is empty and the frame is read in parts (1.5.4,
/// `ZSTD_decompressContinue`).
private struct FrameLength {
  /// The most bytes that a frame's header has (RFC 8878, 3.1.1.1).
  private static let longestHeader = 18

  /// The first bytes of the frame.
  private var head: [UInt8] = []
  var produced: UInt64 = 0

  /// Adds compressed bytes of the frame.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    if head.count < Self.longestHeader { unsafe head += bytes.prefix(Self.longestHeader - head.count) }
  }

  /// Whether a frame that has ended held what it said, if it said anything; one that is skipped holds nothing.
  var isAsDeclared: Bool {
    if head.isEmpty { return true }
    // The pointer is used in the call alone.
    let declared = unsafe head.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    // ZSTD_CONTENTSIZE_UNKNOWN and ZSTD_CONTENTSIZE_ERROR, which are not imported.
    return declared >= UInt64.max - 1 || declared == produced
  }
}
