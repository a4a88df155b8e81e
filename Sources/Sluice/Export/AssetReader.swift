// Reads one asset from parse events: fields, titles and the bytes to leave out. It is the only place that
// knows the export format, and both engines use it: the reference engine gives it every event, the fast one
// leaves out the inside of the containers that the reader says it does not need (`skipsContainer`).
//
// `title`, `stage` and `batches` mean something only at their place, so the reader keeps a stack of places
// and ignores everything else.

internal import JSONEvents

/// What a run must know of assets.
struct ReaderNeeds: Sendable {
  var selection: AssetSelection
  var prunes: Bool
  var dropsHistory: Bool
  var stripsURLs: Bool
  /// Whether annotations are looked at one by one.
  var countsAnnotations: Bool
  /// What is read of them.
  let annotations: AnnotationNeeds
  /// The columns of annotation rows; nil for asset rows.
  var columns: ColumnNeeds?
  /// Whether everything is counted, and nothing written.
  var inspects: Bool

  init(_ options: RunOptions) { self.init(options, AnnotationPredicate(options.selection)) }

  init(_ options: RunOptions, _ predicate: AnnotationPredicate) {
    selection = options.selection
    prunes = options.rows.prune
    inspects = options.inspects
    let makesAnnotations = options.rows.kind == .annotations
    dropsHistory = options.rows.history == .drop && !makesAnnotations
    // The columns see to their own.
    stripsURLs = options.rows.stripURLQuery && !makesAnnotations
    annotations = AnnotationNeeds(predicate, hasColumns: makesAnnotations, inspects: options.inspects)
    countsAnnotations = makesAnnotations || !predicate.keepsAll
    if makesAnnotations { columns = ColumnNeeds(options.rows) }
  }

  /// Whether the run changes what stands in a task.
  var editsTasks: Bool { prunes || dropsHistory || stripsURLs }
}

/// Which annotation lists a reader leaves to others.
enum ListsApart {
  /// None: it reads what it needs of them.
  case none
  /// Those that it meets on its way.
  case met
  /// All: it looks for those of snapshots too.
  case all
}

/// Where in an asset an event happens.
///
/// `counts` is false behind the second of two equal keys: the first decides, the second is only edited.
enum Place {
  case asset
  case batches(counts: Bool)
  case dataset
  case task(counts: Bool)
  case taskList(counts: Bool)
  case history(counts: Bool)
  case snapshot(counts: Bool)
  case annotations(AnnotationKind, counts: Bool)
  case annotation(AnnotationKind, counts: Bool)
}

/// Reads assets, one after another.
final class AssetReader: EventReader {
  private let state: EventStateBox<AssetState>

  /// Makes a reader.
  ///
  /// - Parameters:
  ///   - needs: What a run must know of assets.
  ///   - listsApart: Which annotation lists it leaves to others.
  ///   - keepsTasks: Whether it remembers the tasks of `tasks`, or has somebody else done so.
  init(_ needs: ReaderNeeds, listsApart: ListsApart = .none, keepsTasks: Bool = true) {
    state = EventStateBox(AssetState(needs, listsApart: listsApart, keepsTasks: keepsTasks))
  }

  func with<Result>(_ body: (inout AssetState) -> Result) -> Result { state.with(body) }

  /// Whether the container that has just been opened need not be read.
  var skipsContainer: Bool { with { $0.skipsContainer } }

  /// Whether an asset has been read to its end.
  var isComplete: Bool { with { $0.isComplete } }

  /// Forgets the asset.
  func reset() { with { $0.reset() } }

  /// Takes what was read, ready for the next asset.
  func take() -> AssetFacts { with { $0.take() } }

  /// The annotation list that has just been opened, if it is read apart.
  func takeOpenedList() -> ListPlace? { with { $0.takeOpenedList() } }

  /// What is known of an asset in the midst of its task, if nothing that may come later changes what becomes
  /// of it; nil if it may.
  func settledFacts(_ options: RunOptions) -> AssetFacts? { with { $0.settledFacts(options) } }

  /// Takes what does not go into the row, as far as it has been read.
  func takeCuts() -> (members: [Cut], urls: [Cut]) { with { $0.takeCuts() } }

