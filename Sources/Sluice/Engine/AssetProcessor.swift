// What a worker does with one asset that lies in memory: read its skeleton, decide, and make its row.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Works on one asset after another.
final class AssetProcessor {
  private let plan: RunPlan
  private let pool: BlockPool
  private let limit: Int
  private let lists: ListProcessor
  private let reader: AssetReader
  private var walker: SkeletonWalker<AssetReader>
  private let lineFinder: LineFinder
  /// Makes the rows where they are annotations.
  private let annotations: AnnotationProcessor?
  /// Looks at the annotations where nothing is written.
  private let inspector: ListInspector?

  /// Makes a processor.
  ///
  /// - Parameters:
  ///   - plan: What the run wants.
  ///   - pool: Where the memory of rows comes from.
  ///   - limit: How many bytes of rows of annotations are enough at a time.
  init(_ plan: RunPlan, pool: BlockPool, limit: Int) {
    self.plan = plan
    reader = AssetReader(plan.needs, listsApart: plan.needs.countsAnnotations ? .met : .none)
    inspector = plan.needs.inspects ? ListInspector(plan) : nil
    self.pool = pool
    self.limit = limit
    lists = ListProcessor(plan)
    annotations = plan.needs.columns.map { [lists] in
      AnnotationProcessor(plan, $0, lists, pool: pool, limit: limit)
    }
    walker = Self.makeWalker(reader, plan)
    lineFinder = LineFinder(kernel: plan.kernel)
  }

  /// Performs the job of a slice of a giant's list.
  func process(_ slice: ListSlice) -> ListOutcome {
    do {
      return try inspector?.process(slice, pool: pool)
        ?? lists.process(slice, Arena(pool), pool: pool, limit: limit)
    } catch {
      var outcome = ListOutcome(slice)
      outcome.failure = error
      return outcome
    }
  }

  /// Makes the next rows of an asset whose rows were too many.
  ///
  /// - Returns: The rows, and what is left now.
  func process(_ rest: AssetRest, arena: Arena) -> (batch: AssetBatch, rest: AssetRest?) {
    annotations?.process(rest, arena) ?? (AssetBatch(moreRows: [], nil, isUnfinished: false), nil)
  }

  /// Reads an element, decides on it, and makes its rows in `arena` if it is kept.
  ///
  /// - Returns: What became of it, and what is left of its rows.
  func process(_ element: Element, arena: Arena) -> (outcome: AssetOutcome, rest: AssetRest?) {
    let range = element.extent.start..<element.extent.end
    var outcome = AssetOutcome(range: range, line: element.line)
    var rest: AssetRest?
    do {
      outcome.malformed = try read(element, into: &outcome, arena, &rest)
    } catch {
      // No word on the input: bytes that are held can always be read.
      outcome.failure = error
    }
    return (outcome, rest)
  }

  /// - Returns: What is wrong with the element, if anything.
  private func read(
    _ element: Element, into outcome: inout AssetOutcome, _ arena: Arena, _ rest: inout AssetRest?
  ) throws -> Malformed? {
    let extent = element.extent
    guard let facts = try readSkeleton(extent) else { return locate(element) }
    outcome.facts = facts
    guard try readLists(of: element, &outcome.facts) else { return locate(element) }
    if plan.validatesAll || isSuspect(element), try !isValid(extent) {
      return locate(element)
    }
    if outcome.facts.isIssue {
      outcome.line = lineFinder.anchor(at: outcome.range.lowerBound, in: element)
      return nil
    }
    if outcome.facts.isNoAsset { return try locate(noAsset: element) }
    try outcome.facts.choose(plan.needs.selection.sample, at: outcome.range, in: extent)
    outcome.decision = plan.selector.decide(outcome.facts)
    if let excess = plan.excess(in: outcome.facts, outcome.decision) { return try locate(element, excess) }
    if let inspector {
      guard try inspector.inspect(element, pool, &outcome.facts) else { return locate(element) }
    } else if try !makeRows(&outcome, element, arena, &rest) {
      return locate(element)
    }
    for (code, surprise) in outcome.facts.warningCounts {
      outcome.warningLines[code] = lineFinder.position(of: surprise.first, in: element)
    }
    return nil
  }

