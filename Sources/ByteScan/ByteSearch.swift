// Looking for one byte, as the C library does it: by vectors, without a kernel of our own.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension Span<UInt8> {
  /// The index of the first byte that is `byte`; nil if there is none.
  ///
  /// - Complexity: O(*n*) in the index.
  public func firstIndex(of byte: UInt8) -> Int? {
    unsafe withUnsafeBufferPointer { bytes in
      // Looks at the span's bytes alone, and what it finds is among them.
      guard let start = bytes.baseAddress, let found = unsafe memchr(start, CInt(byte), bytes.count) else {
        return nil
      }
      return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }
  }
}
