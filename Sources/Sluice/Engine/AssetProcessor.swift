// What a worker does with one asset that lies in memory: read its skeleton, decide, and make its row.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Everything about a run that workers need and nobody changes.
struct RunPlan: Sendable {
  let options: RunOptions
  let needs: ReaderNeeds
  let selector: Selector

  init(_ options: RunOptions) {
    self.options = options
    needs = ReaderNeeds(options)
    selector = Selector(options)
  }

  var kernel: ScanKernel { options.resources.kernel }
  var maxDepth: Int { options.resources.maxDepth }
  var validatesAll: Bool { options.resources.validation == .all }

  /// Whether annotations must be counted before the first row of a giant is written: titles decide on its row,
  /// and on the rows of its snapshots.
  var surveysAnnotations: Bool {
    needs.inspects || needs.selection.looksAtTitles && needs.columns?.readsHistory != false
  }

  /// Whether elements are watched for lines that start with `{`.
  func watchesLines(_ framing: Framing) -> Bool { framing == .sequence && options.onError != .stop }
}

/// An element of the input in memory.
struct Element: Sendable {
  var extent: Extent
  /// The line in which the first block of the extent starts, or the byte at `lineOffset`.
  var line: LineAnchor
  /// A place between the start of the first block and that of the element.
  var lineOffset: Int?
}

/// A row in an arena.
struct Row: Sendable {
  var arena: Arena
  var start: Arena.Position
  var end: Arena.Position
  /// Its length with the newline.
  var count: Int

  /// Whether a row of `count` bytes is more than DuckDB's default for an object takes, 16 MiB.
  static func isBig(_ count: Int) -> Bool { count - 1 > 16 << 20 }
}

/// Why an element is no asset, and where.
struct Malformed: Sendable {
  var fault: ElementFault
  var element: Element
}

/// What became of one element.
struct AssetOutcome: Sendable {
  var range: Range<Int>
  /// The line in which the element's first block starts; of an issue, that in which it starts itself.
  var line: LineAnchor
  var facts = AssetFacts()
  var decision = Decision()
  /// Its row, or those of its annotations, in order.
  var rows: [KeptRow] = []
  var malformed: Malformed?
  /// Where the first surprise of each code is.
  var surpriseLines: [WarningCode: (line: Int, column: Int)] = [:]

  /// Whether there is more to say of it than counts and a row.
  var isSpecial: Bool { malformed != nil || facts.isIssue || !facts.surprises.isEmpty }

  /// Whether a line was counted for it.
  var needsLine: Bool { malformed != nil || !facts.surprises.isEmpty }
}

/// Works on one asset after another.
final class AssetProcessor {
  private let plan: RunPlan
  private let pool: BlockPool
  private let reader: AssetReader
  private var walker: SkeletonWalker
  private let lineFinder: LineFinder
  /// Makes the rows where they are annotations.
  private let annotations: AnnotationProcessor?
  /// Looks at the annotations where nothing is written.
  private let inspector: ListInspector?
  /// Whether a line that starts with `{` makes an element suspect: see `LineWatch`.
  private let watchesLines: Bool

  /// Makes a processor.
  ///
  /// - Parameters:
  ///   - plan: What the run wants.
  ///   - framing: What the input is a row of.
  ///   - pool: Where the memory of rows comes from.
  ///   - limit: How many bytes of rows of annotations are enough at a time.
  init(_ plan: RunPlan, _ framing: Framing, pool: BlockPool, limit: Int) {
    self.plan = plan
    watchesLines = plan.watchesLines(framing)
    reader = AssetReader(plan.needs, listsApart: plan.needs.columns == nil ? .none : .met)
    inspector = plan.needs.inspects ? ListInspector(plan) : nil
    self.pool = pool
    annotations = plan.needs.columns.map { AnnotationProcessor(plan, $0, pool: pool, limit: limit) }
    walker = SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    lineFinder = LineFinder(kernel: plan.kernel)
  }

  /// Looks at a run of a giant's list.
  func inspect(_ run: ListRun) -> ListOutcome? { inspector?.process(run, pool: pool) }

  /// Makes the next rows of an asset whose rows were too many.
  func process(_ rest: AssetRest, arena: Arena) -> MoreRows {
    annotations?.process(rest, arena) ?? MoreRows()
  }

  /// Reads an element, decides on it, and makes its rows in `arena` if it is kept.
  ///
  /// - Returns: What became of it, and what is left of its rows.
  func process(_ element: Element, arena: Arena) -> (outcome: AssetOutcome, rest: AssetRest?) {
    var rest: AssetRest?
    let outcome = process(element, arena, &rest)
    return (outcome, rest)
  }

