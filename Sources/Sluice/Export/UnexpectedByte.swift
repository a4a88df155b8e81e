// A byte between the elements that cannot stand there.

internal import Sharding

/// A byte that cannot stand where it stands.
struct UnexpectedByte: Sendable {
  /// Where it is.
  var offset: Int
  /// nil for the end of the input.
  var byte: UInt8?
  /// What may stand there.
  var gap: Gap
  /// The line it is in.
  var line: LineAnchor
}

extension UnexpectedByte {
  /// What is wrong with an input that ends in `gap`, if anything is: it may not end there, or has begun what turned
  /// out to be no byte order mark.
  init?(endOfInput offset: Int, _ gap: Gap, _ line: LineAnchor) {
    if gap.mayEnd { return nil }
    if gap.markBytes > 0 {
      self.init(offset: offset - gap.markBytes, byte: Gap.markStart, gap: .sequence, line: line)
    } else {
      self.init(offset: offset, byte: nil, gap: gap, line: line)
    }
  }
}
