// What a scan carries from one byte to the next. It is a value of three fields and no more,
// so that a scan can stop anywhere and be taken up by another worker.

internal import CByteScan

/// The state of a structural scan between two bytes.
public struct ScanState: Sendable, Hashable {
  /// Whether the next byte is inside a string.
  public var inString: Bool
  /// Whether the next byte is escaped by a backslash before it.
  public var escaped: Bool
  /// How many brackets are open, counted from wherever the caller began.
  public var depth: Int

  /// Makes the state at the start of a document, or any other.
  public init(inString: Bool = false, escaped: Bool = false, depth: Int = 0) {
    self.inString = inString
    self.escaped = escaped
    self.depth = depth
  }

  /// Lets C work on the state in its own form.
  mutating func withC<Answer>(_ body: (inout cbytescan_state) -> Answer) -> Answer {
    var state = cbytescan_state(depth: Int64(depth), in_string: inString, escaped: escaped)
    defer { self = ScanState(inString: state.in_string, escaped: state.escaped, depth: Int(state.depth)) }
    return body(&state)
  }
}
