// Blocks are scanned by any worker in any order, without knowing whether they start inside a string or how
// deep. Put in order again, the truth of one block's start follows from the block before it by a few
// additions: no single thread touches every byte.

public import ByteScan

/// A line of the input, to count on from: `line` is counted from 1, `start` is the offset of its first byte.
public struct LineAnchor: Sendable, Hashable {
  /// The number of the line, from 1.
  public var line: Int
  /// The offset of the line's first byte in the input.
  public var start: Int

  /// Names line `line`, whose first byte is at `start`.
  public init(line: Int = 1, start: Int = 0) {
    self.line = line
    self.start = start
  }
}

/// What is true where a block starts.
public struct BlockStart: Sendable {
  /// In a string or not, escaped or not, and how many containers are open.
  public var state: ScanState
  /// The line the block starts in.
  public var line: LineAnchor
  /// How the element stands that the block starts in or near: told by the outermost container that is open.
  public var framing: Framing

  /// States what is true at a start.
  public init(state: ScanState, line: LineAnchor, framing: Framing = .sequence) {
    self.state = state
    self.line = line
    self.framing = framing
  }

  /// States what is true between two elements.
  public init(in gap: Gap, line: LineAnchor) {
    self.init(state: ScanState(depth: gap.framing.baseDepth), line: line, framing: gap.framing)
  }
}

/// Carries the true state from block to block.
public struct Stitcher: Sendable {
  /// What is true where the next block starts.
  public private(set) var next: BlockStart

  /// Starts where `start` is true.
  public init(at start: BlockStart) {
    next = start
  }

  /// Moves on over one block.
  ///
  /// - Parameters:
  ///   - summary: What the block does to the state; its scan must have assumed `next.state.escaped`.
  ///   - offset: Where the block starts in the input.
  ///   - outermost: Asked for the last bracket that opens a container where none is open, and only if there is one
  ///     in the block whose container is open at its end.
  /// - Returns: What is true where the block starts.
  public mutating func append(
    _ summary: BlockSummary, at offset: Int, outermost: () -> UInt8?
  ) -> BlockStart {
    let start = next
    let outcome = summary.outcome(startsInString: start.state.inString)
    next.state.inString = outcome.endsInString
    next.state.escaped = summary.endsEscaped
    next.state.depth += outcome.depthChange
    if next.state.depth <= 0 {
      next.framing = .sequence
    } else if start.state.depth + outcome.lowestDepth <= 0 {
      next.framing = outermost() == UInt8(ascii: "[") ? .array : .sequence
    }
    if summary.lastNewline >= 0 {
      next.line.line += summary.newlines
      next.line.start = offset + summary.lastNewline + 1
    }
    return start
  }
}
