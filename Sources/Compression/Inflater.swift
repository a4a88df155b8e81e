// zlib's inflate and CRC-32 for gzip members and ZIP entries alike.

internal import CZlib

/// What one call of inflate came to.
enum InflateOutcome {
  case more
  case end
  case failure(String)
}

/// A zlib stream, reusable for the next member.
@safe
final class Inflater {
  private let stream: UnsafeMutablePointer<z_stream>

  /// Makes a stream; `windowBits` are as zlib counts them: 31 for gzip members, -15 for raw deflate.
  init(windowBits: Int32, container: Container) throws(CompressionError) {
    // zlib keeps a pointer back to the structure, so it must not move.
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let result = unsafe inflateInit2_(
      stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { throw CompressionError(.outOfMemory, container: container) }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func reset() { _ = unsafe inflateReset(stream) }

  /// Inflates from one buffer to another until one of them is used up.
  func inflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (consumed: Int, produced: Int, outcome: InflateOutcome) {
    // zlib counts in 32 bits.
    let given = min(input.count, 1 << 30)
    let room = min(output.count, 1 << 30)
    // inflate never writes to its input; the header just lacks the const.
    unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
      .assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_in = UInt32(given)
    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(room)
    let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    let consumed = unsafe given - Int(stream.pointee.avail_in)
    let produced = unsafe room - Int(stream.pointee.avail_out)
    switch result {
    case Z_OK, Z_BUF_ERROR: return (consumed, produced, .more)
    case Z_STREAM_END: return (consumed, produced, .end)
    default:
      let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
      return (consumed, produced, .failure(message ?? "zlib error \(result)"))
    }
  }
}

/// A running CRC-32.
struct CRC32 {
  private(set) var value: UInt32 = 0

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    value = unsafe UInt32(
      truncatingIfNeeded: crc32_z(
        UInt(value), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
