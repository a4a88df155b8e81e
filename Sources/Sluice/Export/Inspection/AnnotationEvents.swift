// Inspects annotations by yajl's events: all of them for the reference engine, for the fast one those that its
// scanner has doubts about.

internal import JSONEvents

/// Reads the elements of one annotation list, or of its rest from some element on.
final class AnnotationEvents: JSONEventHandler {
  private let kind: AnnotationKind
  private let start: Int
  private let finish: (InspectedAnnotation) -> Void
  /// How many containers are open within the list.
  private var level = 0
  private var isObject = false
  private var current = InspectedAnnotation()
  private var names = NameCache()
  private var key = ExportKey.other
  private var keyCounts = true
  private var seen: UInt64 = 0
  /// Whether the container at level 2 is the first `metadata`, and what has been seen of it.
  private var isMetadata = false
  private var isCreatedBy = false
  private var hasCreatedBy = false

  /// Reads annotations of `kind`; what stands before `start` was made up for the parser.
  init(_ kind: AnnotationKind, from start: Int, _ finish: @escaping (InspectedAnnotation) -> Void) {
    self.kind = kind
    self.start = start
    self.finish = finish
  }

  // MARK: Keys

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    if level == 2, isMetadata {
      let name = [UInt8](value)
      isCreatedBy = name == Self.createdBy && !loneSurrogate
      if isCreatedBy, hasCreatedBy {
        isCreatedBy = false
        current.duplicateKeys += 1
      }
      if isCreatedBy { hasCreatedBy = true }
      note(name, at: .metadata, range)
      return
    }
    guard level == 1, isObject else { return }
    begin(loneSurrogate ? .other : ExportKey(value))
    loneSurrogate ? current.members.unnamedKey() : current.members.key(key, value, &names)
    note([UInt8](value), at: kind.place, range)
  }

  private static let createdBy = Array("createdBy".utf8)

  private func note(_ name: [UInt8], at place: InspectedPlace, _ range: Range<Int>) {
    if DocumentedKeys.contains(name, at: place) { return }
    current.note(name, at: place, offset: range.lowerBound)
  }

  private func begin(_ key: ExportKey) {
    self.key = key
    keyCounts = true
    switch key {
    case .title, .page, .metadata: break
    case .tool: if kind != .classification { return }
    default: return
    }
    let bit = UInt64(1) << UInt64(key.rawValue)
    if seen & bit != 0 {
      keyCounts = false
      current.duplicateKeys += 1
    }
    seen |= bit
  }

  // MARK: Values

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    if level == 2, isMetadata, isCreatedBy { current.user = names.name(value) }
    guard level == 1, isObject, keyCounts, key == .title || key == .tool && kind == .classification else {
      return scalar(.other, range)
    }
    if loneSurrogate { current.loneSurrogates.append(range.lowerBound) }
    let text = names.name(value)
    scalar(loneSurrogate ? .unmatchable(text) : .string(text), range)
  }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    if !isKey { return scalar(.other, range) }
    isCreatedBy = false
    guard level == 1 else { return }
    key = .other
    current.members.unnamedKey()
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) {
    if level == 1, isObject, key == .page, keyCounts { current.page = Self.page(raw) }
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
    if range.lowerBound < start { return }
    if level == 0 {
      finish(InspectedAnnotation(isObject: false, start: range.lowerBound, end: range.upperBound))
    } else if level == 1, isObject, keyCounts {
      note(field)
    }
  }

  private func note(_ field: Field) {
    if key == .title { current.members.title = field }
    if key == .tool, kind == .classification { current.members.tool = field }
  }

  // MARK: Containers

  func startObject(at offset: Int) { open(isObject: true, at: offset) }
  func startArray(at offset: Int) { open(isObject: false, at: offset) }
  func endObject(at offset: Int) { close(at: offset) }
  func endArray(at offset: Int) { close(at: offset) }

  private func open(isObject: Bool, at offset: Int) {
    if offset < start { return }
    level += 1
    if level == 1 {
      current = InspectedAnnotation(isObject: isObject, start: offset)
      self.isObject = isObject
      seen = 0
      hasCreatedBy = false
    } else if level == 2, self.isObject {
      current.members.container()
      if keyCounts { note(.other) }
      isMetadata = isObject && key == .metadata && keyCounts
      isCreatedBy = false
    }
  }

  private func close(at offset: Int) {
    // The brackets behind the list are made up too.
    if level == 0 { return }
    level -= 1
    if level == 1 { isMetadata = false }
    if level > 0 { return }
    current.end = offset + 1
    finish(current)
  }
}
