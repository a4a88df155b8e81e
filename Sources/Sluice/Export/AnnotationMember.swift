// The members of an annotation that a run may read: what options ask for, what is counted, what becomes a column.
// All readers find them here, so that a further one is a case of this list and not another branch in each reader.

/// A member of an annotation, or of its `metadata`.
enum AnnotationMember: UInt8, CaseIterable, Sendable {
  case title
  /// Of a classification; what a tool is, its keys say.
  case tool
  case objectId, schemaId, page
  case createdBy

  /// Its name.
  var key: ExportKey {
    switch self {
    case .title: .title
    case .tool: .tool
    case .objectId: .objectId
    case .schemaId: .schemaId
    case .page: .page
    case .createdBy: .createdBy
    }
  }

  /// Whether it stands in the annotation's `metadata` instead of the annotation itself.
  var isInMetadata: Bool {
    switch self {
    case .title, .tool, .objectId, .schemaId, .page: false
    case .createdBy: true
    }
  }

  /// The member that a key stands for.
  init?(_ key: ExportKey, inMetadata: Bool) {
    guard let member = (inMetadata ? Self.ofMetadata : Self.direct)[Int(key.rawValue)] else { return nil }
    self = member
  }

  private static let direct = table(inMetadata: false)
  private static let ofMetadata = table(inMetadata: true)

  /// The members by the numbers of their keys.
  private static func table(inMetadata: Bool) -> [AnnotationMember?] {
    var table = [AnnotationMember?](repeating: nil, count: ExportKey.count)
    for member in allCases where member.isInMetadata == inMetadata {
      table[Int(member.key.rawValue)] = member
    }
    return table
  }
}

/// Some of them.
struct AnnotationMembers: Sendable, Equatable, ExpressibleByArrayLiteral {
  private var bits: UInt16 = 0

  init() {}

  init(arrayLiteral members: AnnotationMember...) {
    for member in members { insert(member) }
  }

  @inline(__always) func contains(_ member: AnnotationMember) -> Bool { bits & Self.bit(member) != 0 }

  mutating func insert(_ member: AnnotationMember) { bits |= Self.bit(member) }

  mutating func remove(_ member: AnnotationMember) { bits &= ~Self.bit(member) }

  mutating func formUnion(_ others: AnnotationMembers) { bits |= others.bits }

  /// Whether one of them stands in `metadata`.
  var readsMetadata: Bool { bits & Self.ofMetadata != 0 }

  private static func bit(_ member: AnnotationMember) -> UInt16 { 1 << UInt16(member.rawValue) }

  private static let ofMetadata = AnnotationMember.allCases.reduce(UInt16(0)) {
    $1.isInMetadata ? $0 | bit($1) : $0
  }
}

/// Where the values of an annotation's members stand.
struct AnnotationRanges: Sendable {
  /// A value is never empty, so an empty range stands for none.
  ///
  /// Inline, since one is made for each annotation; a test sees to it that all members have room.
  private var ranges = InlineArray<8, Range<Int>>(repeating: 0..<0)

  subscript(member: AnnotationMember) -> Range<Int>? {
    get {
      let range = ranges[Int(member.rawValue)]
      return range.isEmpty ? nil : range
    }
    set { ranges[Int(member.rawValue)] = newValue ?? 0..<0 }
  }

  static let room = 8
}

/// What is read of an annotation.
struct AnnotationNeeds: Sendable {
  let predicate: AnnotationPredicate
  /// The members that matter: a second one of the same name is worth a warning.
  let members: AnnotationMembers
  /// Those whose text is compared or counted.
  let texts: AnnotationMembers
  /// Whether rows are annotations, behind columns.
  let hasColumns: Bool

  init(_ predicate: AnnotationPredicate, hasColumns: Bool, inspects: Bool) {
    // Titles and tools are counted in any case.
    var texts: AnnotationMembers = [.title, .tool]
    texts.formUnion(predicate.members)
    if inspects { texts.insert(.createdBy) }
    var members = texts
    if hasColumns { members.formUnion(AnnotationColumns.members) }
    if inspects { members.insert(.page) }
    (self.predicate, self.texts, self.members, self.hasColumns) = (predicate, texts, members, hasColumns)
  }
}
