// What a worker does with one asset that lies in memory, where a row is an annotation. An asset of a megabyte
// may make rows of a hundred, since each repeats the columns of the asset; so rows are made in helpings, and the
// next one when the last has been delivered. What would keep all rows of the asset back is found out before the
// first helping goes out.

internal import Sharding

/// What is left of an asset whose rows are too many to be held.
struct AssetRest: Sendable {
  private let element: Element
  private var frames: RowFrames
  /// The lists whose rows are still to be made.
  ///
  /// Their runs and frames are made one by one: there may be many.
  private var lists: ArraySlice<ListPlace>
  /// What is left of a list whose rows were begun.
  fileprivate var run: ListRun?
  /// Whether the annotations are still to be counted.
  private var counts = true

  fileprivate init(_ facts: AssetFacts, _ decision: Decision, _ element: Element, _ frames: RowFrames) {
    self.element = element
    self.frames = frames
    lists =
      facts.lists.filter {
        $0.hasRows && $0.isInTaskList == facts.isLegacy && decision.passes($0.task)
      }[...]
  }

  fileprivate var isEmpty: Bool { run == nil && lists.isEmpty }

  /// What comes next.
  ///
  /// - Throws: When a value that becomes a column is no JSON.
  fileprivate mutating func next() throws -> ListRun? {
    if let run = run.take() { return run }
    guard let list = lists.popFirst() else { return nil }
    return ListRun(
      place: list, job: ListJob(counts: counts, output: .rows(try frames.frame(of: list))), element: element,
      range: list.start + 1..<list.end, isFirst: true, terminator: .bracket())
  }

  /// Notes that the annotations have been counted.
  fileprivate mutating func setCounted() {
    counts = false
    run?.job.counts = false
  }
}

/// Further rows of an asset.
struct MoreRows: Sendable {
  var rows: [KeptRow] = []
  /// How many of them are too big, and where the first is.
  var tooBig = 0
  var firstTooBig: (offset: Int, line: Int, column: Int)?
  /// What is left now; nil if nothing.
  var rest: AssetRest?
  /// Why there are no more, if there should be.
  var failure: (any Error)?

  fileprivate mutating func add(_ list: ListOutcome) {
    rows += list.rows
    guard let surprise = list.surprises[.rowTooBig] else { return }
    tooBig += surprise.count
    if firstTooBig == nil, let place = list.surpriseLines[.rowTooBig] {
      firstTooBig = (surprise.first, place.line, place.column)
    }
  }
}

/// Makes the rows of one asset after another.
struct AnnotationProcessor {
  private let plan: RunPlan
  private let columns: ColumnNeeds
  private let lists: ListProcessor
  private let pool: BlockPool
  private let limit: Int

  init(_ plan: RunPlan, _ columns: ColumnNeeds, _ lists: ListProcessor, pool: BlockPool, limit: Int) {
    self.plan = plan
    self.columns = columns
    self.pool = pool
    self.limit = limit
    self.lists = lists
  }

  /// Counts the annotations of an asset that meets all options but those of titles, and makes their rows.
  ///
  /// - Parameters:
  ///   - outcome: What is known of the asset.
  ///   - element: Its bytes.
  ///   - arena: Takes the rows.
  /// - Returns: What was left, nil if nothing; false in `isValid` if the asset is no JSON after all.
  /// - Throws: What is no fault of the asset.
  func process(
    _ outcome: inout AssetOutcome, _ element: Element, _ arena: Arena
  ) throws -> (isValid: Bool, rest: AssetRest?) {
    do {
      let frames = RowFrames(plan, columns, outcome.facts, outcome.decision, element.extent)
      var rest = AssetRest(outcome.facts, outcome.decision, element, frames)
      while let run = try rest.next() {
        let result = try make(run, arena)
        if result.fault != nil { return (false, nil) }
        outcome.add(result)
        rest.run = result.rest
        if !rest.isEmpty, arena.count >= limit { break }
      }
      if !rest.isEmpty, try !look(through: rest, &outcome) { return (false, nil) }
      rest.setCounted()
      outcome.decision = plan.selector.decide(outcome.facts)
      if outcome.decision.isKept { return (true, rest.isEmpty ? nil : rest) }
      outcome.rows = []
      // What is not written is not too big.
      outcome.facts.surprises[.rowTooBig] = nil
      return (true, nil)
    } catch is RowFrames.Malformed {
      return (false, nil)
    }
  }

