// Reading byte by byte.

internal import Sharding

/// Hands out the bytes of an input from front to back.
protocol ByteCursor {
  /// Where the next byte stands in the input.
  var offset: Int { get }
  /// The next byte, without taking it; nil at the end.
  mutating func peek() throws -> UInt8?
  /// Moves over bytes as long as `isPlain` holds, as far as the block goes.
  mutating func skip(while isPlain: (UInt8) -> Bool) throws
  /// Moves behind the next byte.
  mutating func advance()
  /// Gives `body` the bytes of the block at hand, and moves over as many as it says; false at the end.
  mutating func scan(_ body: (Span<UInt8>) -> Int) throws -> Bool
  /// Moves to an offset, or to the end if that comes first.
  mutating func skip(to offset: Int) throws
}