  /// - Returns: Whether what is to be written is JSON.
  private func makeRows(
    _ outcome: inout AssetOutcome, _ element: Element, _ arena: Arena, _ rest: inout AssetRest?
  ) throws -> Bool {
    if let annotations {
      if !outcome.decision.isCandidate { return true }
      let result = try annotations.process(&outcome, element, arena)
      rest = result.rest
      return result.isValid
    }
    if !outcome.decision.isKept { return true }
    if !plan.validatesAll, try !isValid(element.extent) { return false }
    let row = makeRow(element.extent, outcome.facts, in: arena)
    if Row.isBig(row.count) { outcome.facts.warn(.rowTooBig, at: outcome.range.lowerBound) }
    outcome.rows = [KeptRow(row, of: outcome.facts, outcome.decision)]
    return true
  }

  private static func makeWalker(_ reader: AssetReader, _ plan: RunPlan) -> SkeletonWalker<AssetReader> {
    SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth, allowsMultipleValues: true)
  }

  private func readSkeleton(_ extent: Extent) throws -> AssetFacts? {
    do {
      try extent.forEachMappedRun(in: extent.start..<extent.end) { bytes, offset, map in
        try walker.consume(bytes, at: offset, map: map)
      }
      if walker.finish(), reader.isComplete { return reader.take() }
    } catch is JSONRejection {
      // Where it stops being JSON is looked for only when that is asked.
    }
    // A parser that has failed is of no more use.
    reader.reset()
    walker = Self.makeWalker(reader, plan)
    return nil
  }

  /// Counts the annotations where rows are assets, and finds what is pruned.
  ///
  /// - Returns: Whether what was read of them is JSON.
  private func readLists(of element: Element, _ facts: inout AssetFacts) throws -> Bool {
    if plan.needs.columns != nil { return true }
    let prunes = plan.needs.prunes
    var decision = Decision()
    decision.passingTasks = plan.selector.passingTasks(of: facts)
    for list in facts.lists where list.counts || prunes {
      let slice = ListSlice(
        place: list, job: ListJob(isCounted: true, output: prunes ? .cuts : .none), element: element,
        range: list.start + 1..<list.end, isFirst: true, terminator: .bracket())
      let outcome = try lists.process(slice, Arena(pool), pool: pool, limit: .max)
      if outcome.fault != nil { return false }
      facts.add(outcome, passes: decision.passes(list.task))
    }
    return true
  }

  /// Whether a line in it may be the next record: see `LineWatch`.
  private func isSuspect(_ element: Element) -> Bool {
    plan.watchesLines && element.framing == .sequence && element.extent.holdsRecordLine(plan.kernel)
  }

  private func isValid(_ extent: Extent) throws -> Bool {
    try JSONAcceptor(plan).allows(extent.start..<extent.end, of: extent)
  }

  /// What an element has too much of, unless that is no JSON anyway.
  private func locate(_ element: Element, _ excess: LimitViolation) throws -> Malformed {
    if !plan.validatesAll, try !isValid(element.extent) { return locate(element) }
    let line = lineFinder.anchor(at: excess.offset, in: element)
    let fault = ElementFault(excess, line: line, end: element.extent.end)
    return Malformed(fault: fault, element: element)
  }

  /// That an element is no asset, unless it is no JSON anyway.
  private func locate(noAsset element: Element) throws -> Malformed {
    let extent = element.extent
    if !plan.validatesAll, try !isValid(extent) { return locate(element) }
    let line = lineFinder.anchor(at: extent.start, in: element)
    let fault = ElementFault(noAssetAt: extent.start, line: line, end: extent.end)
    return Malformed(fault: fault, element: element)
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
