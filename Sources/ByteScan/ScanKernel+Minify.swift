// Taking white space out: what a row is, compared with the bytes that were read.

internal import CByteScan

extension ScanKernel {
  /// Copies bytes without the JSON white space (20 09 0A 0D) outside strings.
  ///
  /// It judges nothing: `1 2` becomes `12`, so what is not known to be valid has to be
  /// validated as it stands. White space right after a backslash is kept, since without it
  /// the backslash would escape another byte.
  ///
  /// - Parameters:
  ///   - bytes: What is copied.
  ///   - destination: Room for at least as many bytes, elsewhere in memory. All of that room
  ///     may be overwritten, whatever is written in the end.
  ///   - state: The state before the bytes; becomes that behind them, except for its depth,
  ///     which is left alone.
  /// - Returns: How many bytes were written, and the offset in `bytes` of the first control
  ///   byte outside strings that is not white space, which JSON does not allow, or nil.
  /// - Complexity: One pass.
  public func minify(
    _ bytes: Span<UInt8>, into destination: UnsafeMutableRawBufferPointer, state: inout ScanState
  ) -> (written: Int, foreign: Int?) {
    precondition(destination.count >= bytes.count, "minified bytes may be as many as before")
    let result = state.withC { state in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        // C reads the `count` bytes of the span and writes within as many bytes of the
        // destination, whose size is checked above; both outlive the call.
        unsafe cbytescan_minify(
          code, bytes.baseAddress, bytes.count,
          destination.baseAddress?.assumingMemoryBound(to: UInt8.self), &state)
      }
    }
    return (Int(result.written), result.foreign < 0 ? nil : Int(result.foreign))
  }
}
