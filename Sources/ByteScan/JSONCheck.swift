// The check that lets bytes be copied without a parser: it knows JSON well enough to be sure of what is right,
// and leaves everything else to those who can say what is wrong with it.

internal import CByteScan

/// A check of one JSON value that is either certain that it is valid, or says nothing.
///
/// Certain means: one value of RFC 8259 with nothing but white space around it, in strict UTF-8, no deeper than
/// allowed. Valid data is certain unless it is deeper than 62. It tells neither what is wrong nor where: whoever
/// is left in doubt asks a parser.
public struct JSONCheck: Sendable {
  private let kernel: ScanKernel
  private var state: cbytescan_check

  /// Starts before the first byte.
  ///
  /// - Parameters:
  ///   - kernel: The instructions it works with.
  ///   - maxDepth: The depth that is allowed; the outermost container has depth 1.
  public init(kernel: ScanKernel = .best, maxDepth: Int) {
    self.kernel = kernel
    state = cbytescan_check_start(Int64(maxDepth))
  }

  /// Checks the next bytes; where the value is cut does not matter.
  ///
  /// - Parameter bytes: What follows the bytes before.
  /// - Returns: Whether it may still be certain in the end.
  /// - Complexity: One pass.
  @discardableResult
  public mutating func feed(_ bytes: Span<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      // C reads the `count` bytes of the span, which outlives the call, and keeps copies only.
      unsafe cbytescan_check_bytes(kernel.code, bytes.baseAddress, bytes.count, &state)
    }
  }

  /// Ends the value.
  ///
  /// - Returns: Whether it is certain that the bytes are one valid value.
  public mutating func finish() -> Bool {
    unsafe cbytescan_check_end(kernel.code, &state)
  }
}
