// Inspects annotations by yajl's events: all of them for the reference engine, for the fast one those that its
// scanner has doubts about.

internal import JSONEvents

/// Reads the elements of one annotation list, or of its rest from some element on.
final class AnnotationEvents: JSONEventHandler {
  private let kind: AnnotationKind
  private let start: Int
  private let finish: (InspectedAnnotation) -> Void
  private var state: AnnotationState
  private var current = InspectedAnnotation()
  private var names = NameCache()

  /// Reads annotations of `kind`; what stands before `start` was made up for the parser.
  init(
    _ kind: AnnotationKind, from start: Int, _ needs: AnnotationNeeds,
    _ finish: @escaping (InspectedAnnotation) -> Void
  ) {
    self.kind = kind
    self.start = start
    self.finish = finish
    state = AnnotationState(needs, kind, isCounted: true)
  }

  // MARK: Keys

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    state.key(value, loneSurrogate: loneSurrogate, at: range, &names)
    if state.level == 1 {
      note([UInt8](value), at: kind.place, range)
    } else if state.level == 2, state.isInMetadata {
      note([UInt8](value), at: .metadata, range)
    }
  }

  private func note(_ name: [UInt8], at place: InspectedPlace, _ range: Range<Int>) {
    if DocumentedKeys.contains(name, at: place) { return }
    current.note(name, at: place, offset: range.lowerBound)
  }

  // MARK: Values

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    if state.level == 0 { return scalar(.other, range) }
    state.string(value, loneSurrogate: loneSurrogate, at: range, &names)
  }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    isKey ? state.oversizedKey() : scalar(.other, range)
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) {
    if state.level == 1, state.member == .page { current.page = Self.page(raw) }
    scalar(.other, range)
  }

  /// A page's number: a plain integer of at most 15 digits.
  static func page(_ raw: Span<UInt8>) -> Int? {
    guard raw.count <= 15 else { return nil }
    var page = 0
    for index in raw.indices {
      guard (0x30...0x39).contains(raw[index]) else { return nil }
      page = page * 10 + Int(raw[index]) - 0x30
    }
    return page
  }

  func oversizedNumber(at range: Range<Int>) { scalar(.other, range) }
  func boolean(_ value: Bool, at range: Range<Int>) { scalar(.other, range) }
  func null(at range: Range<Int>) { scalar(.null, range) }

  private func scalar(_ field: Field, _ range: Range<Int>) {
    if state.level > 0 { return state.scalar(field, range) }
    if range.lowerBound < start { return }
    finish(InspectedAnnotation(Annotation(range: range, isObject: false)))
  }

  // MARK: Containers

  func startObject(at offset: Int) { open(isObject: true, at: offset) }
  func startArray(at offset: Int) { open(isObject: false, at: offset) }
  func endObject(at offset: Int) { close(at: offset) }
  func endArray(at offset: Int) { close(at: offset) }

  private func open(isObject: Bool, at offset: Int) {
    if offset < start { return }
    if state.level == 0 { current = InspectedAnnotation() }
    state.open(isObject: isObject, at: offset)
  }

  private func close(at offset: Int) {
    // The brackets behind the list are made up too.
    guard state.level > 0, state.close(at: offset) else { return }
    current.annotation = state.annotation
    finish(current)
  }
}
