// What is left out of a giant's row, on its way from the survey that finds it to the pass that writes the row.
// A dataset may have millions of URLs, so beyond some they wait in a spool file.

internal import JSONEvents
internal import Sharding
internal import Storage

/// Cuts in the order of the input, of which only the last are held.
struct CutLog: Sendable {
  fileprivate static let held = 1 << 15
  fileprivate private(set) var recent: [Cut] = []
  fileprivate private(set) var spool: SpoolFile?
  fileprivate private(set) var spooled = 0

  /// Adds cuts that follow; `makeSpool` is asked for a file when there are many.
  mutating func append(_ cuts: [Cut], _ makeSpool: () throws -> SpoolFile) throws {
    recent += cuts
    if recent.count < Self.held { return }
    let spool = try spool ?? makeSpool()
    self.spool = spool
    // A cut is three words without anything to release.
    try unsafe recent.withUnsafeBytes { try unsafe spool.append($0) }
    spooled += recent.count
    recent.removeAll(keepingCapacity: true)
  }
}

/// Reads a log from its start.
private struct CutLogReader: Sendable {
  private let log: CutLog
  /// Cuts that were read ahead, and how many of them have been taken.
  private var ahead: [Cut] = []
  private var taken = 0
  /// How many cuts of the spool file have been read.
  private var read = 0
  private var isAtRecent = false

  init(_ log: CutLog) { self.log = log }

  /// Takes the next cut, if it starts before `end`.
  mutating func next(below end: Int) throws -> Cut? {
    if taken == ahead.count { try load() }
    guard taken < ahead.count, ahead[taken].range.lowerBound < end else { return nil }
    taken += 1
    return ahead[taken - 1]
  }

  private mutating func load() throws {
    taken = 0
    if let spool = log.spool, read < log.spooled {
      let count = min(CutLog.held, log.spooled - read)
      let size = MemoryLayout<Cut>.stride
      // What was written of cuts is read into cuts.
      ahead = try unsafe [Cut](unsafeUninitializedCapacity: count) { cuts, filled in
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: cuts.baseAddress, count: count * size)
        guard try unsafe spool.read(into: bytes, at: read * size) == bytes.count else { throw InputChanged() }
        filled = count
      }
      read += count
    } else {
      ahead = isAtRecent ? [] : log.recent
      isAtRecent = true
    }
  }
}

/// What a survey has found that is left out of a giant's row.
struct GiantCuts: Sendable {
  /// Members that are dropped.
  var members = CutLog()
  /// String tokens whose URL query is to be cut.
  var urls = CutLog()

  /// Adds what a reader has found since it was last asked.
  mutating func append(
    _ found: (members: [Cut], urls: [Cut]), _ makeSpool: () throws -> SpoolFile
  ) throws {
    if !found.members.isEmpty { try members.append(found.members, makeSpool) }
    if !found.urls.isEmpty { try urls.append(found.urls, makeSpool) }
  }
}

/// What is left out of the bytes at hand, as one stretch of a giant follows the other.
struct CutWindow: Sendable {
  private(set) var list = CutList([], isLegacy: false)
  private var members: CutLogReader
  private var urls: CutLogReader
  private let isLegacy: Bool
  private let source: ReadAgain

  /// Starts before a giant whose bytes can be read again from `source`.
  init(_ cuts: GiantCuts, isLegacy: Bool, _ source: ReadAgain) {
    members = CutLogReader(cuts.members)
    urls = CutLogReader(cuts.urls)
    self.isLegacy = isLegacy
    self.source = source
  }

  /// Moves to the bytes that follow.
  mutating func move(to bytes: Span<UInt8>, at offset: Int) throws {
    let end = offset + bytes.count
    var cuts = list.ranges.filter { $0.upperBound > offset }.map { Cut(range: $0, isLegacy: false) }
    while let cut = try members.next(below: end) { cuts.append(cut) }
    while let url = try urls.next(below: end) {
      if url.isLegacy, !isLegacy { continue }
      var finder = QueryFinder()
      if url.range.upperBound <= end, url.range.lowerBound >= offset {
        let token = bytes.extracting(url.range.lowerBound - offset..<url.range.upperBound - offset)
        finder.consume(token, at: url.range.lowerBound)
      } else {
        try source.visit(url.range) { finder.consume($0, at: $1) }
      }
      guard let start = finder.found else { continue }
      cuts.append(Cut(range: start..<url.range.upperBound - 1, isLegacy: false))
    }
    if list.ranges.isEmpty, cuts.isEmpty { return }
    list = CutList(cuts, isLegacy: isLegacy)
  }
}
