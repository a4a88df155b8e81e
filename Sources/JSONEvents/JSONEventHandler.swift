// What a push parser tells its handler. Spans are plain parameters: they live only for the call, and the
// compiler sees to it that a handler keeps none of them.

/// Receives the events of a `JSONPushParser` in the order of the input.
///
/// All offsets are absolute, in the terms of the offsets that were given to `feed`. An event does not depend
/// on how the input was cut into chunks. A handler does not throw: nobody ends a parse early, and an error type
/// of the handler's own made each event go through generic code that looks the type up.
public protocol JSONEventHandler: AnyObject {
  /// An object begins; `offset` is that of its `{`.
  func startObject(at offset: Int)

  /// An object ends; `offset` is that of its `}`.
  func endObject(at offset: Int)

  /// An array begins; `offset` is that of its `[`.
  func startArray(at offset: Int)

  /// An array ends; `offset` is that of its `]`.
  func endArray(at offset: Int)

  /// The key of an object's member.
  ///
  /// - Parameters:
  ///   - value: The key in UTF-8, escapes resolved.
  ///   - raw: The token as it stands in the input, quotes included.
  ///   - loneSurrogate: Whether an escape named half a surrogate pair; `value` has U+FFFD in its place.
  ///   - range: Where `raw` stands.
  func key(
    _ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>
  )

  /// A string that is a value; the parameters are those of `key`.
  func string(
    _ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>
  )

  /// A number, as it is written.
  func number(_ raw: Span<UInt8>, at range: Range<Int>)

  /// `true` or `false`.
  func boolean(_ value: Bool, at range: Range<Int>)

  /// `null`.
  func null(at range: Range<Int>)

  /// A valid key (`isKey`) or string longer than `JSONLimits.tokenLength`, whose text is not kept.
  func oversizedString(isKey: Bool, at range: Range<Int>)

  /// A valid number longer than `JSONLimits.tokenLength`, whose text is not kept.
  func oversizedNumber(at range: Range<Int>)
}

/// The limits that all parsers of this module share.
public enum JSONLimits {
  /// The greatest raw length, quotes included, of a token that is handed on as text: 1 MiB.
  public static let tokenLength = 1 << 20

  /// The depth that is allowed unless another is asked for; the outermost container has depth 1.
  public static let depth = 512
}
