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

  /// Takes in what was counted of annotations that follow; the tables keep few names of one asset.
  mutating func add(_ other: AnnotationTally) {
    let limit = BoundedTally.limit
    users.add(other.users, limit: limit)
    if let other = other.pages { if pages == nil { pages = other } else { pages?.add(other) } }
    unknownKeys.add(other.unknownKeys, limit: limit)
  }
}

/// One annotation, as far as it is inspected.
struct InspectedAnnotation {
  /// An element that is no object has neither title nor tool.
  var isObject = true
  var start = 0
  var end = 0
  var members = AnnotationReader()
  var page: Int?
  var user: [UInt8]?
  /// Undocumented keys in their order; beyond the limit they are only counted.
  private(set) var unknownKeys: [(key: UnknownKey, offset: Int)] = []
  private(set) var moreUnknownKeys = 0
  var duplicateKeys = 0
  /// Where strings with a lone surrogate are, of those that are looked at.
  var loneSurrogates: [Int] = []

  init(isObject: Bool = true, start: Int = 0, end: Int = 0) {
    self.isObject = isObject
    self.start = start
    self.end = end
  }

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

extension ListOutcome {
  /// How many names it holds.
  var nameCount: Int {
    task.annotations.nameCount + (tally?.nameCount ?? 0) + (shape?.nodes.count ?? 0)
  }

  /// Counts an annotation.
  mutating func add(_ annotation: InspectedAnnotation) {
    task.annotations.add(
      place.kind, title: annotation.members.title.text, tool: annotation.members.toolName(place.kind),
      isMatch: true)
    task.marks.count += 1
    var tally = self.tally ?? AnnotationTally()
    self.tally = nil
    if annotation.isObject { tally.add(user: annotation.user) } else { tally.add(user: nil) }
    if let page = annotation.page { tally.add(page: page, 1) }
    for (key, offset) in annotation.unknownKeys { tally.add(key, first: offset) }
    if annotation.moreUnknownKeys > 0 { tally.addUnknownKeys(annotation.moreUnknownKeys) }
    self.tally = tally
    duplicateKeys += annotation.duplicateKeys
    for offset in annotation.loneSurrogates { warn(.loneSurrogate, at: offset) }
    if !annotation.isObject {
      warn(.unknownShape, at: annotation.start)
    } else if annotation.members.title.text == nil {
      warn(.fieldNotString, at: annotation.start)
    }
  }
}