  /// What has surprised so far, by code.
  var warningCounts: WarningCounts { with { $0.facts.warningCounts } }

  /// Where the containers start that are being read, the asset first.
  var starts: [Int] { with { $0.starts } }
}

/// What has been read of an asset so far, and what to make of the next event.
struct AssetState: EventState {
  /// A container that is being read.
  struct Container {
    var place: Place
    var start: Int
    var isObject: Bool
    var key = ExportKey.other
    var keyStart = 0
    /// Whether the current key is the first of its name, so that its value decides.
    var keyCounts = true
    /// The known keys that have been seen, a bit each.
    var seen: UInt64 = 0
    /// Which context member the current key names, and those that have been seen, a bit each.
    var context: Int?
    var seenContext: UInt64 = 0
    /// Leaves items out; nil where nothing ever is.
    var cutter: ItemCutter?
  }

  var facts = AssetFacts()
  let needs: ReaderNeeds
  /// The innermost container that is being read; means something only while `isOpen`.
  var top = Container(place: .asset, start: 0, isObject: true)
  /// Those around it, the asset first.
  private var outer: [Container] = []
  /// Whether an asset is being read.
  private var isOpen = false
  var task = TaskFacts()
  /// The annotation that is being read; means something only while `top` is one.
  var annotation: AnnotationState
  /// The index of the snapshot that is being read.
  var snapshotIndex = -1
  /// The batches of the asset so far.
  var batchNames = NameIndex<[UInt8]>()
  var batchBytes = 0
  /// How many snapshots the asset has that are known.
  var snapshotCount = 0
  /// Outlives the asset, as the names do.
  var names = NameCache()
  /// Within `tasks`: what is cut there goes only if the asset is legacy.
  var inTaskList = false
  /// Outlives the asset likewise.
  var keyClasses = KeyClasses()
  /// Which annotation lists are not read here but handed out to be read by others.
  let listsApart: ListsApart
  let keepsTasks: Bool
  /// How many elements of `tasks` there are so far.
  var taskCount = 0
  /// The list that has been opened last, if it is read apart, until it is taken.
  private var openedList: ListPlace?
  /// Whether the list that is being passed over counts.
  var readsCountedList = false
  /// How many containers are open within one that is not needed, that one included.
  private var ignored = 0
  /// Where the outermost of them started.
  private var unreadStart = 0

  init(_ needs: ReaderNeeds, listsApart: ListsApart, keepsTasks: Bool) {
    self.needs = needs
    self.keepsTasks = keepsTasks
    self.listsApart = listsApart
    annotation = AnnotationState(needs.annotations, .tool, isCounted: false)
  }

  /// Whether the container that has just been opened need not be read.
  var skipsContainer: Bool { ignored == 1 }

  /// The annotation list that has just been opened, if it is read apart.
  mutating func takeOpenedList() -> ListPlace? { openedList.take() }

  /// Takes what does not go into the row, as far as it has been read.
  mutating func takeCuts() -> (members: [Cut], urls: [Cut]) {
    if facts.cuts.isEmpty, facts.urls.isEmpty { return ([], []) }
    defer { (facts.cuts, facts.urls) = ([], []) }
    return (facts.cuts, facts.urls)
  }

  /// How many containers are being read.
  var depth: Int { isOpen ? outer.count + 1 : 0 }

  /// Where the containers start that are being read.
  var starts: [Int] { isOpen ? outer.map(\.start) + [top.start] : [] }

  /// Whether an asset has been read to its end.
  var isComplete: Bool { !isOpen && ignored == 0 && facts.end > 0 }

