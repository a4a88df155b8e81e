// Leaves white space out of rows.

internal import ByteScan

/// Leaves out white space, run by run.
struct Minifier {
  let kernel: ScanKernel
  private var state = ScanState()

  init(kernel: ScanKernel) { self.kernel = kernel }

  /// Appends what remains of `bytes`, which follow those before, to `destination`.
  mutating func append(_ bytes: Span<UInt8>, to destination: UnsafeMutableRawBufferPointer) -> Int {
    unsafe kernel.minify(bytes, into: destination, state: &state).written
  }
}

extension Minifier {
  /// Appends what remains of `bytes` to `text`.
  mutating func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    var minifier = self
    text += unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
      count = unsafe minifier.append(bytes, to: UnsafeMutableRawBufferPointer(buffer))
    }
    self = minifier
  }
}
