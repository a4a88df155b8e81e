// What a stretch of bytes does to the state of a scan, worked out before it is known in which
// state the stretch begins. That is what lets workers scan blocks in any order: whether a
// block starts inside a string depends on every byte before it, but there are only two
// possible answers, so each block is scanned for both, and a serial pass over the summaries
// picks the true one. Whether the first byte is escaped is known at once, from the few
// backslashes before it.

internal import CByteScan

/// What a block does to the state of a scan, for both possible starts.
public struct BlockSummary: Sendable, Hashable {
  /// What a block does when it starts in one of the two ways.
  public struct Outcome: Sendable, Hashable {
    /// The depth after the block less the depth before it.
    public var depthChange: Int
    /// The least depth after any prefix of the block, relative to its start.
    ///
    /// Never above 0, since the empty prefix counts.
    public var lowestDepth: Int
    /// Whether the byte behind the block is inside a string.
    public var endsInString: Bool

    /// Makes an outcome.
    public init(depthChange: Int, lowestDepth: Int, endsInString: Bool) {
      self.depthChange = depthChange
      self.lowestDepth = lowestDepth
      self.endsInString = endsInString
    }

    init(_ outcome: cbytescan_outcome) {
      depthChange = Int(outcome.depth_change)
      lowestDepth = Int(outcome.lowest_depth)
      endsInString = outcome.ends_in_string
    }
  }

  /// What the block does if it starts outside a string.
  public var outside: Outcome
  /// What the block does if it starts inside a string.
  public var inside: Outcome
  /// Whether the byte behind the block is escaped, whichever start is true.
  public var endsEscaped: Bool
  /// How many bytes 0A there are, inside strings or not.
  public var newlines: Int
  /// The offset of the last byte 0A, or -1.
  public var lastNewline: Int

  /// Makes a summary.
  public init(outside: Outcome, inside: Outcome, endsEscaped: Bool, newlines: Int, lastNewline: Int) {
    self.outside = outside
    self.inside = inside
    self.endsEscaped = endsEscaped
    self.newlines = newlines
    self.lastNewline = lastNewline
  }

  init(_ summary: cbytescan_summary) {
    outside = Outcome(summary.outside)
    inside = Outcome(summary.inside)
    endsEscaped = summary.ends_escaped
    newlines = Int(summary.newlines)
    lastNewline = Int(summary.last_newline)
  }

  /// The outcome for the start that turned out to be true.
  public func outcome(startsInString: Bool) -> Outcome {
    startsInString ? inside : outside
  }

  /// Moves a state past the block.
  ///
  /// - Precondition: The block was summarized with `startsEscaped` as in `state`.
  public func advance(_ state: inout ScanState) {
    let outcome = outcome(startsInString: state.inString)
    state.inString = outcome.endsInString
    state.escaped = endsEscaped
    state.depth += outcome.depthChange
  }

  /// Combines the summaries of stretches.
  ///
  /// - Parameters:
  ///   - summaries: Those of stretches that follow one another, at least one.
  ///   - stride: The length of each but the last.
  /// - Returns: What summarizing all as one block would give.
  public static func joined(_ summaries: [BlockSummary], stride: Int) -> BlockSummary {
    var joined = summaries[0]
    for index in 1..<summaries.count {
      joined = .joined(joined, summaries[index], firstLength: index * stride)
    }
    return joined
  }

  /// Combines the summaries of two neighbours.
  ///
  /// - Parameters:
  ///   - first: The summary of the earlier block.
  ///   - second: The summary of the block behind it, made with `startsEscaped` as `first` ends.
  ///   - firstLength: How many bytes the earlier block has.
  /// - Returns: What summarizing both as one block would give.
  public static func joined(
    _ first: BlockSummary, _ second: BlockSummary, firstLength: Int
  ) -> BlockSummary {
    func chain(_ start: Outcome) -> Outcome {
      let next = second.outcome(startsInString: start.endsInString)
      return Outcome(
        depthChange: start.depthChange + next.depthChange,
        lowestDepth: min(start.lowestDepth, start.depthChange + next.lowestDepth),
        endsInString: next.endsInString)
    }
    return BlockSummary(
      outside: chain(first.outside),
      inside: chain(first.inside),
      endsEscaped: second.endsEscaped,
      newlines: first.newlines + second.newlines,
      lastNewline: second.lastNewline < 0 ? first.lastNewline : firstLength + second.lastNewline)
  }
}