  /// Makes the next rows of an asset.
  ///
  /// - Parameters:
  ///   - rest: What was left.
  ///   - arena: Takes the rows.
  /// - Returns: The rows, and what is left now.
  func process(_ rest: AssetRest, _ arena: Arena) -> MoreRows {
    var rest = rest
    var more = MoreRows()
    do {
      while let run = try rest.next() {
        let result = try make(run, arena)
        if let fault = result.fault { throw TwoVerdicts(fault: fault) }
        more.add(result)
        rest.run = result.rest
        if !rest.isEmpty, arena.count >= limit {
          more.rest = rest
          break
        }
      }
    } catch {
      // Its first rows went out because all of it had been seen to be JSON: rows that are missing now end the run.
      more.failure = error
    }
    return more
  }

  private func make(_ run: ListRun, _ arena: Arena) throws -> ListOutcome {
    try lists.process(run, arena, pool: pool, limit: max(1, limit - arena.count))
  }

  /// Counts and checks what no rows are made of yet.
  ///
  /// - Returns: Whether all that would be written is JSON.
  private func look(through rest: AssetRest, _ outcome: inout AssetOutcome) throws -> Bool {
    var rest = rest
    while var run = try rest.next() {
      if case .rows(let frame) = run.job.output { run.job.output = .checkedRows(frame) }
      let result = try lists.process(run, Arena(pool), pool: pool, limit: limit)
      if result.fault != nil { return false }
      outcome.add(result)
      rest.run = result.rest
    }
    return true
  }
}

/// What was JSON when it was checked is none when its rows are made.
struct TwoVerdicts: Error, CustomStringConvertible {
  var fault: ElementFault

  var description: String {
    "an asset was found to be JSON, and then not: \(fault.message), at byte \(fault.offset)"
  }
}

extension AssetOutcome {
  /// Takes in what came of one of its lists.
  fileprivate mutating func add(_ list: ListOutcome) {
    rows += list.rows
    facts.add(list)
  }
}

extension AssetFacts {
  /// Takes in what was counted in one of its lists.
  ///
  /// - Parameters:
  ///   - list: What came of it.
  ///   - passes: Whether its task passes.
  mutating func add(_ list: ListOutcome, passes: Bool = true) {
    duplicateKeys += list.duplicateKeys
    surprises.add(list.surprises)
    cuts += list.cuts.map { Cut(range: $0, isLegacy: list.place.isInTaskList) }
    // A current asset's `tasks` is nothing we know.
    guard list.place.isInTaskList == isLegacy else { return }
    if passes { annotations.add(list.task.annotations, limit: BoundedTally.limit) }
    tally.add(list.tally)
    annotationMarks.add(list.task.marks, toTaskAt: list.place.task)
  }
}

extension [AnnotationMarks] {
  /// Adds what was found of the annotations of a task.
  mutating func add(_ marks: AnnotationMarks, toTaskAt index: Int) {
    // There are no more tasks than that; and a list that was not counted says nothing.
    guard marks.count > 0, index < AssetLimits.tasks else { return }
    while count <= index { append(AnnotationMarks()) }
    self[index].add(marks)
  }
}

extension AnnotationTally? {
  /// Adds what was counted of annotations that follow.
  mutating func add(_ other: AnnotationTally?) {
    guard let other else { return }
    guard var known = take() else {
      self = other
      return
    }
    known.add(other)
    self = known
  }
}
