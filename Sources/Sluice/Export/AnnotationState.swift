// Reads one annotation from a parser's events. Whoever gets events of annotations hands them on to this: the reader
// of lists, the one that inspects, and that of whole assets.

internal import JSONEvents

/// What has been read of an annotation so far, and what to make of the next event.
struct AnnotationState {
  private(set) var annotation = Annotation(range: 0..<0, isObject: true)
  private let needs: AnnotationNeeds
  private let kind: AnnotationKind
  /// Whether keys are looked at for what they say of the tool.
  private let findsTool: Bool
  /// How many containers are open, the annotation included.
  private(set) var level = 0
  private var key = ExportKey.other
  private var keyRange = 0..<0
  /// The member at the current key, if it is read.
  private(set) var member: AnnotationMember?
  /// Whether the current key is the first of its name, so that its value decides.
  private var isFirst = true
  private var seen = AnnotationMembers()
  private var hasMetadata = false
  /// Whether the container at level 2 is the first `metadata`, and is read.
  private(set) var isInMetadata = false
  /// Where the containers at levels 2 and 3 start.
  private var starts = (value: 0, inMetadata: 0)

  /// Reads annotations of `kind`, which may be counted, or only copied and left out.
  init(_ needs: AnnotationNeeds, _ kind: AnnotationKind, isCounted: Bool) {
    self.needs = needs
    self.kind = kind
    findsTool = isCounted || needs.hasColumns
  }

  /// Whether the container that has just been opened need not be read.
  var skipsContainer: Bool {
    level == 1 && !annotation.isObject || level == 2 && !isInMetadata || level == 3
  }

  // MARK: Keys

  mutating func key(
    _ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>, _ names: inout NameCache
  ) {
    if level == 1 {
      begin(ExportKey(value), at: range)
      guard findsTool else { return }
      loneSurrogate ? annotation.facts.unnamedKey() : annotation.facts.key(key, value, &names)
    } else if level == 2, isInMetadata {
      beginInMetadata(ExportKey(value))
    }
  }

  mutating func oversizedKey() {
    if level == 1 {
      begin(.other, at: 0..<0)
      annotation.facts.unnamedKey()
    } else if level == 2, isInMetadata {
      member = nil
    }
  }

  private mutating func begin(_ key: ExportKey, at range: Range<Int>) {
    self.key = key
    keyRange = range
    isFirst = true
    if key == .metadata, needs.members.readsMetadata {
      (isFirst, hasMetadata) = (!hasMetadata, true)
      if !isFirst { annotation.duplicateKeys += 1 }
    }
    setMember(AnnotationMember(key, inMetadata: false))
  }

  private mutating func beginInMetadata(_ key: ExportKey) {
    isFirst = true
    setMember(AnnotationMember(key, inMetadata: true))
  }

  private mutating func setMember(_ member: AnnotationMember?) {
    self.member = nil
    guard let member, needs.members.contains(member) else { return }
    if member == .tool, kind != .classification || !findsTool { return }
    if seen.contains(member) {
      isFirst = false
      annotation.duplicateKeys += 1
      return
    }
    seen.insert(member)
    self.member = member
  }

  // MARK: Values

  mutating func string(
    _ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>, _ names: inout NameCache
  ) {
    guard isAtValue, let member, needs.texts.contains(member) else { return scalar(.other, range) }
    if loneSurrogate, !member.isInMetadata { annotation.loneSurrogates.append(range.lowerBound) }
    let text = names.name(value)
    scalar(loneSurrogate ? .unmatchable(text) : .string(text), range)
  }

  mutating func scalar(_ field: Field, _ range: Range<Int>) {
    if isAtValue { end(field, range) }
  }

  /// Whether a scalar is the value of the current key.
  private var isAtValue: Bool { level == 1 && annotation.isObject || level == 2 && isInMetadata }

  private mutating func end(_ field: Field, _ range: Range<Int>) {
    guard let member else { return }
    if needs.texts.contains(member) { annotation.facts[member] = field }
    if needs.hasColumns { annotation.columns[member] = range }
    self.member = nil
  }

  // MARK: Containers

  mutating func open(isObject: Bool, at offset: Int) {
    level += 1
    switch level {
    case 1:
      annotation = Annotation(range: offset..<offset + 1, isObject: isObject)
      (seen, hasMetadata, isInMetadata, member) = (AnnotationMembers(), false, false, nil)
    case 2 where annotation.isObject:
      starts.value = offset
      if findsTool, annotation.facts.container() { annotation.toolKey = keyRange }
      isInMetadata = isObject && key == .metadata && isFirst && needs.members.readsMetadata
    case 3 where isInMetadata: starts.inMetadata = offset
    default: break
    }
  }

  /// Closes a container.
  ///
  /// - Returns: Whether it was the annotation.
  mutating func close(at offset: Int) -> Bool {
    level -= 1
    switch level {
    case 0:
      annotation.range = annotation.range.lowerBound..<offset + 1
      return true
    case 1 where isInMetadata: isInMetadata = false
    case 1 where annotation.isObject: end(.other, starts.value..<offset + 1)
    case 2 where isInMetadata: end(.other, starts.inMetadata..<offset + 1)
    default: break
    }
    return false
  }
}
