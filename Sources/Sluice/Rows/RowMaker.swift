// From an asset's bytes to its row: the same bytes less insignificant white space and less what the options
// leave out. Nothing is ever written that has not been judged to be JSON.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// The ranges that do not go into a row, in order and apart from each other.
struct CutList: Sendable {
  private(set) var ranges: [Range<Int>] = []

  /// Takes the cuts that hold for the asset and joins those that overlap.
  init(_ cuts: [Cut], isLegacy: Bool) {
    let valid = cuts.filter { !$0.isLegacy || isLegacy }.map(\.range)
    for range in valid.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = ranges.last, range.lowerBound <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  /// Whether the byte at `offset` is left out.
  func contains(_ offset: Int) -> Bool {
    let index = ranges.partitionIndex { $0.upperBound > offset }
    return index < ranges.count && ranges[index].contains(offset)
  }

  /// Visits the parts of `range` that are not cut, in order.
  func forEachKept<Failure: Error>(
    in range: Range<Int>, _ body: (Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    var lower = range.lowerBound
    for cut in ranges[ranges.partitionIndex { $0.upperBound > range.lowerBound }...] {
      if cut.lowerBound >= range.upperBound { break }
      if lower < cut.lowerBound { try body(lower..<cut.lowerBound) }
      lower = max(lower, min(cut.upperBound, range.upperBound))
    }
    if lower < range.upperBound { try body(lower..<range.upperBound) }
  }
}

/// Finds where a URL's query starts.
struct QueryFinder {
  private var position = 0
  private var escape: [UInt8] = []
  private(set) var found: Int?

  /// Reads the next bytes of a string token.
  mutating func consume(_ bytes: Span<UInt8>, at offset: Int) {
    guard found == nil else { return }
    for index in 0..<bytes.count {
      let byte = bytes[index]
      if !escape.isEmpty {
        escape.append(byte)
        let isUnicode = escape[1] == UInt8(ascii: "u")
        if isUnicode && escape.count < 6 { continue }
        if isUnicode, escape[2...].elementsEqual("003f".utf8, by: { $0 | 0x20 == $1 | 0x20 }) {
          found = offset + index - 5
          return
        }
        escape.removeAll(keepingCapacity: true)
      } else if byte == UInt8(ascii: "\\") {
        escape.append(byte)
      } else if byte == UInt8(ascii: "?") {
        found = offset + index
        return
      }
    }
  }
}

/// Where a URL's query starts.
enum URLQuery {
  /// The offset of the first `?`, written as such or escaped, in the string token at `token` of the input.
  static func start(in extent: Extent, _ token: Range<Int>) -> Int? {
    var finder = QueryFinder()
    extent.forEachRun(in: token) { bytes, offset in finder.consume(bytes, at: offset) }
    return finder.found
  }
}

extension AssetFacts {
  /// What does not go into the asset's row.
  ///
  /// - Parameter queryStart: Finds where the query in a URL's string token starts.
  /// - Returns: The ranges to leave out.
  func cutList(_ queryStart: (Range<Int>) -> Int?) -> CutList {
    let queries = urls.filter { !$0.isLegacy || isLegacy }.compactMap { url in
      queryStart(url.range).map { Cut(range: $0..<url.range.upperBound - 1, isLegacy: false) }
    }
    return CutList(cuts + queries, isLegacy: isLegacy)
  }
}
