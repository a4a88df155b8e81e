// What the walk through a giant is given: a block, and what the worker that framed it has seen of it.

internal import ByteScan
internal import Sharding

/// The bytes of a giant that lie in one block.
struct GiantBlock: Sendable {
  var segment: Segment
  /// The line in which the block starts.
  var line: LineAnchor
  /// nil where the giant does not fill the block.
  var lowest: Lowest?

  /// What is known of a block that an element fills.
  struct Lowest: Sendable {
    /// How many containers are open where the fewest are.
    var depth: Int
    /// The first comma that stands there.
    var comma: Int?
    /// What is true where the next block starts.
    var end: ScanState
  }
}

extension GiantBlock {
  /// The part of a framed block that is the giant's.
  init(_ segment: Segment, of framed: FramedBlock) {
    self.segment = segment
    line = framed.block.start.line
    lowest = framed.frames.cut.map {
      Lowest(depth: framed.block.lowestDepth, comma: $0.comma, end: framed.block.end.state)
    }
  }
}
