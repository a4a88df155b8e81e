// Summaries of blocks: the scan that every byte of the input goes through.

internal import CByteScan

extension ScanKernel {
  /// Tells what a block does to the state of a scan, whichever way it starts.
  ///
  /// - Parameters:
  ///   - bytes: The block.
  ///   - startsEscaped: Whether a backslash before the block escapes its first byte.
  /// - Returns: The outcome of both starts.
  /// - Complexity: One pass.
  public func summarize(_ bytes: Span<UInt8>, startsEscaped: Bool) -> BlockSummary {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      // C reads the `count` bytes of the span, which outlives the call, and keeps nothing.
      BlockSummary(unsafe cbytescan_summarize(code, bytes.baseAddress, bytes.count, startsEscaped))
    }
  }

  /// Summarizes each stretch of `stride` bytes, so that a later pass can jump over stretches.
  ///
  /// - Parameters:
  ///   - bytes: The block; its last stretch may be shorter.
  ///   - startsEscaped: Whether a backslash before the block escapes its first byte.
  ///   - stride: The length of a stretch, above 0.
  /// - Returns: The summaries in order, at least one.
  /// - Complexity: One pass.
  public func summaries(of bytes: Span<UInt8>, startsEscaped: Bool, every stride: Int) -> [BlockSummary] {
    precondition(stride > 0, "a stretch has at least one byte")
    var summaries: [BlockSummary] = []
    summaries.reserveCapacity(bytes.count / stride + 1)
    var escaped = startsEscaped
    var start = 0
    repeat {
      let end = bytes.count - start > stride ? start + stride : bytes.count
      let summary = summarize(bytes.extracting(start..<end), startsEscaped: escaped)
      summaries.append(summary)
      escaped = summary.endsEscaped
      start = end
    } while start < bytes.count
    return summaries
  }
}
