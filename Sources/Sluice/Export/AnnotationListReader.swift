// Reads the elements of one annotation list, in the middle of an asset: what stands directly in each of them.

internal import JSONEvents

/// An element of an annotation list.
struct Annotation: Sendable {
  var range: Range<Int>
  /// An element that is no object is copied as it stands; it has no title.
  var isObject: Bool
  var facts = AnnotationFacts()
  /// Where the values are that become columns.
  var columns = AnnotationRanges()
  /// The key that names a tool of an unknown type.
  var toolKey: Range<Int>?
  var duplicateKeys = 0
  /// Where strings with a lone surrogate are, of those that are looked at.
  var loneSurrogates: [Int] = []
}

/// Reads elements, one after another.
final class AnnotationListReader: EventReader {
  private let state: EventStateBox<AnnotationListState>

  /// Reads a list, or a part of it from `start` on: what is before it was made up for the parser.
  init(_ place: ListPlace, from start: Int, _ needs: AnnotationNeeds) {
    state = EventStateBox(AnnotationListState(place, from: start, needs))
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
  private let start: Int
  private var current: AnnotationState
  private var names = NameCache()

  init(_ place: ListPlace, from start: Int, _ needs: AnnotationNeeds) {
    self.start = start
    current = AnnotationState(needs, place.kind, isCounted: place.counts)
  }

  var skipsContainer: Bool { current.skipsContainer }

  mutating func key(_ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    current.key(value, loneSurrogate: loneSurrogate, at: range, &names)
  }

  mutating func oversizedString(isKey: Bool, at range: Range<Int>) {
    isKey ? current.oversizedKey() : scalar(.other, range)
  }

  mutating func string(_ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    if current.level == 0 { return scalar(.other, range) }
    current.string(value, loneSurrogate: loneSurrogate, at: range, &names)
  }

  mutating func scalar(_ field: Field, _ range: Range<Int>) {
    if current.level > 0 { return current.scalar(field, range) }
    if range.lowerBound >= start { finished.append(Annotation(range: range, isObject: false)) }
  }

  mutating func open(isObject: Bool, at offset: Int) {
    if offset >= start { current.open(isObject: isObject, at: offset) }
  }

  mutating func close(at offset: Int) {
    // The brackets behind the list are made up too.
    if current.level > 0, current.close(at: offset) { finished.append(current.annotation) }
  }
}
