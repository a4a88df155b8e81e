// Where the exact grammar can start to look for a fault in a giant's frame: it is far slower than yajl, and need
// not read again what yajl has called JSON. Behind an opening bracket all that matters of what stands before are
// the containers that are open.

internal import JSONEvents
internal import Sharding

/// A place in a giant before which all is JSON.
struct FrameMark: Sendable {
  var offset: Int
  /// The opening brackets of the containers that are open there, the outermost first.
  var open: [UInt8] = []
  /// Whether elements of the innermost stand before it.
  var isBehindElement = false
  /// A line, and a place in it that is not behind the mark.
  var line: LineAnchor
  var lineOffset: Int

  /// What stands before it for a parser that starts here.
  var opening: [UInt8] {
    guard let last = open.last else { return [] }
    let outer = open.dropLast().flatMap { $0 == UInt8(ascii: "{") ? Array("{\"\":".utf8) : [$0] }
    return outer + [last] + (isBehindElement ? [UInt8(ascii: "0")] : [])
  }
}

/// Follows the brackets of a frame as yajl is given them.
struct FrameTracker: Sendable {
  /// The brackets that were open when the last was opened.
  private var brackets: [UInt8] = []
  private var depth = 0
  private var markDepth = 0
  private var last: FrameMark
  private let start: FrameMark

  /// Starts at the first byte of an element, which is in `line`.
  init(startingAt offset: Int, line: LineAnchor) {
    start = FrameMark(offset: offset, line: line, lineOffset: offset)
    last = start
  }

  /// The last place that a fault can be looked for from.
  var mark: FrameMark {
    var mark = last
    mark.open = Array(brackets[..<markDepth])
    return mark
  }

  /// Takes in that yajl has been given an opening bracket, in front of `offset`.
  mutating func open(_ bracket: UInt8, before offset: Int, in block: GiantBlock) {
    brackets.removeSubrange(depth...)
    brackets.append(bracket)
    depth += 1
    setMark(at: offset, in: block, isBehindElement: false)
  }

  /// Takes in that the innermost container is closed.
  mutating func close() { depth = max(0, depth - 1) }

  /// Takes in that a list which others read ends at `offset`.
  mutating func endList(at offset: Int, in block: GiantBlock) {
    setMark(at: offset, in: block, isBehindElement: true)
  }

  private mutating func setMark(at offset: Int, in block: GiantBlock, isBehindElement: Bool) {
    markDepth = depth
    last.offset = offset
    last.isBehindElement = isBehindElement
    // What stands before the giant in its first block cannot be read again from a spool file.
    let isFirst = block.segment.block.offset < start.offset
    last.line = isFirst ? start.line : block.line
    last.lineOffset = isFirst ? start.offset : block.segment.block.offset
  }
}
