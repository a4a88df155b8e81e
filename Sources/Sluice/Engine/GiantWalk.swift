// An element too big to be held. Its skeleton is read as its blocks go by; its row is made later, from the
// same bytes read again: from the file, or for a pipe from the spool they were written to on the way.

internal import JSONEvents
internal import Sharding
internal import Storage

/// What is known of an element that was not held.
struct GiantOutcome: Sendable {
  var range: Range<Int>
  /// The line in which it starts.
  var line: LineAnchor
  /// nil if its skeleton is no JSON.
  var facts: AssetFacts?
  var decision = Decision()
  var bytes: RereadableBytes
}

/// Bytes of an input that can be read again, at offsets of the input.
struct RereadableBytes: Sendable {
  var source: any RandomAccessSource
  /// The input's offset of the source's first byte.
  var base: Int

  /// Reads up to the pool's block size, from `offset` of the input and below `end`.
  func block(at offset: Int, below end: Int, from pool: BlockPool) throws -> Block {
    let wanted = min(pool.blockSize, end - offset)
    return try unsafe Block(from: pool, offset: offset) { buffer in
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
      let count = try unsafe source.read(into: part, at: offset - base)
      guard count == wanted else { throw InputChanged() }
      return count
    }
  }
}

/// The input has become shorter while it was read.
struct InputChanged: Error {}

/// Reads the skeleton of one such element.
final class GiantWalk: @unchecked Sendable {
  // Proof of @unchecked: only the worker that holds the merge step touches it, and that step is handed on
  // under the engine's lock.
  let start: Int
  let line: LineAnchor
  private let context: MergeContext
  private let reader: AssetReader
  private var walker: SkeletonWalker
  private let spool: SpoolFile?
  private var isBroken = false
  private var failure: (any Error)?
  private var end: Int

  /// Takes over an element of which some blocks are held.
  init(_ element: Element, _ context: MergeContext) {
    self.context = context
    start = element.extent.start
    end = start
    line = context.lines.anchor(at: element.extent.start, in: element)
    reader = AssetReader(context.plan.needs)
    walker = SkeletonWalker(reader: reader, kernel: context.plan.kernel, maxDepth: context.plan.maxDepth)
    do {
      spool = try context.source.makeSpool()
    } catch {
      spool = nil
      failure = error
    }
    for segment in element.extent.segments { consume(segment) }
  }

  /// Takes in the bytes that follow.
  func consume(_ segment: Segment) {
    end = segment.offset + segment.range.count
    segment.block.withBytes(segment.range) { bytes in
      if !isBroken {
        do { try walker.consume(bytes, at: segment.offset) } catch { isBroken = true }
      }
      if failure == nil {
        do { try spool?.append(bytes) } catch { failure = error }
      }
    }
  }

  /// Ends the element.
  func finish() throws -> GiantOutcome {
    if let failure { throw failure }
    let facts = isBroken ? nil : walker.finish()
    // A source without a spool can be read again where it is.
    guard let bytes = spool.map({ RereadableBytes(source: $0, base: start) }) ?? context.source.rereadable()
    else { throw InputChanged() }
    var outcome = GiantOutcome(range: start..<end, line: line, facts: facts, bytes: bytes)
    if let facts, !facts.isIssue { outcome.decision = context.plan.selector.decide(facts) }
    return outcome
  }
}
