// From "this is no JSON" to the byte, line and column where it stops being JSON.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Finds the first byte after which no valid document is possible.
struct FaultFinder {
  let maxDepth: Int
  let lines: LineFinder

  /// Replays an element that yajl has refused through the exact grammar.
  func find(in element: Element) -> ElementFault {
    let extent = element.extent
    var grammar = JSONGrammar(maxDepth: maxDepth, startingAt: extent.start)
    var fault: JSONFault?
    extent.forEachRun(in: extent.start..<extent.end) { bytes, _ in
      if fault == nil { fault = grammar.consume(bytes) }
    }
    if let fault = fault ?? grammar.finish() {
      return ElementFault(fault, line: lines.anchor(at: fault.offset, in: element))
    }
    // The two judges differ, which tests rule out: yajl's word stands, without an exact place.
    let line = lines.anchor(at: extent.start, in: element)
    return ElementFault(
      offset: extent.start, line: line.line, column: extent.start - line.start + 1, code: "rejected",
      message: "the parser refuses this asset")
  }
}

/// Counts lines and columns, both from 1, columns in bytes.
struct LineFinder: Sendable {
  let kernel: ScanKernel

  /// The line and column of the byte at `offset` of the input, which lies in the element or right behind it.
  func position(of offset: Int, in element: Element) -> (line: Int, column: Int) {
    let anchor = anchor(at: offset, in: element)
    return (anchor.line, offset - anchor.start + 1)
  }

  /// The line that the byte at `offset` is in.
  func anchor(at offset: Int, in element: Element) -> LineAnchor {
    var anchor = element.line
    for segment in element.extent.segments where segment.block.offset < offset {
      let lower = max(0, (element.lineOffset ?? 0) - segment.block.offset)
      let upper = min(offset - segment.block.offset, segment.block.count)
      if lower >= upper { continue }
      segment.block.withBytes(lower..<upper) { bytes in
        anchor = advance(anchor, over: bytes, at: segment.block.offset + lower)
      }
    }
    return anchor
  }

  /// The line that starts last in `bytes`.
  func advance(_ anchor: LineAnchor, over bytes: Span<UInt8>, at offset: Int) -> LineAnchor {
    let newlines = kernel.countNewlines(in: bytes)
    if newlines == 0 { return anchor }
    var last = bytes.count - 1
    while bytes[last] != UInt8(ascii: "\n") { last -= 1 }
    return LineAnchor(line: anchor.line + newlines, start: offset + last + 1)
  }
}
