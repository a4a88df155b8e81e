// The tables of C functions that yajl calls. It keeps a pointer to its table, so both are made once and stay.

internal import CYajl

/// The tables, by how much their user wants to hear.
enum YajlCallbacks {
  /// For the push parser: all events, numbers as text.
  // Written once before anyone can read it, then only read, by yajl too.
  nonisolated(unsafe) static let events = unsafe permanent(
    yajl_callbacks(
      yajl_null: { unsafe session($0) { $0.yajlReadLiteral(nil) } },
      yajl_boolean: { context, value in unsafe session(context) { $0.yajlReadLiteral(value != 0) } },
      yajl_integer: nil,
      yajl_double: nil,
      yajl_number: { context, start, count in
        unsafe session(context) { session in
          // The digits are yajl's or the piece's, valid during the call.
          unsafe start?.withMemoryRebound(to: UInt8.self, capacity: count) { digits in
            unsafe session.yajlReadNumber(UnsafeBufferPointer(start: digits, count: count))
          }
        }
      },
      yajl_string: { context, _, count in
        unsafe session(context) { $0.yajlReadText(length: count, isKey: false) }
      },
      yajl_start_map: { unsafe session($0) { $0.yajlStarts(isObject: true) } },
      yajl_map_key: { context, _, count in
        unsafe session(context) { $0.yajlReadText(length: count, isKey: true) }
      },
      yajl_end_map: { unsafe session($0) { $0.yajlEnds(isObject: true) } },
      yajl_start_array: { unsafe session($0) { $0.yajlStarts(isObject: false) } },
      yajl_end_array: { unsafe session($0) { $0.yajlEnds(isObject: false) } }))

  /// For the validator: only the brackets, for the depth. yajl decodes no string for whom it need not tell.
  // As above.
  nonisolated(unsafe) static let brackets = unsafe permanent(
    yajl_callbacks(
      yajl_null: nil, yajl_boolean: nil, yajl_integer: nil, yajl_double: nil, yajl_number: nil,
      yajl_string: nil,
      yajl_start_map: { unsafe session($0) { $0.yajlStarts(isObject: true) } },
      yajl_map_key: nil,
      yajl_end_map: { unsafe session($0) { $0.yajlEnds(isObject: true) } },
      yajl_start_array: { unsafe session($0) { $0.yajlStarts(isObject: false) } },
      yajl_end_array: { unsafe session($0) { $0.yajlEnds(isObject: false) } }))

  private static func permanent(_ table: yajl_callbacks) -> UnsafePointer<yajl_callbacks> {
    let place = UnsafeMutablePointer<yajl_callbacks>.allocate(capacity: 1)
    unsafe place.initialize(to: table)
    return unsafe UnsafePointer(place)
  }
}

/// Calls `body` with the session that a context pointer stands for, and tells yajl whether to go on.
@inline(__always)  // A closure call per token otherwise.
private func session(_ context: UnsafeMutableRawPointer?, _ body: (YajlSession) -> Void) -> Int32 {
  guard let context = unsafe context else { return 0 }
  // The context is the session that owns the handle, alive as long as its `feed` runs.
  return unsafe Unmanaged<YajlSession>.fromOpaque(context)._withUnsafeGuaranteedRef { session in
    body(session)
    return session.rejection == nil ? 1 : 0
  }
}
