// The two ways bytes come into a run. A source beyond files (HTTPS, S3) is one more conformance
// here, a `ByteSource` in Sluice, and a kind of `InputName`.

/// Bytes that come one after another and only once: a pipe, or what a decoder makes of another stream.
public protocol ByteStream: AnyObject {
  /// Reads the next bytes into `buffer`, waiting until there is at least one.
  ///
  /// - Parameter buffer: Where the bytes go; not empty.
  /// - Returns: How many bytes were read, 0 only at the end.
  /// - Throws: `StorageError` when the system refuses, or the decoder's own error.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Bytes of a known length that any thread can read anywhere, again and again.
public protocol RandomAccessSource: AnyObject, Sendable {
  /// The length in bytes, as it was when the source was opened.
  var size: Int { get }

  /// Fills `buffer` from `offset` on.
  ///
  /// - Parameters:
  ///   - buffer: Where the bytes go.
  ///   - offset: The first byte wanted, counted from 0.
  /// - Returns: How many bytes were read; fewer than asked for only at the end.
  /// - Throws: `StorageError` when the system refuses.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int
}

extension ByteStream {
  /// Reads until `buffer` is full or the stream ends.
  ///
  /// - Parameter buffer: Where the bytes go.
  /// - Returns: How many bytes were read.
  /// - Throws: Whatever `read(into:)` throws.
  public func readFully(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let read = try unsafe self.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if read == 0 { break }
      filled += read
    }
    return filled
  }
}
