// An element of the input in memory.

internal import Sharding

/// An element of the input in memory.
struct Element: Sendable {
  var extent: Extent
  /// How it stands.
  var framing = Framing.sequence
  /// The line in which the first block of the extent starts, or the byte at `lineOffset`.
  var line: LineAnchor
  /// A place between the start of the first block and that of the element.
  var lineOffset: Int?
}
