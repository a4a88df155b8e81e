// A record that stands by itself and is never closed would go on to the end of the input, and the next such
// record again. But in NDJSON a line that starts with "{" inside a record is almost always the next record (or
// with "[", the next array of them), and never in doubt for long: what stands before it either is JSON so far
// or is not.
//
//     {"a":[1            never closed
//     {"externalId":…    so this line is inside it, and the grammar says no at its first byte
//
// So where malformed elements are left out, such a line has the element it is in looked at by the exact
// grammar at once, wherever blocks end. An element that such a line is in is always validated in full, so
// that what becomes of it never depends on how far it was looked at.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Finds lines that start with `{` or `[` but for a byte order mark, in bytes that come in runs.
struct RecordLines: Sendable {
  private let kernel: ScanKernel
  private var start = LineStart()

  init(kernel: ScanKernel) { self.kernel = kernel }

  /// The last such line in a run that follows the one before; where there are no lines, at scan speed.
  mutating func last(in bytes: Span<UInt8>) -> Int? {
    if !start.isHere, kernel.countNewlines(in: bytes) == 0 { return nil }
    var last: Int?
    while let next = next(in: bytes, from: last.map { $0 + 1 } ?? 0) { last = next }
    return last
  }

  /// The first such line.
  ///
  /// - Parameters:
  ///   - bytes: A run that follows the one before.
  ///   - index: Where to start in it.
  /// - Returns: The index of the bracket; nil if there is none in this run.
  mutating func next(in bytes: Span<UInt8>, from index: Int) -> Int? {
    var index = index
    while index < bytes.count {
      if start.starts(bytes[index]) { return index }
      index += 1
    }
    return nil
  }
}

/// Knows where a line starts, byte by byte.
struct LineStart: Sendable {
  /// Whether the next byte is the first of its line, but for a byte order mark.
  private(set) var isHere = false

  /// Reads the next byte.
  ///
  /// - Returns: Whether it starts a line as a record, or an array of them, does.
  mutating func starts(_ byte: UInt8) -> Bool {
    let wasHere = isHere
    switch byte {
    case UInt8(ascii: "\n"): isHere = true
    case 0xEF, 0xBB, 0xBF: break
    default: isHere = false
    }
    return wasHere && (byte == UInt8(ascii: "{") || byte == UInt8(ascii: "["))
  }
}

extension Extent {
  /// Whether a line in it, other than one that it starts, starts with `{` or `[`.
  func holdsRecordLine(_ kernel: ScanKernel) -> Bool {
    var lines = RecordLines(kernel: kernel)
    var found = false
    forEachRun(in: start..<end) { bytes, _ in
      if !found { found = lines.last(in: bytes) != nil }
    }
    return found
  }
}

/// Watches the element that is open where a block ends.
struct LineWatch: Sendable {
  private let maxDepth: Int
  private let kernel: ScanKernel
  private var start = -1
  private var lines: RecordLines
  private var lookedTo = 0
  private var grammar: JSONGrammar
  private var judgedTo = 0

  init(maxDepth: Int, kernel: ScanKernel) {
    self.maxDepth = maxDepth
    self.kernel = kernel
    lines = RecordLines(kernel: kernel)
    grammar = JSONGrammar(maxDepth: maxDepth)
  }

  /// Looks at what has been added to an element.
  ///
  /// - Parameters:
  ///   - extent: The element as far as it has been read.
  ///   - more: What follows it. It is not appended, for that would copy a long list at each block.
  /// - Returns: What is wrong with it, if that is sure.
  /// - Complexity: Linear in what has been added since the last call, and once in all before the last such line.
  mutating func fault(in extent: Extent, and more: Segment? = nil) -> JSONFault? {
    if extent.start != start {
      self = LineWatch(maxDepth: maxDepth, kernel: kernel)
      start = extent.start
      grammar = JSONGrammar(maxDepth: maxDepth, startingAt: start)
      lookedTo = start
      judgedTo = start
    }
    let end = more.map { $0.offset + $0.range.count } ?? extent.end
    var last: Int?
    Self.forEachRun(in: lookedTo..<end, of: extent, more) { bytes, offset in
      if let line = lines.last(in: bytes) { last = offset + line }
    }
    lookedTo = end
    guard let last else { return nil }
    Self.forEachRun(in: judgedTo..<last + 1, of: extent, more) { bytes, _ in _ = grammar.consume(bytes) }
    judgedTo = last + 1
    return grammar.fault
  }

  private static func forEachRun(
    in range: Range<Int>, of extent: Extent, _ more: Segment?, _ body: (Span<UInt8>, Int) -> Void
  ) {
    let split = min(extent.end, range.upperBound)
    if range.lowerBound < split { extent.forEachRun(in: range.lowerBound..<split, body) }
    let rest = max(extent.end, range.lowerBound)..<max(extent.end, range.upperBound)
    guard let block = more?.block, !rest.isEmpty else { return }
    block.withBytes(rest.lowerBound - block.offset..<rest.upperBound - block.offset) {
      body($0, rest.lowerBound)
    }
  }
}

extension LineWatch {
  /// Has a merger take in a block, unless the element that goes on in it is malformed: then the engine stops
  /// there.
  mutating func merge(
    _ framed: FramedBlock, _ merger: inout Merger, _ context: MergeContext, into result: inout MergeResult
  ) {
    let block = framed.block.block
    let more = framed.frames.headEnd == nil ? Segment(block, 0..<block.count) : nil
    // Before the merger finds it too long to be held.
    if let more, finds(in: merger, more, context, into: &result) { return }
    merger.merge(framed, context, into: &result)
    _ = finds(in: merger, nil, context, into: &result)
  }

  private mutating func finds(
    in merger: Merger, _ more: Segment?, _ context: MergeContext, into result: inout MergeResult
  ) -> Bool {
    guard merger.openFraming == .sequence, var element = merger.open,
      let fault = fault(in: element.extent, and: more)
    else { return false }
    if let more { element.extent.append(more) }
    let line = context.lines.anchor(at: fault.offset, in: element)
    var outcome = AssetOutcome(range: element.extent.start..<element.extent.end, line: element.line)
    outcome.malformed = Malformed(fault: ElementFault(fault, line: line), element: element)
    let batch = AssetBatch(endsAtRow: false)
    batch.append(outcome)
    result.items.append((merger.nextNumber, .assets(batch)))
    result.isLast = true
    return true
  }
}
