// What inspecting counts of annotations beyond kind, tool and title, and one annotation as both readers give it.

/// Counts of the annotations of a task, a list or a part of one.
struct AnnotationTally: Sendable {
  /// By who made them; no name where that is not said.
  private(set) var users = NameIndex<[UInt8]?>()
  private(set) var userCounts: [Int] = []
  /// nil as long as none has a page.
  private(set) var pages: PageCounts?
  private(set) var unknownKeys = UnknownKeys()

  mutating func add(user: [UInt8]?, _ count: Int = 1) {
    let number = users.number(of: user)
    if number == userCounts.count { userCounts.append(0) }
    userCounts[number] += count
  }

  mutating func add(page: Int, _ count: Int) {
    if pages == nil { pages = PageCounts() }
    pages?.add(page: page, count)
  }

  mutating func add(_ key: UnknownKey, first offset: Int) { unknownKeys.add(key, first: offset) }

  /// Takes in what was counted of other annotations of the same asset.
  mutating func add(_ other: AnnotationTally) {
    for (user, count) in zip(other.users.names, other.userCounts) { add(user: user, count) }
    if let other = other.pages { if pages == nil { pages = other } else { pages?.add(other) } }
    unknownKeys.add(other.unknownKeys)
  }
}

/// One annotation, as far as it is inspected.
struct InspectedAnnotation {
  /// An element that is no object has neither title nor tool.
  var isObject = true
  var start = 0
  var members = AnnotationReader()
  var page: Int?
  var user: [UInt8]?
  var unknownKeys: [(key: UnknownKey, offset: Int)] = []
  var duplicateKeys = 0
  /// Where strings with a lone surrogate are, of those that are looked at.
  var loneSurrogates: [Int] = []
}

extension ListOutcome {
  /// Counts an annotation.
  mutating func add(_ annotation: InspectedAnnotation) {
    task.annotations.add(
      AnnotationGroup(
        kind: place.kind, title: annotation.members.title.text, tool: annotation.members.toolName(place.kind),
        isMatch: true))
    var tally = task.tally ?? AnnotationTally()
    task.tally = nil
    if annotation.isObject { tally.add(user: annotation.user) } else { tally.add(user: nil) }
    if let page = annotation.page { tally.add(page: page, 1) }
    for (key, offset) in annotation.unknownKeys { tally.add(key, first: offset) }
    task.tally = tally
    duplicateKeys += annotation.duplicateKeys
    for offset in annotation.loneSurrogates { warn(.loneSurrogate, at: offset) }
    if !annotation.isObject {
      warn(.unknownShape, at: annotation.start)
    } else if annotation.members.title.text == nil {
      warn(.fieldNotString, at: annotation.start)
    }
  }
}