  /// What is known of an asset in the midst of its task, if nothing that may come later changes what becomes
  /// of it; nil if it may.
  func settledFacts(_ options: RunOptions) -> AssetFacts? {
    guard !inTaskList, depth > 1, facts.excess == nil else { return nil }
    let containers = outer + [top]
    guard case .task(counts: true) = containers[1].place else { return nil }
    let partitions = options.output.partitionBy
    let selection = needs.selection
    let hasBatches = containers[0].seen & (UInt64(1) << UInt64(ExportKey.batches.rawValue)) != 0
    if selection.looksAtBatches || partitions.contains(.batch), !hasBatches { return nil }
    if selection.looksAtStages || partitions.contains(.stage), task.stage == .absent { return nil }
    if selection.looksAtStages, task.stageId == .absent { return nil }
    if selection.looksAtTimes, task.updatedAt == .absent { return nil }
    if needs.columns != nil {
      guard ColumnNeeds.asset.isComplete(facts.members), ColumnNeeds.task.isComplete(task.members) else {
        return nil
      }
    }
    var facts = facts
    facts.task = task
    return facts.chooseEarly(selection.sample) ? facts : nil
  }

  /// Forgets the asset.
  mutating func reset() {
    facts = AssetFacts()
    batchNames.removeAll()
    (batchBytes, snapshotCount, taskCount) = (0, 0, 0)
    outer.removeAll(keepingCapacity: true)
    isOpen = false
    ignored = 0
    inTaskList = false
  }

  /// Takes what was read, ready for the next asset.
  mutating func take() -> AssetFacts {
    var taken = AssetFacts()
    swap(&taken, &facts)
    reset()
    return taken
  }

  // MARK: Events

  mutating func key(_ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard ignored == 0, isOpen else { return }
    if case .annotation = top.place {
      return annotation.key(value, loneSurrogate: loneSurrogate, at: range, &names)
    }
    begin(ExportKey(value), at: range.lowerBound)
    if case .asset = top.place { recognise(top.key) }
    top.context = nil
    if needs.columns != nil, !loneSurrogate { beginContext(value) }
    if needs.inspects { inspect(key: value, at: range.lowerBound) }
  }

  mutating func string(_ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard ignored == 0, isOpen else { return }
    if case .annotation = top.place {
      return annotation.string(value, loneSurrogate: loneSurrogate, at: range, &names)
    }
    if needs.stripsURLs, isURL(), value.contains(UInt8(ascii: "?")) {
      facts.urls.append(Cut(range: range, isLegacy: inTaskList))
    }
    if needs.inspects { inspect(url: value) }
    if wantsText() {
      let text = names.name(value)
      if loneSurrogate { facts.warn(.loneSurrogate, at: range.lowerBound) }
      scalar(loneSurrogate ? .unmatchable(text) : .string(text), range)
    } else {
      scalar(.other, range)
    }
  }

  mutating func oversizedString(isKey: Bool, at range: Range<Int>) {
    guard ignored == 0, isOpen else { return }
    if case .annotation = top.place {
      return isKey ? annotation.oversizedKey() : annotation.scalar(.other, range)
    }
    if isKey {
      begin(.other, at: range.lowerBound)
      top.context = nil
    } else {
      if needs.stripsURLs, isURL() { facts.urls.append(Cut(range: range, isLegacy: inTaskList)) }
      scalar(.other, range)
    }
  }

  mutating func scalar(_ field: Field, _ range: Range<Int>) {
    guard ignored == 0, isOpen else { return }
    if case .annotation = top.place { return annotation.scalar(field, range) }
    note(.scalar(field), at: range.lowerBound)
    valueEnded(from: range.lowerBound, at: range.upperBound, isRemoved: removesUnread())
  }

  // MARK: Containers

  private mutating func begin(_ key: ExportKey, at offset: Int) {
    top.key = key
    top.keyStart = offset
    top.keyCounts = true
    guard isLifted(key, in: top.place) else { return }
    let bit = UInt64(1) << UInt64(key.rawValue)
    if top.seen & bit != 0 {
      top.keyCounts = false
      facts.duplicateKeys += 1
      facts.warn(.duplicateKey, at: top.start)
    }
    top.seen |= bit
  }

  /// Looks whether the current key names a member that is context.
  private mutating func beginContext(_ name: Span<UInt8>) {
    top.context = contextIndex(of: name)
    guard let context = top.context, !isLifted(top.key, in: top.place) else { return }
    let bit = UInt64(1) << UInt64(context)
    if top.seenContext & bit != 0 {
      top.keyCounts = false
      facts.duplicateKeys += 1
      facts.warn(.duplicateKey, at: top.start)
    }
    top.seenContext |= bit
  }

