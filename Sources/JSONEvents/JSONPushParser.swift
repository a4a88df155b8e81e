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
  private let session: HandlerSession<Handler>

  /// Starts before the first byte.
  ///
  /// - Parameters:
  ///   - handler: Who is told.
  ///   - maxDepth: The depth that is allowed; the outermost container has depth 1.
  ///   - allowsMultipleValues: Whether one value may follow another.
  public init(_ handler: Handler, maxDepth: Int = JSONLimits.depth, allowsMultipleValues: Bool = false) {
    session = HandlerSession(handler, maxDepth: maxDepth, allowsMultipleValues: allowsMultipleValues)
  }

  /// Who is told.
  public var handler: Handler { session.handler }

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
  /// - Throws: `JSONStreamError`. Later calls throw the same until `reset`.
  /// - Complexity: O(*n*) in the chunk's length.
  public mutating func feed(
    _ bytes: Span<UInt8>, at offset: Int
  ) throws(JSONStreamError<Handler.Failure>) {
    try session.check { $0.feed(bytes, at: offset, isClean: false) }
  }

  /// Says that the input ends here.
  ///
  /// With `allowsMultipleValues` it may go on afterwards all the same: so each of many documents can be held to
  /// its own end.
  ///
  /// - Throws: `JSONStreamError` if a value is not whole, or one value was wanted and there is none.
  public mutating func endOfInput() throws(JSONStreamError<Handler.Failure>) {
    try session.check { $0.endOfInput() }
  }

  /// Forgets all that came before, failures too.
  public mutating func reset() { session.reset() }
}

/// Hands the events on; the one class that knows the handler's type.
private final class HandlerSession<Handler: JSONEventHandler>: YajlSession {
  let handler: Handler
  /// What the handler threw, parked until yajl has returned.
  private var failure: Handler.Failure?

  init(_ handler: Handler, maxDepth: Int, allowsMultipleValues: Bool) {
    self.handler = handler
    unsafe super.init(
      callbacks: YajlCallbacks.events, keepsText: true, maxDepth: maxDepth,
      allowsMultipleValues: allowsMultipleValues)
  }

  override func reset() {
    failure = nil
    super.reset()
  }

  func check(_ work: (YajlSession) -> Bool) throws(JSONStreamError<Handler.Failure>) {
    if failure == nil, work(self) { return }
    if let failure { throw .handler(failure) }
    throw .malformed(rejection ?? JSONRejection(offset: 0, reason: "the parse has ended"))
  }

  override func startContainer(isObject: Bool, at offset: Int) -> Bool {
    do throws(Handler.Failure) {
      if isObject { try handler.startObject(at: offset) } else { try handler.startArray(at: offset) }
      return true
    } catch { return park(error) }
  }

  override func endContainer(isObject: Bool, at offset: Int) -> Bool {
    do throws(Handler.Failure) {
      if isObject { try handler.endObject(at: offset) } else { try handler.endArray(at: offset) }
      return true
    } catch { return park(error) }
  }

  override func text(
    _ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, isKey: Bool, at range: Range<Int>
  ) -> Bool {
    do throws(Handler.Failure) {
      if isKey {
        try handler.key(value, raw: raw, loneSurrogate: loneSurrogate, at: range)
      } else {
        try handler.string(value, raw: raw, loneSurrogate: loneSurrogate, at: range)
      }
      return true
    } catch { return park(error) }
  }

  override func number(_ raw: Span<UInt8>, at range: Range<Int>) -> Bool {
    do throws(Handler.Failure) {
      try handler.number(raw, at: range)
      return true
    } catch { return park(error) }
  }

  override func boolean(_ value: Bool, at range: Range<Int>) -> Bool {
    do throws(Handler.Failure) {
      try handler.boolean(value, at: range)
      return true
    } catch { return park(error) }
  }

  override func null(at range: Range<Int>) -> Bool {
    do throws(Handler.Failure) {
      try handler.null(at: range)
      return true
    } catch { return park(error) }
  }

  override func oversized(isString: Bool, isKey: Bool, at range: Range<Int>) -> Bool {
    do throws(Handler.Failure) {
      if isString {
        try handler.oversizedString(isKey: isKey, at: range)
      } else {
        try handler.oversizedNumber(at: range)
      }
      return true
    } catch { return park(error) }
  }

  private func park(_ error: Handler.Failure) -> Bool {
    failure = error
    return false
  }
}
