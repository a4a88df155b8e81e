// The lines of what a giant's envelope has that the run warns of. They must be counted while the bytes are there,
// and for containers before it is known that there is anything to say of them.

internal import Sharding

/// Where the warnings of a giant are: their lines must be counted while the bytes are there.
struct WarningPlaces {
  let lines: LineFinder
  private var known: [Int: (line: Int, column: Int)] = [:]
  /// The line of the place that was looked up last, and that place.
  private var last: (anchor: LineAnchor, offset: Int)?

  init(_ lines: LineFinder) { self.lines = lines }

  /// Notes the lines of new warnings, and of containers that may turn out to be some.
  mutating func note(_ reader: AssetReader, in block: GiantBlock) {
    let offsets = reader.warningCounts.values.map(\.first) + reader.starts
    let held = block.segment.offset..<block.segment.offset + block.segment.range.count
    for offset in offsets where offset < held.upperBound && known[offset] == nil {
      // A scalar that began in a block before is on the line where this one begins: none has a line end.
      let anchor = anchor(of: max(offset, held.lowerBound), in: block)
      guard anchor.start <= offset else { continue }
      known[offset] = (line: anchor.line, column: offset - anchor.start + 1)
    }
    if known.count <= offsets.count { return }
    // Of most containers nothing is ever said.
    known = known.filter { offsets.contains($0.key) }
  }

  /// The line of a place, counted from that of the last: a block may have many.
  private mutating func anchor(of offset: Int, in block: GiantBlock) -> LineAnchor {
    var extent = Extent(from: block.segment.offset)
    extent.append(block.segment)
    var element = Element(extent: extent, line: block.line)
    if let last, last.offset >= block.segment.block.offset, last.offset <= offset {
      element.line = last.anchor
      element.lineOffset = last.offset
    }
    let anchor = lines.anchor(at: offset, in: element)
    last = (anchor, offset)
    return anchor
  }

  /// The places of the first warning of each code.
  func known(of warningCounts: WarningCounts) -> WarningLines {
    warningCounts.compactMapValues { known[$0.first] }
  }
}
