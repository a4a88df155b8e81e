// What the scanner counts of annotations, by the numbers of their titles and tools; names are looked up once a list.

/// Title, tool and verdict of an annotation as one number, so that annotations are told apart by one comparison.
struct AnnotationGroup: Sendable {
  /// What says which tool it is.
  enum Tool {
    case none
    /// A known type, by its rank.
    case rank(Int)
    /// A key, by its number.
    case key(Int)
    /// A text, by its number.
    case text(Int)
  }

  let number: UInt64

  init(number: UInt64) { self.number = number }

  init(title: Int?, tool: Tool, _ verdict: AnnotationVerdict) {
    let low =
      switch tool {
      case .none: 0
      case .rank(let rank): rank << 2 | 1
      case .key(let key): key << 2 | 2
      case .text(let text): text << 2 | 3
      }
    number =
      (verdict.isWanted ? 1 << 63 : 0) | (verdict.isExcluded ? 1 << 62 : 0)
      | UInt64(title.map { $0 + 1 } ?? 0) << 32 | UInt64(low)
  }

  var verdict: AnnotationVerdict {
    AnnotationVerdict(isWanted: number >> 63 != 0, isExcluded: number >> 62 & 1 != 0)
  }

  /// The texts of title and tool.
  func names(_ tokens: AnnotationTokens) -> (title: [UInt8]?, tool: [UInt8]?) {
    let title = Int(number >> 32 & 0x3FFF_FFFF)
    let low = Int(number & 0xFFFF_FFFF)
    let tool: [UInt8]? =
      switch low & 3 {
      case 1: ExportKey.toolName(rank: low >> 2)
      case 2: tokens.keys[low >> 2].name
      case 3: tokens.texts[low >> 2].text
      default: nil
      }
    return (title == 0 ? nil : tokens.texts[title - 1].text, tool)
  }
}

/// What has been counted by numbers, in the order in which they came.
struct NumberedCounts {
  private(set) var index = NameIndex<UInt64>()
  private(set) var counts: [Int] = []

  mutating func add(_ key: UInt64) {
    let number = index.number(of: key)
    if number == counts.count { counts.append(0) }
    counts[number] += 1
  }
}

/// A text of an annotation that an option names.
struct NamedText {
  let member: AnnotationMember
  let text: Int
}

/// Counts annotations until they are handed over.
struct ScannedCounts {
  private var groups = NumberedCounts()
  private var named = NumberedCounts()
  private var untitled = (count: 0, first: Int.max)

  /// How many different titles and tools there are.
  var nameCount: Int { groups.counts.count }

  mutating func add(_ group: AnnotationGroup) { groups.add(group.number) }

  mutating func add(_ named: NamedText) {
    self.named.add(UInt64(named.member.rawValue) << 32 | UInt64(named.text))
  }

  /// Counts an annotation at `offset` that has no title.
  mutating func addUntitled(at offset: Int) {
    untitled.count += 1
    untitled.first = min(untitled.first, offset)
  }

  /// Hands over what was counted since the last time.
  mutating func flush(
    to findings: inout ListFindings, _ kind: AnnotationKind, _ tokens: AnnotationTokens,
    _ predicate: AnnotationPredicate
  ) {
    for (number, count) in zip(groups.index.names, groups.counts) {
      let group = AnnotationGroup(number: number)
      let (title, tool) = group.names(tokens)
      findings.task.count(title, tool: tool, kind, count, group.verdict)
    }
    for number in named.index.names {
      guard let member = AnnotationMember(rawValue: UInt8(number >> 32)) else { continue }
      let text = tokens.texts[Int(number & 0xFFFF_FFFF)].text
      predicate.mark(text, as: member, in: &findings.task.annotations.metNames)
    }
    if untitled.count > 0 {
      findings.warningCounts.add(.fieldNotString, count: untitled.count, first: untitled.first)
    }
    self = ScannedCounts()
  }
}
