// A block of the input on its way through the engine, with what is known of it after each step.

internal import ByteScan
internal import Sharding

/// A block whose start is not known yet.
struct ScannedBlock: Sendable {
  var block: Block
  /// The length of the stretches it was scanned in.
  var stride: Int
  /// What its stretches do to the state.
  var summaries: [BlockSummary]
  var summary: BlockSummary
  private(set) var assumedEscape: Bool
  /// How many backslashes it starts with.
  private let leadingRun: Int

  /// Scans a block.
  init(_ block: Block, stride: Int, assumedEscape: Bool, _ kernel: ScanKernel) {
    self.block = block
    self.stride = stride
    self.assumedEscape = assumedEscape
    summaries = block.withBytes {
      kernel.summaries(of: $0, startsEscaped: assumedEscape, every: stride)
    }
    summary = .joined(summaries, stride: stride)
    leadingRun = block.withBytes { bytes in
      var count = 0
      while count < bytes.count, bytes[count] == UInt8(ascii: "\\") { count += 1 }
      return count
    }
  }

  /// Where its depth goes, from the true state at its start.
  func map(from state: ScanState) -> ScanMap {
    ScanMap(summaries, stride: stride, from: state, at: block.offset)
  }

  /// Corrects what was assumed of the start, where a run of backslashes was too long to look back over.
  ///
  /// That changes nothing behind the run in the block and the byte that follows it, so that it takes no longer than
  /// to scan one stretch: it is done under the engine's lock.
  mutating func assume(escape: Bool, _ kernel: ScanKernel) {
    if escape == assumedEscape { return }
    assumedEscape = escape
    let last = leadingRun / stride
    for stretch in summaries.indices.prefix(last) { summaries[stretch].endsEscaped.toggle() }
    if last < summaries.count {
      // Each backslash of a run escapes the next, or is escaped itself.
      let startsEscaped = escape != (last * stride % 2 == 1)
      summaries[last] = block.withBytes { bytes in
        let end = min(bytes.count, (last + 1) * stride)
        return .joined(
          kernel.summaries(
            of: bytes.extracting(last * stride..<end), startsEscaped: startsEscaped, every: stride),
          stride: stride)
      }
    }
    summary = .joined(summaries, stride: stride)
  }
}

/// A block whose start is known, and which has not been laid out yet.
struct PlacedBlock: Sendable {
  var index: Int
  var scanned: ScannedBlock
  var start: BlockStart
  /// What is true where the next block starts.
  var end: BlockStart

  /// Finds out where its depth goes; not to be done under a lock.
  var stitched: StitchedBlock {
    let outcome = scanned.summary.outcome(startsInString: start.state.inString)
    return StitchedBlock(
      index: index, block: scanned.block, start: start,
      map: scanned.map(from: start.state),
      lowestDepth: start.state.depth + outcome.lowestDepth, end: end)
  }
}

/// A block whose start is known.
struct StitchedBlock: Sendable {
  var index: Int
  var block: Block
  var start: BlockStart
  /// Where its depth goes.
  var map: ScanMap
  /// How many containers are open where the fewest are.
  var lowestDepth: Int
  /// What is true where the next block starts.
  var end: BlockStart
}

/// A block whose elements are known.
struct FramedBlock: Sendable {
  var block: StitchedBlock
  var frames: BlockFrames
  /// What became of those that are whole in it; nil if none is.
  var assets: AssetBatch?
  /// What is to be done once their rows have been delivered.
  var rest: ElementTask.Work?
}
