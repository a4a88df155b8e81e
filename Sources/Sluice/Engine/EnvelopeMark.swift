// Where the exact grammar can start to look for a fault in a giant's envelope: it is far slower than yajl, and need
// not read again what yajl has called JSON. Behind an opening bracket all that matters of what stands before are
// the containers that are open.

internal import JSONEvents
internal import Sharding

/// A place in a giant before which all is JSON.
struct EnvelopeMark: Sendable {
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

/// Follows the brackets of an envelope as yajl is given them.
struct EnvelopeTracker: Sendable {
  /// The brackets that were open when the last was opened.
  private var brackets: [UInt8] = []
  private var depth = 0
  private var markDepth = 0
  private var last: EnvelopeMark
  private let start: EnvelopeMark
  /// A line of the block at hand, and where in it that block or the giant starts.
  private var line: LineAnchor
  private var lineOffset: Int

  /// Starts at the first byte of an element, which is in `line`.
  init(startingAt offset: Int, line: LineAnchor) {
    start = EnvelopeMark(offset: offset, line: line, lineOffset: offset)
    last = start
    self.line = line
    lineOffset = offset
  }

  /// The last place that a fault can be looked for from.
  var mark: EnvelopeMark {
    var mark = last
    mark.open = Array(brackets[..<markDepth])
    return mark
  }

  /// Goes on in `block`.
  mutating func begin(_ block: GiantBlock) {
    // What stands before the giant in its first block cannot be read again from a spool file.
    let isFirst = block.segment.block.offset < start.offset
    line = isFirst ? start.line : block.line
    lineOffset = isFirst ? start.offset : block.segment.block.offset
  }

  /// Notes an opening bracket before `offset`.
  mutating func open(_ bracket: UInt8, before offset: Int) {
    brackets.removeSubrange(depth...)
    brackets.append(bracket)
    depth += 1
    setMark(at: offset, isBehindElement: false)
  }

  /// Notes that the innermost container is closed.
  mutating func close() { depth = max(0, depth - 1) }

  /// Notes that a list which others read ends at `offset`.
  mutating func endList(at offset: Int) { setMark(at: offset, isBehindElement: true) }

  private mutating func setMark(at offset: Int, isBehindElement: Bool) {
    markDepth = depth
    last.offset = offset
    last.isBehindElement = isBehindElement
    (last.line, last.lineOffset) = (line, lineOffset)
  }
}
