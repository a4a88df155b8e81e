// Why a parse ended early. A parser's verdict is fast but its position is rough: who needs the exact byte
// replays the value's bytes through `JSONGrammar`.

/// The input is not JSON, or is nested too deep.
public struct JSONRejection: Error, Hashable, Sendable {
  /// About where parsing stopped, at most the rejected chunk's end; `JSONGrammar` tells the exact byte.
  public let offset: Int
  /// Which of the judges said no, in a few words for a log.
  public let reason: String
}

extension JSONRejection: CustomStringConvertible {
  /// One line for people.
  public var description: String { "not valid JSON near byte \(offset): \(reason)" }
}
