// Where a block's depth goes, stretch by stretch. Each byte is scanned once, for the block's summary; whoever
// looks for the end of a container later finds the stretch that it is in here and scans that one alone.

/// What is true where each stretch of a block starts, and how low the depth goes in it.
public struct ScanMap: Sendable {
  /// Where the block starts in the input.
  public let offset: Int
  /// The length of a stretch, in bytes.
  public let stride: Int
  private let stretches: [Stretch]

  private struct Stretch {
    /// What is true where it starts.
    var start: ScanState
    /// How many containers are open where the fewest are, its start included.
    var lowestDepth: Int
  }

  /// The length of the stretches of a block: a walk over a container scans a whole one of them on average, and
  /// takes a step for each in between.
  public static func stride(ofBlocks size: Int) -> Int { min(max(size / 256, 16), 4096) }

  /// Lays out a block.
  ///
  /// - Parameters:
  ///   - summaries: Those of its stretches, in order.
  ///   - stride: The length of each but the last, which may be shorter.
  ///   - start: What is true where the block starts.
  ///   - offset: Where it starts in the input.
  /// - Complexity: Linear in the number of stretches.
  public init(_ summaries: [BlockSummary], stride: Int, from start: ScanState, at offset: Int) {
    self.offset = offset
    self.stride = stride
    var state = start
    stretches = summaries.map { summary in
      let outcome = summary.outcome(startsInString: state.inString)
      let stretch = Stretch(start: state, lowestDepth: state.depth + outcome.lowestDepth)
      summary.advance(&state)
      return stretch
    }
  }

  /// How many stretches there are.
  var count: Int { stretches.count }

  /// What is true where a stretch starts.
  func start(of stretch: Int) -> ScanState { stretches[stretch].start }

  /// The last stretch in which the depth comes down to `target`, or starts there.
  func last(reaching target: Int) -> Int? { stretches.lastIndex { $0.lowestDepth <= target } }

  /// The first of some stretches in which the depth comes down to `target`.
  func first(of range: Range<Int>, reaching target: Int) -> Int? {
    stretches[range].firstIndex { $0.lowestDepth <= target }
  }
}

extension ScanKernel {
  /// Moves on as the other `skip` does, with a map of the block the bytes are in: only the stretches at either
  /// end are scanned.
  ///
  /// - Parameters:
  ///   - target: The depth to come down to.
  ///   - bytes: What is scanned, some of the bytes of the map's block.
  ///   - offset: Where the scan begins, from the first of the bytes.
  ///   - state: The state at `offset`; its depth may be counted from elsewhere than the map's. Becomes that after
  ///     the bracket, or that at the end.
  ///   - map: The map, if there is one.
  ///   - place: Where the first of the bytes stands in the input.
  /// - Returns: The offset of the bracket, or nil when the bytes end first.
  /// - Complexity: One pass over two stretches, and a step for each in between.
  public func skip(
    toDepth target: Int, in bytes: Span<UInt8>, from offset: Int, state: inout ScanState, along map: ScanMap?,
    at place: Int
  ) -> Int? {
    guard let map, bytes.count - offset > 2 * map.stride else {
      return skip(toDepth: target, in: bytes, from: offset, state: &state)
    }
    let stride = map.stride
    // Where the bytes start in the block.
    let base = place - map.offset
    var stretch = (base + offset + stride - 1) / stride
    let last = (base + bytes.count - 1) / stride
    precondition(base >= 0 && last < map.count, "the bytes are some of the map's block")
    let head = bytes.extracting(..<(stretch * stride - base))
    if let close = skip(toDepth: target, in: head, from: offset, state: &state) { return close }
    let shift = state.depth - map.start(of: stretch).depth
    while true {
      // The last one is scanned in any case, for the state at the end.
      stretch = map.first(of: stretch..<last, reaching: target - shift) ?? last
      state = map.start(of: stretch)
      state.depth += shift
      let start = stretch * stride - base
      let end = min(start + stride, bytes.count)
      let close = skip(toDepth: target, in: bytes.extracting(..<end), from: start, state: &state)
      if close != nil || stretch == last { return close }
      stretch += 1
    }
  }
}

extension ScanKernel {
  /// The last bracket of a block that opens a container where none is open.
  ///
  /// - Parameters:
  ///   - bytes: The block.
  ///   - map: The block's map, whose depths are counted from where no container is open.
  /// - Returns: The bracket, or nil if there is none.
  /// - Complexity: One pass over one stretch.
  public func lastOutermost(in bytes: Span<UInt8>, along map: ScanMap) -> UInt8? {
    // What opens the container that is open at the end is behind the last place where none is.
    guard let stretch = map.last(reaching: 0) else { return nil }
    var state = map.start(of: stretch)
    var index = stretch * map.stride
    let reach = bytes.extracting(..<min(index + map.stride, bytes.count))
    var last: UInt8?
    while let bracket = nextBracket(in: reach, from: index, state: &state) {
      let byte = bytes[bracket]
      if state.depth == 1, byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { last = byte }
      index = bracket + 1
    }
    return last
  }
}
