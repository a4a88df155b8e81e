// What a run knows of an asset once it has read its skeleton: enough to select, partition and count it.

/// The value of a member that the run lifts.
enum Field: Sendable, Hashable {
  case absent
  case null
  /// A string, unescaped.
  case string([UInt8])
  /// A string with a lone surrogate: it matches nothing; its text, with U+FFFD, is good for a path.
  case unmatchable([UInt8])
  /// Any other type, or a string over 1 MiB.
  case other

  /// The text that filters compare.
  var comparable: [UInt8]? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The text that directories and counts show.
  var text: [UInt8]? {
    switch self {
    case .string(let text), .unmatchable(let text): text
    case .absent, .null, .other: nil
    }
  }
}

/// The kinds of annotation, in the order of their counts.
public enum AnnotationKind: String, CaseIterable, Sendable {
  /// An element of `tools`, in legacy exports of `objects`.
  case tool
  /// An element of `classifications`.
  case classification
  /// An element of `relations`.
  case relation
}

/// How often each of several names occurred, in the order of their first.
struct NameCounts: Sendable {
  private(set) var order: [[UInt8]?] = []
  private var counts: [[UInt8]?: Int] = [:]

  mutating func add(_ name: [UInt8]?, _ count: Int = 1) {
    if let known = counts[name] {
      counts[name] = known + count
    } else {
      counts[name] = count
      order.append(name)
    }
  }

  mutating func add(_ other: NameCounts) {
    for name in other.order { add(name, other[name]) }
  }

  subscript(name: [UInt8]?) -> Int { counts[name] ?? 0 }
}

/// Counts of annotations by what they are.
struct AnnotationCounts: Sendable {
  var total = 0
  var titles = NameCounts()
  var kinds = NameCounts()
  var tools = NameCounts()

  mutating func add(_ kind: AnnotationKind, title: [UInt8]?, tool: [UInt8]?) {
    total += 1
    titles.add(title)
    kinds.add(Array(kind.rawValue.utf8))
    tools.add(tool)
  }

  mutating func add(_ other: AnnotationCounts) {
    total += other.total
    titles.add(other.titles)
    kinds.add(other.kinds)
    tools.add(other.tools)
  }
}

/// What is known of one task.
struct TaskFacts: Sendable {
  var stage = Field.absent
  var stageId = Field.absent
  var status = Field.absent
  var updatedAt = Field.absent
  /// Whether an annotation has one of the wanted titles.
  var hasTitle = false
  /// Whether an annotation meets the title options.
  var hasMatch = false
  /// Whether an annotation has an excluded title.
  var hasExcludedTitle = false
  /// All annotations.
  var annotations = AnnotationCounts()
  /// The annotations that meet the title options.
  var matches = AnnotationCounts()
}

/// The surprises that a run warns of.
public enum WarningCode: String, CaseIterable, Sendable {
  /// A row is too big for DuckDB's default.
  case rowTooBig = "row-too-big"
  /// A member that filters or partitions look at is missing, null or not a string.
  case fieldNotString = "field-not-a-string"
  /// `batches` is not an array, or an entry of it is not a string.
  case batchesNotStrings = "batches-not-strings"
  /// `task`, `tasks`, an element of it, or an annotation list has an unknown shape.
  case unknownShape = "unknown-shape"
  /// A string that the run looks at holds a lone surrogate.
  case loneSurrogate = "lone-surrogate"
  /// Malformed assets, skipped.
  case assetSkipped = "asset-skipped"
  /// Malformed assets, kept in `rejects/`.
  case assetRejected = "asset-rejected"
  /// Entries of a ZIP archive that hold no export.
  case entrySkipped = "entry-skipped"
}

/// A surprise and where it is.
struct Surprise: Sendable, Hashable {
  var code: WarningCode
  var offset: Int
}

/// Bytes of an asset that do not go into its row.
struct Cut: Sendable, Hashable {
  var range: Range<Int>
  /// Only if the asset turns out to be legacy: the cut lies within `tasks`.
  var isLegacy: Bool
}

/// What is known of one asset.
struct AssetFacts: Sendable {
  var start = 0
  var end = 0
  var hasTask = false
  var hasTasks = false
  var hasLabelTask = false
  var assetIsObject = false
  var externalId: [UInt8]?
  var batches: [[UInt8]] = []
  /// Which of `batches` filters can match.
  var comparableBatches: Set<[UInt8]> = []
  var status = Field.absent
  var task: TaskFacts?
  var legacyTasks: [TaskFacts] = []
  var duplicateKeys = 0
  var surprises: [WarningCode: (count: Int, first: Int)] = [:]
  var cuts: [Cut] = []
  /// String tokens whose URL query is to be cut; as with cuts, some only if the asset is legacy.
  var urls: [Cut] = []

  /// An asset of the 2021–2023 format.
  var isLegacy: Bool { hasTasks && !hasTask }

  /// An element of an issue export.
  var isIssue: Bool { !hasTask && !hasTasks && (hasLabelTask || assetIsObject) }

  /// The tasks that options speak of; an asset without any counts as having one with null fields.
  var tasks: [TaskFacts] {
    let tasks = isLegacy ? legacyTasks : task.map { [$0] } ?? []
    return tasks.isEmpty ? [TaskFacts()] : tasks
  }

  mutating func warn(_ code: WarningCode, at offset: Int) {
    let known = surprises[code]
    surprises[code] = (count: (known?.count ?? 0) + 1, first: known?.first ?? offset)
  }
}
