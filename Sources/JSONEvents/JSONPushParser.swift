// The push parser: chunks in, events out.

/// Parses JSON as it comes in and tells a handler what it finds, at exact offsets.
///
/// One value, or with `allowsMultipleValues` any number in a row, with white space between them or without. yajl
/// is the judge, with corrections: UTF-8 is strict, form feed and vertical tab are no white space, depth is
/// bounded. The events don't depend on how the input is cut. Time is linear in the input, whatever the chunks;
/// memory is a chunk and `JSONLimits.tokenLength`.
///
/// Not `Sendable`: make one for each worker. The C functions behind it are `yajl_parse` and
/// `yajl_complete_parse`.
public struct JSONPushParser<Handler: JSONEventHandler>: ~Copyable {
  /// Who is told.
  public let handler: Handler
  private let session: YajlSession

  /// Starts before the first byte.
  ///
  /// - Parameters:
  ///   - handler: Who is told.
  ///   - maxDepth: The depth that is allowed; the outermost container has depth 1.
  ///   - allowsMultipleValues: Whether one value may follow another.
  public init(_ handler: Handler, maxDepth: Int = JSONLimits.depth, allowsMultipleValues: Bool = false) {
    self.handler = handler
    session = unsafe YajlSession(
      handler, callbacks: YajlCallbacks.events, maxDepth: maxDepth,
      allowsMultipleValues: allowsMultipleValues)
  }

  /// How many containers are open.
  public var depth: Int { session.depth }

  /// How many outermost values have ended; a number that nothing follows yet has not.
  public var completedDocuments: Int { session.completedDocuments }

  /// How many bytes yajl has been given in all, for the test of linear time.
  var bytesGivenToYajl: Int { session.bytesGivenToYajl }

  /// Parses a chunk.
  ///
  /// - Parameters:
  ///   - bytes: The chunk.
  ///   - offset: Where it stands in the input. It may lie beyond the end of the chunk before, where the inside
  ///     of a container was left out; never inside a token.
  /// - Throws: `JSONRejection`. Later calls throw the same until `reset`.
  /// - Complexity: O(*n*) in the chunk's length.
  public mutating func feed(_ bytes: Span<UInt8>, at offset: Int) throws(JSONRejection) {
    guard session.feed(bytes, at: offset, isClean: false) else { throw session.verdict }
  }

  /// Says that the input ends here.
  ///
  /// With `allowsMultipleValues` it may go on afterwards all the same: so each of many documents can be held to
  /// its own end.
  ///
  /// - Throws: `JSONRejection` if a value is not whole, or one value was wanted and there is none.
  public mutating func endOfInput() throws(JSONRejection) {
    guard session.endOfInput() else { throw session.verdict }
  }

  /// Forgets all that came before, failures too.
  public mutating func reset() { session.reset() }
}