  private func process(_ element: Element, _ arena: Arena, _ rest: inout AssetRest?) -> AssetOutcome {
    let range = element.extent.start..<element.extent.end
    var outcome = AssetOutcome(range: range, line: element.line)
    guard let facts = readSkeleton(element.extent) else {
      outcome.malformed = locate(element)
      return outcome
    }
    outcome.facts = facts
    if plan.validatesAll || watchesLines && element.extent.holdsRecordLine(plan.kernel),
      !isValid(element.extent)
    {
      outcome.malformed = locate(element)
      return outcome
    }
    if facts.isIssue {
      outcome.line = lineFinder.anchor(at: range.lowerBound, in: element)
      return outcome
    }
    // Bytes that are held can always be visited.
    try? outcome.facts.choose(plan.needs.selection.sample, at: range, in: element.extent)
    outcome.decision = plan.selector.decide(outcome.facts)
    if let inspector {
      for list in inspector.lists(of: facts, element) {
        let result = inspector.process(list, pool: pool)
        guard result.fault == nil else {
          outcome.malformed = locate(element)
          return outcome
        }
        outcome.facts.add(result)
      }
    } else if let annotations {
      if outcome.decision.isCandidate {
        let result = annotations.process(&outcome, element, arena)
        guard result.isValid else {
          outcome.malformed = locate(element)
          return outcome
        }
        rest = result.rest
      }
    } else if outcome.decision.isKept, !plan.validatesAll, !isValid(element.extent) {
      outcome.malformed = locate(element)
      return outcome
    }
    if annotations == nil, outcome.decision.isKept {
      let row = makeRow(element.extent, facts, in: arena)
      if Row.isBig(row.count) { outcome.facts.warn(.rowTooBig, at: range.lowerBound) }
      outcome.rows = [KeptRow(row, of: facts, outcome.decision)]
    }
    for (code, surprise) in outcome.facts.surprises {
      outcome.surpriseLines[code] = lineFinder.position(of: surprise.first, in: element)
    }
    return outcome
  }

  private func readSkeleton(_ extent: Extent) -> AssetFacts? {
    do {
      try extent.forEachRun(in: extent.start..<extent.end) { bytes, offset throws(JSONRejection) in
        try walker.consume(bytes, at: offset)
      }
      if let facts = walker.finish() { return facts }
    } catch {}
    // A parser that has failed is of no more use.
    reader.reset()
    walker = SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    return nil
  }

  private func isValid(_ extent: Extent) -> Bool {
    var validator = JSONValidator(maxDepth: plan.maxDepth)
    do {
      try extent.forEachRun(in: extent.start..<extent.end) { bytes, offset throws(JSONRejection) in
        try validator.feed(bytes, at: offset)
      }
      try validator.endOfInput()
      return true
    } catch {
      return false
    }
  }

  private func locate(_ element: Element) -> Malformed {
    let finder = FaultFinder(maxDepth: plan.maxDepth, lines: lineFinder)
    return Malformed(fault: finder.find(in: element), element: element)
  }

  private func makeRow(_ extent: Extent, _ facts: AssetFacts, in arena: Arena) -> Row {
    let start = arena.position
    var minifier = Minifier(kernel: plan.kernel)
    var count = 0
    let cuts = facts.cutList { token in URLQuery.start(in: extent, token) }
    cuts.forEachKept(in: extent.start..<extent.end) { range in
      extent.forEachRun(in: range) { bytes, _ in
        unsafe arena.append(upTo: bytes.count) { destination in
          let written = unsafe minifier.append(bytes, to: destination)
          count += written
          return written
        }
      }
    }
    unsafe arena.append(upTo: 1) { destination in
      unsafe destination.storeBytes(of: UInt8(ascii: "\n"), as: UInt8.self)
      return 1
    }
    return Row(arena: arena, start: start, end: arena.position, count: count + 1)
  }
}

/// Leaves out white space, run by run.
struct Minifier {
  let kernel: ScanKernel
  private var state = ScanState()

  init(kernel: ScanKernel) { self.kernel = kernel }

  /// Appends what remains of `bytes`, which follow those before, to `destination`.
  mutating func append(_ bytes: Span<UInt8>, to destination: UnsafeMutableRawBufferPointer) -> Int {
    unsafe kernel.minify(bytes, into: destination, state: &state).written
  }
}
