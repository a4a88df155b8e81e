// An element too big to be held: what is said of it on the way from the merger, which walks through it, to
// the recorder. Its annotation lists are cut into slices for the workers, so that one giant asset keeps all of
// them as busy as many small ones do; what is left between the lists, a few hundred bytes, is the envelope.
//
//     {"externalId":"v","task":{"stage":"Complete","tools":[ a1,a2,a3 | ,a4,a5 | ,a6 ],"stageHistory":[…]}}
//     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 1          2        3   ^^^^^^^^^^^^^^^^^^^^^^
//     envelope                                               slices                  envelope

internal import Sharding

/// One way through a giant.
struct GiantPass: Sendable {
  var phase: GiantPhase
  /// Where it can be read again, if an earlier pass has seen to that.
  var bytes: RereadableBytes?
}

/// What is delivered of a giant, in the order of its bytes.
enum GiantItem: Sendable {
  case begin(GiantPass, start: Int)
  /// Bytes of its row from between the lists.
  case envelope(RowBytes, end: Int)
  case list(ListOutcome)
  /// A slice whose elements are too big to be held.
  case bigList(ListSlice, RereadableBytes)
  case end(GiantEnd)

  /// Up to where the input has been taken care of.
  var end: Int {
    switch self {
    case .begin(_, let start): start
    case .envelope(_, let end): end
    case .list(let outcome): outcome.range.upperBound
    case .bigList(let slice, _): slice.range.upperBound
    case .end(let end): end.range.upperBound
    }
  }
}

/// What is known of a giant once it has been walked through.
struct GiantEnd: Sendable {
  var range: Range<Int>
  /// How it stands.
  var framing: Framing
  /// The line in which it starts.
  var line: LineAnchor
  /// nil if what was read of it is no JSON.
  var facts: AssetFacts?
  /// Where it stops being JSON, if that is known already.
  var fault: ElementFault?
  /// Where it can be read again, if it can.
  var bytes: RereadableBytes?
  /// Where a fault in its envelope can be looked for from, if every byte was checked.
  var mark: EnvelopeMark
  /// Where the first warning of each code is.
  var warningLines: WarningLines = [:]
  /// What does not go into its row, if this was a survey.
  var cuts = GiantCuts()
  /// Whether a line in it makes it suspect: see `LineWatch`.
  var isSuspect = false

  init(range: Range<Int>, _ framing: Framing, line: LineAnchor) {
    self.range = range
    self.framing = framing
    self.line = line
    mark = EnvelopeMark(offset: range.lowerBound, line: line, lineOffset: range.lowerBound)
  }
}

/// That a giant is to be walked through again.
struct GiantRestart: Sendable {
  var start: Int
  /// How the giant stands.
  var framing: Framing
  var line: LineAnchor
  var pass: GiantPass

  init(_ giant: GiantEnd, _ phase: GiantPhase) {
    start = giant.range.lowerBound
    framing = giant.framing
    line = giant.line
    pass = GiantPass(phase: phase, bytes: giant.bytes)
  }
}

/// Bytes of a row.
enum RowBytes: Sendable {
  case small([UInt8])
  case arena(Row)

  var count: Int {
    switch self {
    case .small(let bytes): bytes.count
    case .arena(let row): row.count
    }
  }

  func forEachRun(_ body: (Span<UInt8>) throws -> Void) throws {
    switch self {
    case .small(let bytes): try body(bytes.span)
    case .arena(let row): try row.arena.forEachRun(from: row.start, to: row.end, body)
    }
  }
}
