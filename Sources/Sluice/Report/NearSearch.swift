// Which names of an export are near names that it has not: what differs in case, in white space, in its Unicode
// form; what a list with commas names; what is a letter or two off.

/// A search for what is near some names, in one pass over all that there are.
struct NearSearch {
  /// How many names are near one.
  private static let most = 8
  /// How many values are compared letter by letter, and how often: more would take seconds.
  private static let mostValues = 64
  private static let mostComparisons = 200_000

  /// A name that was found, and how near it is.
  private struct Candidate {
    /// Smaller is nearer: the same but for spelling, then the parts of a list in their order, then letters.
    var rank: Rank
    var name: String
    var count: Int

    func precedes(_ other: Candidate) -> Bool {
      if rank != other.rank { return rank < other.rank }
      if count != other.count { return count > other.count }
      return name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
  }

  private enum Rank: Comparable {
    case spelling
    case part(Int)
    case letters(Int)

    /// What is much nearer makes the rest of no interest.
    var kind: Int {
      switch self {
      case .spelling: 0
      case .part: 1
      case .letters: 2
      }
    }
  }

  private let values: [String]
  private var candidates: [[Candidate]]
  /// Which values a name is near by its spelling.
  private var spellings: [String: [(value: Int, rank: Rank)]] = [:]
  /// The letters of the values, as many as are compared by them.
  private let letters: [[Unicode.Scalar]]
  private var comparisons = 0

  /// Looks for what is near each of `values`.
  init(_ values: [String]) {
    self.values = values
    candidates = values.map { _ in [] }
    letters = values.prefix(Self.mostValues).map { Array(Self.plain($0).unicodeScalars) }
    for (number, value) in values.enumerated() {
      spellings[Self.plain(value), default: []].append((number, .spelling))
      for (place, part) in Self.parts(of: value).enumerated() {
        spellings[part, default: []].append((number, .part(place)))
      }
    }
  }

  /// What was found, for each value the nearest first.
  var found: [[NearName]] {
    candidates.map { candidates in
      let kind = candidates.first?.rank.kind
      return candidates.prefix { $0.rank.kind == kind }.map { NearName(name: $0.name, count: $0.count) }
    }
  }

  /// Looks at a name that `count` have.
  mutating func look(at name: String, count: Int) {
    let plain = Self.plain(name)
    for (value, rank) in spellings[plain] ?? [] {
      add(Candidate(rank: rank, name: name, count: count), to: value)
    }
    let own = Array(plain.unicodeScalars)
    for value in letters.indices {
      let most = Self.mostEdits(letters[value].count)
      if most == 0 || abs(own.count - letters[value].count) > most { continue }
      if comparisons == Self.mostComparisons { return }
      comparisons += 1
      let edits = Self.edits(letters[value], own)
      if edits > 0, edits <= most {
        add(Candidate(rank: .letters(edits), name: name, count: count), to: value)
      }
    }
  }

  private mutating func add(_ candidate: Candidate, to value: Int) {
    // A name with half a surrogate pair may be shown as what was given, and is another.
    if candidate.name.utf8.elementsEqual(values[value].utf8) { return }
    // Of a list that names one twice.
    if candidates[value].contains(where: { $0.name.utf8.elementsEqual(candidate.name.utf8) }) { return }
    let place = candidates[value].firstIndex { candidate.precedes($0) } ?? candidates[value].count
    if place == Self.most { return }
    candidates[value].insert(candidate, at: place)
    if candidates[value].count > Self.most { candidates[value].removeLast() }
  }

  /// Whether a list with commas names `name`.
  static func isPart(_ name: String, of list: String) -> Bool { parts(of: list).contains(plain(name)) }

  private static func parts(of list: String) -> [String] {
    let parts = list.split(separator: ",")
    return parts.count < 2 ? [] : parts.map { plain(String($0)) }.filter { !$0.isEmpty }
  }

  // MARK: Letters

  /// A name without what is easily mistaken: case, white space around it and how much of it, what cannot be seen.
  ///
  /// Strings are equal whatever their Unicode form.
  static func plain(_ name: String) -> String {
    var plain = String.UnicodeScalarView()
    // There and back, so that both forms of sigma are one.
    for scalar in name.uppercased().lowercased().unicodeScalars {
      if scalar.properties.isWhitespace {
        if let last = plain.last, last != " " { plain.append(" ") }
      } else if !scalar.isInvisible {
        plain.append(scalar)
      }
    }
    if plain.last == " " { plain.removeLast() }
    return String(plain)
  }

  /// How many letters may differ: of short names nearly all are near one another.
  private static func mostEdits(_ count: Int) -> Int { count > 64 ? 0 : min(2, count / 4) }

  /// How many letters are to be put in, taken out, replaced or swapped with a neighbour.
  static func edits(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var next = [row + 1]
      for column in right.indices {
        let isSame = left[row] == right[column]
        var least = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          least = min(least, before[column - 1] + 1)
        }
        next.append(least)
      }
      (before, last) = (last, next)
    }
    return last[right.count]
  }
}

extension Unicode.Scalar {
  /// Whether nothing is shown of it.
  var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
