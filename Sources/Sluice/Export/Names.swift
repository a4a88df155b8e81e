// Names of stages, batches, titles and tools come again and again, a few dozen in a whole export. So they are not
// copied each time, and where there are few they are compared one by one, which takes less than one hash.

/// Short texts as arrays; a text that has come lately gives the same array as then, without a new allocation.
struct NameCache: Sendable {
  private static let longest = 64
  private var slots = [[UInt8]](repeating: [], count: 64)

  /// The text as an array.
  mutating func name(_ text: Span<UInt8>) -> [UInt8] {
    let count = text.count
    guard count > 0, count <= Self.longest else { return [UInt8](text) }
    let hash = Int(text[0]) &* 7 &+ Int(text[count / 2]) &* 13 &+ Int(text[count - 1]) &* 31 &+ count
    let slot = hash & (slots.count - 1)
    if !holds(text, at: slot) { slots[slot] = [UInt8](text) }
    return slots[slot]
  }

  private func holds(_ text: Span<UInt8>, at slot: Int) -> Bool {
    if slots[slot].count != text.count { return false }
    let known = slots[slot]
    for index in text.indices where known[index] != text[index] { return false }
    return true
  }
}

/// Different names in the order of their first, each with its number.
struct NameIndex<Name: Hashable & Sendable>: Sendable {
  /// How many names are compared one by one.
  static var few: Int { 16 }

  /// The names by their numbers.
  private(set) var names: [Name] = []
  /// Empty as long as there are few.
  private var numbers: [Name: Int] = [:]
  private var last = 0

  /// The number of `name`, the next free one if it is new.
  mutating func number(of name: Name) -> Int {
    if let known = known(name) { return known }
    last = append(name)
    return last
  }

  /// The number of `name`; nil if it is new.
  mutating func known(_ name: Name) -> Int? {
    // Neighbours often share a name; the objects of a video come in the same order in every frame.
    for guess in last..<min(last + 2, names.count) where names[guess] == name {
      last = guess
      return guess
    }
    guard let found = find(name) else { return nil }
    last = found
    return found
  }

  /// Forgets all names.
  mutating func removeAll() {
    names.removeAll(keepingCapacity: true)
    if !numbers.isEmpty { numbers.removeAll() }
    last = 0
  }

  private func find(_ name: Name) -> Int? {
    if names.count > Self.few { return numbers[name] }
    // In place: `firstIndex(of:)` takes each name out to compare it.
    for number in names.indices where names[number] == name { return number }
    return nil
  }

  private mutating func append(_ name: Name) -> Int {
    names.append(name)
    if names.count == Self.few + 1 {
      for (number, name) in names.enumerated() { numbers[name] = number }
    } else if names.count > Self.few {
      numbers[name] = names.count - 1
    }
    return names.count - 1
  }
}

/// The names that an option was given.
struct NameSet: Sendable {
  private let names: [[UInt8]]
  /// The same if they are many, else empty.
  private let set: Set<[UInt8]>

  init(_ names: [String]) {
    self.names = names.map { Array($0.utf8) }
    set = names.count > NameIndex<[UInt8]>.few ? Set(self.names) : []
  }

  var isEmpty: Bool { names.isEmpty }

  func contains(_ name: [UInt8]?) -> Bool {
    guard !names.isEmpty, let name else { return false }
    return set.isEmpty ? names.contains(name) : set.contains(name)
  }
}
