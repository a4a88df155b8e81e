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
enum AnnotationKind: String, CaseIterable, Sendable {
  /// An element of `tools`, in legacy exports of `objects`.
  case tool
  /// An element of `classifications`.
  case classification
  /// An element of `relations`.
  case relation
}

extension AnnotationKind {
  /// Its name in counts.
  var name: [UInt8] { Self.names[self] ?? [] }

  private static let names = [AnnotationKind: [UInt8]](
    uniqueKeysWithValues: allCases.map { ($0, Array($0.rawValue.utf8)) })
}

/// Counts of annotations by what they are; kept are those that the predicate keeps.
///
/// Of titles and tools the first are known by name, the later ones are summed: there may be as many of them as
/// annotations.
struct AnnotationCounts: Sendable {
  struct Tables: Sendable {
    var all = SeenKept()
    var titles = CountTable()
    var kinds = CountTable()
    var tools = CountTable()
  }

  /// None or one: most assets are not counted, and an asset is copied often.
  private var storage: [Tables] = []
  /// Which of the names that options have they have.
  var metNames = NameMarks()

  /// nil if nothing was counted.
  var tables: Tables? { storage.first }

  /// How many titles and tools it knows.
  var nameCount: Int { storage.isEmpty ? 0 : storage[0].titles.names.count + storage[0].tools.names.count }

  mutating func add(
    _ kind: AnnotationKind, title: [UInt8]?, tool: [UInt8]?, isMatch: Bool, count: Int = 1, limit: Int = .max
  ) {
    if storage.isEmpty { storage.append(Tables()) }
    let kept = isMatch ? count : 0
    storage[0].all.add(seen: count, kept: kept)
    storage[0].titles.add(title, seen: count, kept: kept, limit: limit)
    storage[0].kinds.add(kind.name, seen: count, kept: kept)
    storage[0].tools.add(tool, seen: count, kept: kept, limit: limit)
  }

  /// Adds what was counted of the annotations that follow.
  mutating func add(_ other: AnnotationCounts, limit: Int) {
    metNames.formUnion(other.metNames)
    guard let tables = other.tables else { return }
    if storage.isEmpty { storage.append(Tables()) }
    storage[0].all.add(seen: tables.all.seen, kept: tables.all.kept)
    storage[0].titles.add(tables.titles, limit: limit)
    storage[0].kinds.add(tables.kinds)
    storage[0].tools.add(tables.tools, limit: limit)
  }
}

/// What is remembered of the annotations of one task.
///
/// An asset may have 65,536 tasks, so this is small, and all else is counted for the asset as a whole.
struct AnnotationMarks: Sendable {
  /// How many there are.
  var count = 0
  /// Whether one has all that is wanted of one.
  var hasWanted = false
  /// Whether one is kept.
  var hasMatch = false
  /// Whether one has a name that is excluded.
  var hasExcluded = false

  /// Adds what was found in a later part of the same task.
  mutating func add(_ other: AnnotationMarks) {
    count += other.count
    hasWanted = hasWanted || other.hasWanted
    hasMatch = hasMatch || other.hasMatch
    hasExcluded = hasExcluded || other.hasExcluded
  }
}

/// What is known of one task.
struct TaskFacts: Sendable {
  /// Whether it is an object; else it has null fields, whatever its asset says.
  var isObject = false
  var stage = Field.absent
  var stageId = Field.absent
  var status = Field.absent
  var updatedAt = Field.absent
  /// Read only if it says whether the asset belongs to a sample.
  var taskId = Field.absent
  /// What is remembered of its annotations, and what is counted of them, where they are read before it is known
  /// whether the task passes: by the reference engine, and in one list at a time.
  var marks = AnnotationMarks()
  var annotations = AnnotationCounts()
  /// Where the values of `ColumnNeeds.task` are, and those of the context; empty unless they are columns.
  var members: [Range<Int>?] = []
  /// What its annotations have brought up, where that counts only if the task passes and its asset, too.
  var duplicateKeys = 0
  var warningCounts: [WarningCount] = []
  /// The snapshots, if their annotations are rows.
  var snapshots: [SnapshotFacts] = []
}

/// An entry of an asset's `batches`.
struct BatchName: Sendable, Hashable {
  var text: [UInt8]
  /// Whether filters can match it.
  var isComparable: Bool
}

/// The surprises that a run warns of.
public enum WarningCode: String, CaseIterable, Sendable {
  /// A row is too big for DuckDB's default.
  case rowTooBig = "row-too-big"
  /// A member that filters or partitions look at is missing, null or not a string.
  case fieldNotString = "field-not-a-string"
  /// A key that the run needs stands again in one object.
  case duplicateKey = "duplicate-key"
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
  /// A time option met a task whose `updatedAt` is missing or no time that can be read.
  case timeNotReadable = "time-not-readable"
  /// An asset has neither `task` nor `tasks`.
  case assetWithoutTask = "asset-without-task"
  /// Entries of a ZIP archive that hold no export.
  case entrySkipped = "entry-skipped"
}

