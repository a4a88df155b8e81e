// What a worker does with one asset that lies in memory, where a row is an annotation. An asset of a megabyte
// may make rows of a hundred, since each repeats the columns of the asset; so rows are made in helpings, and the
// next one when the last has been delivered. What would keep all rows of the asset back is found out before the
// first helping goes out.

internal import Sharding

/// What is left of an asset whose rows are too many to be held.
struct AssetRest: Sendable {
  /// The lists whose rows are still to be made, or the part of them that is.
  var runs: [ListRun]
}

/// Makes the rows of one asset after another.
struct AnnotationProcessor {
  private let plan: RunPlan
  private let columns: ColumnNeeds
  private let lists: ListProcessor
  private let pool: BlockPool
  private let limit: Int

  init(_ plan: RunPlan, _ columns: ColumnNeeds, pool: BlockPool, limit: Int) {
    self.plan = plan
    self.columns = columns
    self.pool = pool
    self.limit = limit
    lists = ListProcessor(plan)
  }

  /// Counts the annotations of an asset that meets all options but those of titles, and makes their rows.
  ///
  /// - Parameters:
  ///   - outcome: What is known of the asset.
  ///   - element: Its bytes.
  ///   - arena: Takes the rows.
  /// - Returns: What was left, nil if nothing; false in `isValid` if the asset is no JSON after all.
  func process(
    _ outcome: inout AssetOutcome, _ element: Element, _ arena: Arena
  ) -> (isValid: Bool, rest: AssetRest?) {
    guard var runs = try? makeRuns(outcome, element) else { return (false, nil) }
    var rest: AssetRest?
    while !runs.isEmpty {
      let result = lists.process(runs.removeFirst(), arena, pool: pool, limit: limit)
      if result.fault != nil { return (false, nil) }
      outcome.add(result)
      guard let left = result.rest else { continue }
      runs.insert(left, at: 0)
      guard look(through: runs, &outcome) else { return (false, nil) }
      for index in runs.indices { runs[index].job.counts = false }
      rest = AssetRest(runs: runs)
      break
    }
    outcome.decision = plan.selector.decide(outcome.facts)
    if outcome.decision.isKept { return (true, rest) }
    outcome.rows = []
    return (true, nil)
  }

  /// Makes the next rows of an asset.
  ///
  /// - Parameters:
  ///   - rest: What was left.
  ///   - arena: Takes the rows.
  /// - Returns: The rows, and what is left now.
  func process(_ rest: AssetRest, _ arena: Arena) -> (rows: [KeptRow], rest: AssetRest?) {
    var runs = rest.runs
    var rows: [KeptRow] = []
    while !runs.isEmpty {
      let result = lists.process(runs.removeFirst(), arena, pool: pool, limit: limit)
      rows += result.rows
      guard let left = result.rest else { continue }
      return (rows, AssetRest(runs: [left] + runs))
    }
    return (rows, nil)
  }

  private func makeRuns(_ outcome: AssetOutcome, _ element: Element) throws -> [ListRun] {
    let facts = outcome.facts
    var frames = try RowFrames(plan, columns, facts, outcome.decision, element.extent)
    var runs: [ListRun] = []
    for list in facts.lists where list.hasRows && list.isInTaskList == facts.isLegacy {
      guard outcome.decision.passingTasks.contains(list.task) else { continue }
      let job = ListJob(counts: true, output: .rows(try frames.frame(of: list)))
      runs.append(
        ListRun(
          place: list, job: job, element: element, range: list.start + 1..<list.end, isFirst: true,
          terminator: .bracket))
    }
    return runs
  }

  /// Counts and checks what no rows are made of yet.
  ///
  /// - Returns: Whether all that would be written is JSON.
  private func look(through runs: [ListRun], _ outcome: inout AssetOutcome) -> Bool {
    for var run in runs {
      if case .rows(let frame) = run.job.output { run.job.output = .checkedRows(frame) }
      let result = lists.process(run, Arena(pool), pool: pool, limit: .max)
      if result.fault != nil { return false }
      outcome.add(result)
    }
    return true
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
  mutating func add(_ list: ListOutcome) {
    duplicateKeys += list.duplicateKeys
    for (code, surprise) in list.surprises {
      let known = surprises[code]
      surprises[code] = (
        count: (known?.count ?? 0) + surprise.count, first: min(known?.first ?? .max, surprise.first)
      )
    }
    addCounts(of: list.task, toTaskAt: list.place.task)
  }

  /// Takes in what was counted of the annotations of a task.
  mutating func addCounts(of counts: TaskFacts, toTaskAt index: Int) {
    if isLegacy {
      if legacyTasks.indices.contains(index) { legacyTasks[index].addCounts(of: counts) }
    } else {
      task?.addCounts(of: counts)
    }
  }
}
