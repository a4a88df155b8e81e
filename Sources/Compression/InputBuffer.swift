// The compressed side of every decoder: a window on a stream that can be topped up, looked into and
// consumed, and that knows where in the stream it is.

internal import Storage

/// A fixed buffer over a stream.
@safe
final class InputBuffer {
  static let capacity = 128 << 10

  private let source: any ByteStream
  private let storage: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private(set) var isAtEnd = false
  /// Where the first unconsumed byte stands in the stream.
  private(set) var offset: Int

  init(_ source: any ByteStream, at offset: Int = 0) {
    self.source = source
    self.offset = offset
    unsafe storage = .allocate(byteCount: Self.capacity, alignment: 16)
  }

  deinit { unsafe storage.deallocate() }

  /// How many bytes can be consumed without reading.
  var available: Int { end - start }

  /// The unconsumed bytes, valid until the buffer is filled again.
  var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

  /// Reads until at least `count` bytes are there.
  ///
  /// - Returns: False when the stream has fewer.
  func fill(_ count: Int = 1) throws -> Bool {
    precondition(count <= Self.capacity)
    if available >= count { return true }
    if start > 0 {
      unsafe storage.copyMemory(from: bytes)
      end -= start
      start = 0
    }
    while end < count, !isAtEnd {
      let read = try unsafe source.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
      if read == 0 { isAtEnd = true }
      end += read
    }
    return end >= count
  }

  func consume(_ count: Int) {
    precondition(count <= available)
    start += count
    offset += count
  }

  /// Consumes `count` bytes however many they are.
  ///
  /// - Returns: False when the stream ends before.
  func skip(_ count: Int) throws -> Bool {
    var left = count
    while left > 0 {
      guard try fill() else { return false }
      let step = min(left, available)
      consume(step)
      left -= step
    }
    return true
  }

  subscript(index: Int) -> UInt8 {
    precondition(index < available)
    return unsafe storage[start + index]
  }

  /// Copies unconsumed bytes.
  func copy(_ range: Range<Int>) -> [UInt8] { unsafe [UInt8](bytes[range]) }

  /// What is left: the unconsumed bytes, then the rest of the stream.
  ///
  /// The buffer must not be used afterwards.
  func remainder() -> PrefixedStream { PrefixedStream(copy(0..<available), source) }
}

/// A part of a random-access source, read from front to back.
final class SourceRange: ByteStream {
  private let source: any RandomAccessSource
  private var offset: Int
  private let end: Int

  init(_ source: any RandomAccessSource, _ range: Range<Int>) {
    self.source = source
    offset = range.lowerBound
    end = range.upperBound
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(buffer.count, end - offset)
    guard count > 0 else { return 0 }
    let read = try unsafe source.read(into: .init(rebasing: buffer[..<count]), at: offset)
    offset += read
    return read
  }
}