/// A surprise and where it is.
struct WarningCount: Sendable, Hashable {
  var code: WarningCode
  var offset: Int
}

/// How often something surprising was met, and where first.
typealias WarningCounts = [WarningCode: (count: Int, first: Int)]

extension WarningCounts {
  /// Counts surprises of one code, the first of which is at `first`.
  mutating func add(_ code: WarningCode, count: Int = 1, first: Int) {
    let known = self[code]
    self[code] = (count: (known?.count ?? 0) + count, first: Swift.min(known?.first ?? .max, first))
  }

  /// Adds others.
  mutating func add(_ others: Self) {
    for (code, other) in others { add(code, count: other.count, first: other.first) }
  }
}

/// The place of the first surprise of each code.
typealias WarningLines = [WarningCode: (line: Int, column: Int)]

/// Bytes of an asset that do not go into its row.
struct Cut: Sendable, Hashable {
  var range: Range<Int>
  /// Only if the asset turns out to be legacy: the cut lies within `tasks`.
  var isLegacy: Bool
}

/// Members by which an element is known for what it is, those that were seen.
struct ElementMarks: OptionSet, Sendable {
  let rawValue: UInt8

  /// One of those of which an asset has at least one.
  static let asset = Self(rawValue: 1)
  // Those that each of Sluice's own annotation rows has, and no asset.
  static let annotation = Self(rawValue: 2)
  static let kind = Self(rawValue: 4)
  static let snapshot = Self(rawValue: 8)
  static let annotationRow: Self = [.annotation, .kind, .snapshot]
}

/// What is known of one asset.
struct AssetFacts: Sendable {
  var start = 0
  var end = 0
  var hasTask = false
  var hasTasks = false
  var hasLabelTask = false
  var assetIsObject = false
  var marks = ElementMarks()
  var externalId: [UInt8]?
  /// Each name once.
  var batches: [BatchName] = []
  var status = Field.absent
  var task: TaskFacts?
  var legacyTasks: [TaskFacts] = []
  var duplicateKeys = 0
  var warningCounts: WarningCounts = [:]
  var cuts: [Cut] = []
  /// String tokens whose URL query is to be cut; as with cuts, some only if the asset is legacy.
  var urls: [Cut] = []
  /// Where the values of `ColumnNeeds.asset` are, and those of the context; empty unless they are columns.
  var members: [Range<Int>?] = []
  /// What inspecting wants to know beside.
  var inspection: AssetInspection?
  /// The annotation lists that are read apart, in the order of the input.
  var lists: [ListPlace] = []
  /// What is remembered of the annotations of each task, where lists are read apart.
  var annotationMarks: [AnnotationMarks] = []
  /// Counts of the annotations of the tasks that pass.
  var annotations = AnnotationCounts()
  /// What else was counted of them, if all is inspected.
  var tally: AnnotationTally?
  /// What there is too much of, and where: the first such thing.
  var excess: LimitViolation?
  /// Tasks of `tasks` whose time cannot be read: known to mean something once it is known that there is no `task`.
  var unreadableTimes: (count: Int, first: Int)?

  /// Whether the asset does not belong to the sample.
  var isOutOfSample = false

  /// An asset of the 2021–2023 format.
  var isLegacy: Bool { hasTasks && !hasTask }

  /// An element of an issue export.
  var isIssue: Bool { !hasTask && !hasTasks && (hasLabelTask || assetIsObject) }

  /// Whether nothing in it is a task, or says that there is none.
  var isWithoutTask: Bool { !hasTask && !hasTasks }

  /// An object that has nothing of an asset, or is a row that Sluice has made of one's annotation.
  var isNoAsset: Bool {
    !marks.contains(.asset) || marks.isSuperset(of: .annotationRow) && !hasTask && !hasTasks
  }

  /// How many tasks options speak of; an asset without any counts as having one with null fields.
  var taskCount: Int { isLegacy ? max(1, legacyTasks.count) : 1 }

  /// The task at `index` of those.
  func task(at index: Int) -> TaskFacts {
    if !isLegacy { return task ?? TaskFacts() }
    return legacyTasks.isEmpty ? TaskFacts() : legacyTasks[index]
  }

  /// What is remembered of the annotations of the task at `index`.
  func marks(ofTask index: Int) -> AnnotationMarks {
    annotationMarks.indices.contains(index) ? annotationMarks[index] : task(at: index).marks
  }

  /// Adds what the annotations of tasks have brought up, which are all that pass.
  mutating func takeIn(annotationsOf tasks: [Int]) {
    for index in tasks {
      let task = task(at: index)
      annotations.add(task.annotations, limit: BoundedTally.limit)
      duplicateKeys += task.duplicateKeys
      for surprise in task.warningCounts { warn(surprise.code, at: surprise.offset) }
    }
  }

  mutating func warn(_ code: WarningCode, at offset: Int) {
    warningCounts.add(code, first: offset)
  }
}
