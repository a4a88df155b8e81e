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
  /// Their slices and frames are made one by one: there may be many.
  private var lists: ArraySlice<ListPlace>
  /// What is left of a list whose rows were begun.
  fileprivate var slice: ListSlice?
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

  fileprivate var isEmpty: Bool { slice == nil && lists.isEmpty }

  /// What comes next.
  ///
  /// - Throws: When a value that becomes a column is no JSON.
  fileprivate mutating func next() throws -> ListSlice? {
    if let slice = slice.take() { return slice }
    guard let list = lists.popFirst() else { return nil }
    return ListSlice(
      place: list, job: ListJob(isCounted: counts, output: .rows(try frames.frame(of: list))),
      element: element,
      range: list.start + 1..<list.end, isFirst: true, terminator: .bracket())
  }

  /// Notes that the annotations have been counted.
  fileprivate mutating func setCounted() {
    counts = false
    slice?.job.isCounted = false
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
      while let slice = try rest.next() {
        let result = try make(slice, arena)
        if result.fault != nil { return (false, nil) }
        outcome.add(result)
        rest.slice = result.rest
        if !rest.isEmpty, arena.count >= limit { break }
      }
      if !rest.isEmpty, try !look(through: rest, &outcome) { return (false, nil) }
      rest.setCounted()
      outcome.decision = plan.selector.decide(outcome.facts)
      if outcome.decision.isKept { return (true, rest.isEmpty ? nil : rest) }
      outcome.rows = []
      // What is not written is not too big.
      outcome.facts.warningCounts[.rowTooBig] = nil
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
  func process(_ rest: AssetRest, _ arena: Arena) -> (batch: AssetBatch, rest: AssetRest?) {
    var rest = rest
    var rows: [KeptRow] = []
    var tooBig: BatchWarning?
    do {
      while let slice = try rest.next() {
        let result = try make(slice, arena)
        if let fault = result.fault { throw TwoVerdicts(fault: fault) }
        rows += result.rows
        tooBig.add(.rowTooBig, of: result)
        rest.slice = result.rest
        if !rest.isEmpty, arena.count >= limit {
          return (AssetBatch(moreRows: rows, tooBig, isUnfinished: true), rest)
        }
      }
      return (AssetBatch(moreRows: rows, tooBig, isUnfinished: false), nil)
    } catch {
      // Its first rows went out because all of it had been seen to be JSON: rows that are missing now end the run.
      return (AssetBatch(moreRowsFailed: error), nil)
    }
  }

  private func make(_ slice: ListSlice, _ arena: Arena) throws -> ListOutcome {
    try lists.process(slice, arena, pool: pool, limit: max(1, limit - arena.count))
  }

  /// Counts and checks what no rows are made of yet.
  ///
  /// - Returns: Whether all that would be written is JSON.
  private func look(through rest: AssetRest, _ outcome: inout AssetOutcome) throws -> Bool {
    var rest = rest
    while var slice = try rest.next() {
      if case .rows(let frame) = slice.job.output { slice.job.output = .checkedRows(frame) }
      let result = try lists.process(slice, Arena(pool), pool: pool, limit: limit)
      if result.fault != nil { return false }
      outcome.add(result)
      rest.slice = result.rest
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

extension BatchWarning? {
  /// Adds what is to be warned of in a list.
  fileprivate mutating func add(_ code: WarningCode, of list: ListOutcome) {
    guard let warning = list.findings.warningCounts[code] else { return }
    if self != nil {
      self?.count += warning.count
    } else if let place = list.warningLines[code] {
      self = BatchWarning(
        code: code, count: warning.count, offset: warning.first, line: place.line, column: place.column)
    }
  }
}
