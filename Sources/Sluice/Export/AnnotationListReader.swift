// Reads the elements of one annotation list, in the middle of an asset: what stands directly in each of them.

internal import JSONEvents

/// An element of an annotation list.
struct Annotation: Sendable {
  var range: Range<Int>
  /// An element that is no object is copied as it stands; it has no title.
  var isObject: Bool
  var members = AnnotationReader()
}

/// Reads elements, one after another.
final class AnnotationListReader: JSONEventHandler {
  /// The elements that have ended since they were last taken.
  private(set) var finished: [Annotation] = []
  private(set) var duplicateKeys = 0
  /// Where strings with a lone surrogate are, of those that are looked at.
  private(set) var loneSurrogates: [Int] = []
  private let kind: AnnotationKind
  private let counts: Bool
  /// Where the list, or the part of it that is read, starts: what is before it was made up for the parser.
  private let start: Int
  /// How many containers are open within the list.
  private var level = 0
  private var current = Annotation(range: 0..<0, isObject: true)
  private var names = NameCache()
  private var key = ExportKey.other
  private var keyCounts = true
  private var seen: UInt64 = 0

  init(_ place: ListPlace, from start: Int) {
    kind = place.kind
    counts = place.counts
    self.start = start
  }

  /// Whether the container that has just been opened need not be read.
  var skipsContainer: Bool { level == 2 || level == 1 && !current.isObject }

  /// Takes the elements that have ended.
  func take(_ body: (Annotation) throws -> Void) rethrows {
    if finished.isEmpty { return }
    for annotation in finished { try body(annotation) }
    finished.removeAll(keepingCapacity: true)
  }

  // MARK: Events

  func startObject(at offset: Int) { open(isObject: true, at: offset) }
  func startArray(at offset: Int) { open(isObject: false, at: offset) }
  func endObject(at offset: Int) { close(at: offset) }
  func endArray(at offset: Int) { close(at: offset) }

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard level == 1 else { return }
    begin(ExportKey(value))
    if counts { current.members.key(key, value, &names) }
  }

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard level == 1, isLifted, keyCounts else { return scalar(.other, range) }
    if loneSurrogate { loneSurrogates.append(range.lowerBound) }
    let text = names.name(value)
    scalar(loneSurrogate ? .unmatchable(text) : .string(text), range)
  }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    if !isKey { return scalar(.other, range) }
    if level == 1 { begin(.other) }
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) { scalar(.other, range) }
  func oversizedNumber(at range: Range<Int>) { scalar(.other, range) }
  func boolean(_ value: Bool, at range: Range<Int>) { scalar(.other, range) }
  func null(at range: Range<Int>) { scalar(.null, range) }

  // MARK: Elements

  private var isLifted: Bool { key == .title || counts && key == .tool }

  private func begin(_ key: ExportKey) {
    self.key = key
    keyCounts = true
    guard isLifted else { return }
    let bit = UInt64(1) << UInt64(key.rawValue)
    if seen & bit != 0 {
      keyCounts = false
      duplicateKeys += 1
    }
    seen |= bit
  }

  private func open(isObject: Bool, at offset: Int) {
    if offset < start { return }
    level += 1
    if level == 1 {
      current = Annotation(range: offset..<offset + 1, isObject: isObject)
      seen = 0
    } else if level == 2, current.isObject {
      if counts { current.members.container(key) }
      note(.other)
    }
  }

  private func close(at offset: Int) {
    // The brackets behind the list are made up too.
    if level == 0 { return }
    level -= 1
    if level == 0 { finish(current.range.lowerBound..<offset + 1) }
  }

  private func scalar(_ field: Field, _ range: Range<Int>) {
    if range.lowerBound < start { return }
    if level == 0 {
      current = Annotation(range: range, isObject: false)
      finish(range)
    } else if level == 1, current.isObject {
      note(field)
    }
  }

  private func note(_ field: Field) {
    guard keyCounts else { return }
    if key == .title { current.members.title = field }
    if key == .tool, kind == .classification { current.members.tool = field }
  }

  private func finish(_ range: Range<Int>) {
    current.range = range
    finished.append(current)
  }
}
