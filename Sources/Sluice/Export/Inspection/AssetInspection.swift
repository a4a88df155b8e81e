// What inspecting wants to know of an asset beside what every run does.

/// What the skeleton of an asset says.
struct AssetInspection: Sendable {
  /// The bytes of the values of `stageHistory`.
  var historyBytes = 0
  /// The bytes of the lists of annotations, in `task` and in `tasks`.
  var listBytes = 0
  var legacyListBytes = 0
  var urls = SignedURLs()
  var unknownKeys = UnknownKeys()
  /// What the annotations of its tasks look like, if that is asked for.
  var shape: ShapeTree?
}

/// Tells documented names from others, each spelling once.
struct KeyClasses: Sendable {
  private var table = TokenTable()
  private var unknownAt: [UInt8] = []

  /// Whether the documents do not name this key at `place`.
  mutating func isUnknown(_ name: Span<UInt8>, at place: InspectedPlace) -> Bool {
    // Only looked at; the pointer is not kept.
    unsafe name.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, buffer.count > 0 else { return true }
      let spelling = unsafe TokenSpelling(base, buffer.count, readable: buffer.count)
      if let known = unsafe table.number(spelling, base) {
        return unknownAt[known] & place.bit != 0
      }
      let bytes = unsafe [UInt8](buffer)
      if table.count > TokenTable.most || bytes.count > 4096 {
        return !DocumentedKeys.contains(bytes, at: place)
      }
      unsafe table.append(spelling, base)
      var bits: UInt8 = 0
      for place in InspectedPlace.allCases where !DocumentedKeys.contains(bytes, at: place) {
        bits |= place.bit
      }
      unknownAt.append(bits)
      return bits & place.bit != 0
    }
  }
}

extension AssetState {
  /// Adds a key of an asset or a task.
  mutating func inspect(key name: Span<UInt8>, at offset: Int) {
    let place: InspectedPlace
    switch top.place {
    case .asset: place = .asset
    case .task: place = .task
    default: return
    }
    if keyClasses.isUnknown(name, at: place) {
      facts.inspection?.unknownKeys.add(
        UnknownKey(place: place, name: [UInt8](name)), first: offset, limit: BoundedTally.limit)
    }
  }

  /// Adds a string that may be a signed URL.
  mutating func inspect(url: Span<UInt8>) {
    // Those of the history are only met where everything is checked.
    if case .snapshot = top.place { return }
    if isURL(), let signed = SignedURL(url) { facts.inspection?.urls.add(signed) }
  }

  /// Notes where a list stands whose annotations count.
  mutating func inspect(list range: Range<Int>) {
    readsCountedList = false
    if inTaskList {
      facts.inspection?.legacyListBytes += range.count
    } else {
      facts.inspection?.listBytes += range.count
    }
  }

  /// Notes where a value stands in the container on top.
  mutating func inspect(value range: Range<Int>) {
    if case .task = top.place, top.key == .stageHistory { facts.inspection?.historyBytes += range.count }
  }
}
