// The one place where the bytes of a span become an array.

extension [UInt8] {
  /// A copy of `bytes`.
  init(_ bytes: Span<UInt8>) {
    // The array copies before the span's lifetime ends.
    self = unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
  }

  /// Appends a copy of `bytes`.
  mutating func append(_ bytes: Span<UInt8>) {
    // As above.
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
