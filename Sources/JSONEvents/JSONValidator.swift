// yajl as the judge alone: no text, no positions, only yes or no, as fast as it can say so.

/// Validates JSON as it comes in, as strictly as `JSONPushParser`.
///
/// Time is linear in the input, whatever the chunks; memory is a chunk's longest token. For the exact byte of
/// the fault replay the input through `JSONGrammar`.
public struct JSONValidator: ~Copyable {
  private let session: YajlSession

  /// Starts before the first byte.
  ///
  /// - Parameters:
  ///   - maxDepth: The depth that is allowed; the outermost container has depth 1.
  ///   - allowsMultipleValues: Whether one value may follow another.
  public init(maxDepth: Int = JSONLimits.depth, allowsMultipleValues: Bool = false) {
    session = unsafe YajlSession(
      nil, callbacks: YajlCallbacks.brackets, maxDepth: maxDepth,
      allowsMultipleValues: allowsMultipleValues)
  }

  /// How many containers are open.
  public var depth: Int { session.depth }

  /// How many bytes yajl has been given in all, for the test of linear time.
  var bytesGivenToYajl: Int { session.bytesGivenToYajl }

  /// Validates a chunk.
  ///
  /// - Parameters:
  ///   - bytes: The chunk.
  ///   - offset: Where it stands in the input.
  ///   - isClean: Whether the caller has shown that all bytes of the input are strict UTF-8 without form feed
  ///     and vertical tab, which yajl doesn't. Never true for some chunks of an input only.
  /// - Throws: `JSONRejection`. Later calls throw the same until `reset`.
  /// - Complexity: O(*n*) in the chunk's length.
  public mutating func feed(
    _ bytes: Span<UInt8>, at offset: Int, isClean: Bool = false
  ) throws(JSONRejection) {
    guard session.feed(bytes, at: offset, isClean: isClean) else { throw session.verdict }
  }

  /// Says that the input ends here; with `allowsMultipleValues` it may go on all the same.
  ///
  /// - Throws: `JSONRejection` if a value is not whole, or one value was wanted and there is none.
  public mutating func endOfInput() throws(JSONRejection) {
    guard session.endOfInput() else { throw session.verdict }
  }

  /// Forgets all that came before, failures too.
  public mutating func reset() { session.reset() }
}
