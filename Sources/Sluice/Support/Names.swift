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

/// What has a number that is quickly made and mostly tells it from others.
protocol Fingerprinted: Hashable {
  var fingerprint: Int { get }
}

extension [UInt8]: Fingerprinted {
  var fingerprint: Int {
    isEmpty
      ? 0 : Int(self[0]) &* 7 &+ Int(self[count / 2]) &* 613 &+ Int(self[count - 1]) << 20 &+ count << 40
  }
}

extension [UInt8]?: Fingerprinted {
  var fingerprint: Int { map(\.fingerprint) ?? -1 }
}

extension UInt64: Fingerprinted {
  var fingerprint: Int { Int(truncatingIfNeeded: self) }
}

/// Different names in the order of their first, each with its number.
struct NameIndex<Name: Fingerprinted & Sendable>: Sendable {
  /// How many names are compared one by one.
  static var few: Int { 64 }

  /// The names by their numbers.
  private(set) var names: [Name] = []
  /// Their fingerprints: to compare the names themselves is to count references.
  private var fingerprints: [Int] = []
  /// Empty as long as there are few.
  private var numbers: [Name: Int] = [:]
  private var last = 0

  /// The number of `name`, the next free one if it is new.
  mutating func number(of name: Name) -> Int {
    if let known = known(name) { return known }
    last = append(name, name.fingerprint)
    return last
  }

  /// The number of `name`; nil if it is new.
  mutating func known(_ name: Name) -> Int? {
    // Neighbours often share a name; the objects of a video come in the same order in every frame.
    let fingerprint = name.fingerprint
    for guess in last..<min(last + 2, names.count) {
      if fingerprints[guess] == fingerprint, names[guess] == name {
        last = guess
        return guess
      }
    }
    guard let found = find(name, fingerprint) else { return nil }
    last = found
    return found
  }

  /// Forgets all names.
  mutating func removeAll() {
    names.removeAll(keepingCapacity: true)
    fingerprints.removeAll(keepingCapacity: true)
    if !numbers.isEmpty { numbers.removeAll() }
    last = 0
  }

  private func find(_ name: Name, _ fingerprint: Int) -> Int? {
    if names.count > Self.few { return numbers[name] }
    for number in fingerprints.indices {
      if fingerprints[number] == fingerprint, names[number] == name { return number }
    }
    return nil
  }

  private mutating func append(_ name: Name, _ fingerprint: Int) -> Int {
    names.append(name)
    fingerprints.append(fingerprint)
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
  /// How many names are compared one by one.
  private static let few = 16

  private let names: [[UInt8]]
  /// Their places if they are many, else empty.
  private let places: [[UInt8]: Int]
  /// The number of the first among all names of the selection.
  private let first: Int

  init(_ names: [String], from first: Int = 0) {
    self.names = names.map { Array($0.utf8) }
    self.first = first
    let isMany = names.count > Self.few
    places = isMany ? Dictionary(zip(self.names, self.names.indices)) { first, _ in first } : [:]
  }

  var isEmpty: Bool { names.isEmpty }

  func contains(_ name: [UInt8]?) -> Bool { place(of: name) != nil }

  /// Whether it has `name`, which is then marked as one that was met.
  func find(_ name: [UInt8]?, _ met: inout NameMarks) -> Bool {
    guard let place = place(of: name) else { return false }
    met.insert(first + place)
    return true
  }

  private func place(of name: [UInt8]?) -> Int? {
    guard !names.isEmpty, let name else { return nil }
    return places.isEmpty ? names.firstIndex(of: name) : places[name]
  }
}

/// Which of the numbered names of a selection were met.
struct NameMarks: Sendable, Hashable {
  /// The first 64, a bit each: hardly anybody gives more.
  private var few: UInt64 = 0
  private var others: Set<Int> = []

  /// How many there are that take memory of their own.
  var weight: Int { others.count }

  func contains(_ number: Int) -> Bool {
    number < 64 ? few & (1 << UInt64(number)) != 0 : others.contains(number)
  }

  mutating func insert(_ number: Int) {
    if number < 64 { few |= 1 << UInt64(number) } else { others.insert(number) }
  }

  mutating func formUnion(_ marks: NameMarks) {
    few |= marks.few
    if !marks.others.isEmpty { others.formUnion(marks.others) }
  }
}
