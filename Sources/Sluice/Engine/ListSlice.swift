// A stretch of an annotation list: whole elements, which any worker can read without knowing the rest.

internal import JSONEvents
internal import Sharding

/// What is to be done with a slice.
struct ListJob: Sendable {
  enum Output: Sendable {
    case none
    /// The elements without white space, with commas between them.
    case elements(prunes: Bool)
    /// Where the elements are that the title options do not keep.
    case cuts
    /// A row for each annotation that the title options keep.
    case rows(RowFrame)
    /// No rows, but what would go into them is checked to be JSON.
    case checkedRows(RowFrame)
  }

  /// Whether its annotations are counted.
  var isCounted = false
  /// Whether every byte is checked to be JSON.
  var validates = false
  var output = Output.none

  var isIdle: Bool {
    if case .none = output { return !isCounted && !validates }
    return false
  }
}

/// Elements of a list that follow one another: up to the comma before an element or the list's end, and from
/// such a comma on unless they are the first.
struct ListSlice: Sendable {
  enum Terminator: Sendable {
    /// The next slice starts with a comma.
    case comma
    /// The list is closed, by this bracket, which may be of the wrong kind.
    case bracket(UInt8 = UInt8(ascii: "]"))
    /// The input ends in it.
    case none
  }

  var place: ListPlace
  var job: ListJob
  /// Its bytes, with the line in which its first block starts; none if it was too big to be held.
  var element: Element
  var range: Range<Int>
  var isFirst: Bool
  var terminator = Terminator.comma

  /// What stands before it for a parser that starts here: the containers that are open, and an element.
  var opening: [UInt8] {
    [UInt8](repeating: UInt8(ascii: "["), count: place.depth) + (isFirst ? [] : [UInt8(ascii: "0")])
  }

  /// What is to follow it.
  var closing: [UInt8] {
    switch terminator {
    case .comma: [UInt8(ascii: ",")]
    case .bracket: [UInt8](repeating: UInt8(ascii: "]"), count: place.depth)
    case .none: []
    }
  }

  /// What does follow it.
  var following: [UInt8] {
    guard case .bracket(let bracket) = terminator else { return closing }
    return [bracket] + closing.dropFirst()
  }
}

/// What came of a slice.
struct ListOutcome: Sendable {
  var range: Range<Int>
  /// What its annotations say.
  var findings: ListFindings
  /// Where the first surprise of each code is.
  var warningLines: WarningLines = [:]
  /// Whether what was looked at is JSON.
  var isValid = true
  /// Where it stops being JSON, once that has been looked for.
  var fault: ElementFault?
  /// What went wrong that is no fault of the input.
  var failure: (any Error)?
  /// What goes into the asset's row.
  var bytes: RowBytes?
  /// What is left out of the asset's row.
  var cuts: [Range<Int>] = []
  /// The rows of its annotations.
  var rows: [KeptRow] = []
  /// What was left for later, when there were rows enough.
  var rest: ListSlice?

  /// The length of the biggest row of an annotation, and where the annotation is, where rows are not collected.
  private(set) var biggest: (bytes: Int, offset: Int)?
  private(set) var rowCount = 0

  var place: ListPlace { findings.place }

  init(_ slice: ListSlice) {
    findings = ListFindings(slice.place)
    range = slice.range
  }

  mutating func note(row length: Int, at offset: Int) {
    rowCount += 1
    if length > biggest?.bytes ?? 0 { biggest = (length, offset) }
  }

  mutating func warn(_ code: WarningCode, at offset: Int) {
    findings.warn(code, at: offset)
  }

  /// Leaves what is behind an element that ends at `end` for later: there is enough for now.
  mutating func leave(_ slice: ListSlice, from end: Int) {
    var rest = slice
    rest.range = end..<slice.range.upperBound
    rest.isFirst = false
    // All of it has been seen to be JSON.
    rest.job.validates = false
    self.rest = rest
  }
}
