// Walking: from a known state to the bracket that is looked for, over anything in between.

internal import CByteScan

extension ScanKernel {
  /// Moves on until a closing bracket leaves the depth at `target` or lower.
  ///
  /// - Parameters:
  ///   - target: The depth to come down to. At or below it already, the first closing bracket
  ///     that leaves the depth there counts.
  ///   - bytes: What is scanned.
  ///   - offset: Where the scan begins.
  ///   - state: The state at `offset`; becomes that after the bracket, or that at the end.
  /// - Returns: The offset of the bracket, or nil when the bytes end first.
  /// - Complexity: One pass over the bytes in between.
  public func skip(
    toDepth target: Int, in bytes: Span<UInt8>, from offset: Int, state: inout ScanState
  ) -> Int? {
    precondition(offset >= 0 && offset <= bytes.count, "the scan begins within the bytes")
    let found = state.withC { state in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        // C reads the `count` bytes of the span, which outlives the call, and keeps nothing.
        unsafe cbytescan_skip(code, bytes.baseAddress, bytes.count, offset, Int64(target), &state)
      }
    }
    return found < 0 ? nil : Int(found)
  }

  /// Finds the next bracket of either kind outside strings.
  ///
  /// - Parameters:
  ///   - bytes: What is scanned.
  ///   - offset: Where the scan begins.
  ///   - state: The state at `offset`; becomes that after the bracket, or that at the end.
  /// - Returns: The offset of the bracket, or nil when the bytes end first.
  /// - Complexity: One pass over the bytes in between.
  public func nextBracket(
    in bytes: Span<UInt8>, from offset: Int, state: inout ScanState
  ) -> Int? {
    precondition(offset >= 0 && offset <= bytes.count, "the scan begins within the bytes")
    let found = state.withC { state in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        // C reads the `count` bytes of the span, which outlives the call, and keeps nothing.
        unsafe cbytescan_next_bracket(code, bytes.baseAddress, bytes.count, offset, &state)
      }
    }
    return found < 0 ? nil : Int(found)
  }

  /// Counts the bytes 0A.
  ///
  /// - Complexity: One pass.
  public func countNewlines(in bytes: Span<UInt8>) -> Int {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      // C reads the `count` bytes of the span, which outlives the call, and keeps nothing.
      Int(unsafe cbytescan_count_newlines(code, bytes.baseAddress, bytes.count))
    }
  }

  /// Finds the first byte that is not ASCII.
  ///
  /// - Returns: The offset of the first byte of 80 or more, or nil.
  /// - Complexity: One pass over the bytes before it.
  public func firstNonASCII(in bytes: Span<UInt8>) -> Int? {
    let found = unsafe bytes.withUnsafeBufferPointer { bytes in
      // C reads the `count` bytes of the span, which outlives the call, and keeps nothing.
      unsafe cbytescan_first_non_ascii(code, bytes.baseAddress, bytes.count)
    }
    return found < 0 ? nil : Int(found)
  }
}
