// Small things that spans of bytes do not have.

internal import ByteScan

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

extension Span<UInt8> {
  /// Whether one of the bytes is `byte`.
  func contains(_ byte: UInt8) -> Bool { firstIndex(of: byte) != nil }
}