  mutating func open(isObject: Bool, at offset: Int) {
    if ignored > 0 {
      ignored += 1
      return
    }
    guard isOpen else {
      facts.start = offset
      isOpen = true
      top = Container(place: .asset, start: offset, isObject: isObject)
      if let columns = needs.columns { facts.members = columns.emptyAsset }
      if needs.inspects { facts.inspection = AssetInspection() }
      return
    }
    if case .annotation = top.place { return annotation.open(isObject: isObject, at: offset) }
    note(isObject ? .object : .array, at: offset)
    if listsApart != .none, let list = listApart(isObject: isObject, at: offset) {
      openedList = list
      readsCountedList = list.counts
      ignored = 1
      unreadStart = offset
      return
    }
    guard let place = place(forContainer: isObject) else {
      ignored = 1
      unreadStart = offset
      return
    }
    var container = Container(place: place, start: offset, isObject: isObject)
    switch place {
    case .task(let counts):
      if needs.dropsHistory { container.cutter = ItemCutter(after: offset + 1) }
      if counts {
        task = TaskFacts()
        task.isObject = true
        if let columns = needs.columns { task.members = columns.emptyTask }
      }
    case .history(counts: true): snapshotIndex = -1
    case .snapshot(counts: true):
      if needs.columns?.readsHistory == true { beginSnapshot(at: offset) }
    case .annotations:
      if needs.prunes { container.cutter = ItemCutter(after: offset + 1) }
    case .annotation(let kind, let counts):
      annotation = AnnotationState(needs.annotations, kind, isCounted: counts)
      annotation.open(isObject: isObject, at: offset)
    case .taskList: inTaskList = true
    default: break
    }
    outer.append(top)
    top = container
  }

  mutating func close(at offset: Int) {
    if ignored > 0 {
      ignored -= 1
      if ignored == 0, var list = openedList.take() {
        list.end = offset
        addList(list)
      }
      if ignored == 0, readsCountedList { inspect(list: unreadStart..<offset + 1) }
      if ignored == 0 { valueEnded(at: offset + 1, isRemoved: removesUnread()) }
      return
    }
    guard isOpen else { return }
    if case .annotation = top.place, !annotation.close(at: offset) { return }
    let closed = top
    if let container = outer.popLast() { top = container } else { isOpen = false }
    if let range = closed.cutter?.close(at: offset) { cut(range) }
    var isRemoved = false
    switch closed.place {
    case .asset: endAsset(at: offset)
    case .task(counts: true): endTask(from: closed.start)
    case .taskList: inTaskList = false
    case .history: isRemoved = needs.dropsHistory
    case .annotation(let kind, let counts):
      isRemoved = endAnnotation(annotation.annotation, kind, counts: counts)
    default: break
    }
    valueEnded(from: closed.start, at: offset + 1, isRemoved: isRemoved)
  }

  /// Whether a value that is no container, or was not read, is left out of the container on top.
  private mutating func removesUnread() -> Bool {
    guard isOpen else { return false }
    switch top.place {
    case .task: return needs.dropsHistory && top.key == .stageHistory
    // An element that is no object has no members.
    case .annotations:
      return needs.prunes && !needs.annotations.predicate.verdict(of: AnnotationFacts()).isKept
    default: return false
    }
  }

  private mutating func valueEnded(from start: Int? = nil, at end: Int, isRemoved: Bool) {
    if isOpen, needs.columns != nil, top.isObject, top.keyCounts { lift((start ?? unreadStart)..<end) }
    if isOpen, needs.inspects { inspect(value: (start ?? unreadStart)..<end) }
    guard isOpen, top.cutter != nil else { return }
    // An unread container starts at its key in an object; in a list every container is read.
    let itemStart = top.isObject ? top.keyStart : start ?? unreadStart
    if let range = top.cutter?.item(itemStart..<end, isRemoved: isRemoved) { cut(range) }
  }

  private mutating func cut(_ range: Range<Int>) {
    facts.cuts.append(Cut(range: range, isLegacy: inTaskList))
  }
}
