// Reads the elements of one annotation list, in the middle of an asset: what stands directly in each of them.

internal import JSONEvents

/// An element of an annotation list.
struct Annotation: Sendable {
  /// Where the values are that become columns.
  struct Columns: Sendable {
    var title: Range<Int>?
    var objectId: Range<Int>?
    var schemaId: Range<Int>?
    var page: Range<Int>?
    /// Of a classification.
    var tool: Range<Int>?
    /// The key that names a tool of an unknown type.
    var toolKey: Range<Int>?
  }

  var range: Range<Int>
  /// An element that is no object is copied as it stands; it has no title.
  var isObject: Bool
  var members = AnnotationReader()
  var columns = Columns()
  var duplicateKeys = 0
  /// Where strings with a lone surrogate are, of those that are looked at.
  var loneSurrogates: [Int] = []
}

/// Reads elements, one after another.
final class AnnotationListReader: EventReader {
  private let state: EventStateBox<AnnotationListState>

  /// Reads a list, or a part of it from `start` on: what is before it was made up for the parser.
  init(_ place: ListPlace, from start: Int, hasColumns: Bool) {
    state = EventStateBox(AnnotationListState(place, from: start, hasColumns: hasColumns))
  }

  func with<Result>(_ body: (inout AnnotationListState) -> Result) -> Result { state.with(body) }

  /// Whether the container that has just been opened need not be read.
  var skipsContainer: Bool { with { $0.skipsContainer } }

  /// Takes the elements that have ended since they were last taken.
  func take(_ body: (Annotation) throws -> Void) rethrows {
    if with({ $0.finished.isEmpty }) { return }
    var finished: [Annotation] = []
    with { swap(&finished, &$0.finished) }
    for annotation in finished { try body(annotation) }
    // The memory goes back, so that the next ones need none.
    finished.removeAll(keepingCapacity: true)
    with { if $0.finished.isEmpty { swap(&finished, &$0.finished) } }
  }
}

/// What has been read of a list so far, and what to make of the next event.
struct AnnotationListState: EventState {
  var finished: [Annotation] = []
  private let kind: AnnotationKind
  private let counts: Bool
  private let hasColumns: Bool
  private let start: Int
  /// How many containers are open within the list.
  private var level = 0
  private var current = Annotation(range: 0..<0, isObject: true)
  private var names = NameCache()
  private var key = ExportKey.other
  private var keyRange = 0..<0
  private var keyCounts = true
  private var isLifted = false
  private var seen: UInt64 = 0
  /// Where the container at the current key starts.
  private var containerStart = 0

  init(_ place: ListPlace, from start: Int, hasColumns: Bool) {
    kind = place.kind
    counts = place.counts
    self.hasColumns = hasColumns
    self.start = start
  }

  var skipsContainer: Bool { level == 2 || level == 1 && !current.isObject }

  mutating func key(_ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard level == 1 else { return }
    begin(ExportKey(value), at: range)
    if counts || hasColumns {
      loneSurrogate ? current.members.unnamedKey() : current.members.key(key, value, &names)
    }
  }

  mutating func oversizedString(isKey: Bool, at range: Range<Int>) {
    guard isKey else { return scalar(.other, range) }
    guard level == 1 else { return }
    begin(.other, at: 0..<0)
    current.members.unnamedKey()
  }

  mutating func string(_ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard level == 1, keyCounts, key == .title || isLifted && key == .tool else {
      return scalar(.other, range)
    }
    if loneSurrogate { current.loneSurrogates.append(range.lowerBound) }
    let text = names.name(value)
    scalar(loneSurrogate ? .unmatchable(text) : .string(text), range)
  }

  private mutating func begin(_ key: ExportKey, at range: Range<Int>) {
    self.key = key
    keyRange = range
    keyCounts = true
    isLifted = key.isColumn(of: kind, counts: counts, ofRows: hasColumns)
    guard isLifted else { return }
    let bit = UInt64(1) << UInt64(key.rawValue)
    if seen & bit != 0 {
      keyCounts = false
      current.duplicateKeys += 1
    }
    seen |= bit
  }

  mutating func open(isObject: Bool, at offset: Int) {
    if offset < start { return }
    level += 1
    if level == 1 {
      current = Annotation(range: offset..<offset + 1, isObject: isObject)
      seen = 0
    } else if level == 2, current.isObject {
      containerStart = offset
      if counts || hasColumns, current.members.container() { current.columns.toolKey = keyRange }
      note(.other)
    }
  }

  mutating func close(at offset: Int) {
    // The brackets behind the list are made up too.
    if level == 0 { return }
    level -= 1
    if level == 0 {
      finish(current.range.lowerBound..<offset + 1)
    } else if level == 1, current.isObject {
      lift(containerStart..<offset + 1)
    }
  }

  mutating func scalar(_ field: Field, _ range: Range<Int>) {
    if range.lowerBound < start { return }
    if level == 0 {
      current = Annotation(range: range, isObject: false)
      finish(range)
    } else if level == 1, current.isObject {
      note(field)
      lift(range)
    }
  }

  private mutating func note(_ field: Field) {
    guard keyCounts else { return }
    if key == .title { current.members.title = field }
    if key == .tool, kind == .classification { current.members.tool = field }
  }

  /// Takes in where the value at the current key is.
  private mutating func lift(_ range: Range<Int>) {
    guard hasColumns, isLifted, keyCounts else { return }
    switch key {
    case .title: current.columns.title = range
    case .objectId: current.columns.objectId = range
    case .schemaId: current.columns.schemaId = range
    case .page: current.columns.page = range
    case .tool: current.columns.tool = range
    default: break
    }
  }

  private mutating func finish(_ range: Range<Int>) {
    current.range = range
    finished.append(current)
  }
}
