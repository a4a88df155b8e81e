// What inspecting counts of annotations beyond kind, tool and title, and one annotation as both readers give it.

/// Counts of the annotations of a task, a list or a part of one.
struct AnnotationTally: Sendable {
  /// By who made them; no name where that is not said.
  private(set) var users = CountTable()
  /// nil as long as none has a page.
  private(set) var pages: PageCounts?
  private(set) var unknownKeys = UnknownKeys()

  /// How many names it holds.
  var nameCount: Int { users.names.count + unknownKeys.counts.count }

  mutating func add(user: [UInt8]?, _ count: Int = 1) { users.add(user, seen: count, kept: 0) }

  mutating func add(page: Int, _ count: Int) {
    if pages == nil { pages = PageCounts() }
    pages?.add(page: page, count)
  }

  mutating func add(_ key: UnknownKey, first offset: Int) {
    unknownKeys.add(key, first: offset, limit: .max)
  }

  /// Counts keys that are not told apart.
  mutating func addUnknownKeys(_ count: Int) { unknownKeys.addOther(count) }

  /// Adds what was counted of annotations that follow; the tables keep few names of one asset.
  mutating func add(_ other: AnnotationTally) {
    let limit = BoundedTally.limit
    users.add(other.users, limit: limit)
    if let other = other.pages { if pages == nil { pages = other } else { pages?.add(other) } }
    unknownKeys.add(other.unknownKeys, limit: limit)
  }
}

/// One annotation, as far as it is inspected.
struct InspectedAnnotation {
  /// What every run reads of it.
  var annotation: Annotation
  var page: Int?
  /// Undocumented keys in their order; beyond the limit they are only counted.
  private(set) var unknownKeys: [(key: UnknownKey, offset: Int)] = []
  private(set) var moreUnknownKeys = 0

  init(_ annotation: Annotation = Annotation(range: 0..<0, isObject: true)) { self.annotation = annotation }

  /// How many bytes the undocumented keys of one annotation that are told apart may have.
  static let mostUnknownBytes = 1 << 18
  private var unknownBytes = 0

  mutating func note(_ name: [UInt8], at place: InspectedPlace, offset: Int) {
    unknownBytes += name.count + 2 * BoundedTally.overhead
    if unknownBytes > Self.mostUnknownBytes {
      moreUnknownKeys += 1
    } else {
      unknownKeys.append((UnknownKey(place: place, name: name), offset))
    }
  }
}

extension ListFindings {
  /// How many names it holds.
  var nameCount: Int {
    task.annotations.nameCount + (tally?.nameCount ?? 0) + (shape?.nodes.count ?? 0)
  }

  /// Counts an annotation.
  mutating func add(_ inspected: InspectedAnnotation, _ predicate: AnnotationPredicate) {
    let annotation = inspected.annotation
    task.count(annotation.facts, place.kind, predicate)
    var tally = self.tally ?? AnnotationTally()
    self.tally = nil
    tally.add(user: annotation.facts[.createdBy].text)
    if let page = inspected.page { tally.add(page: page, 1) }
    for (key, offset) in inspected.unknownKeys { tally.add(key, first: offset) }
    if inspected.moreUnknownKeys > 0 { tally.addUnknownKeys(inspected.moreUnknownKeys) }
    self.tally = tally
    duplicateKeys += annotation.duplicateKeys
    for offset in annotation.loneSurrogates { warn(.loneSurrogate, at: offset) }
    if !annotation.isObject {
      warn(.unknownShape, at: annotation.range.lowerBound)
    } else if annotation.facts[.title].text == nil {
      warn(.fieldNotString, at: annotation.range.lowerBound)
    }
  }
}
