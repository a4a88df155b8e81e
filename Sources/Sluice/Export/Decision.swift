// From what an asset is to what becomes of it.

/// What becomes of an asset.
struct Decision: Sendable {
  /// Whether its row is written.
  var isKept = false
  /// Which of its tasks meet the task options.
  var passingTasks: [Int] = []
  /// Whether titles were looked at: only for assets and tasks that meet all other options.
  var countsAnnotations = false
  /// The batches that partitions are made for; nil stands for none.
  var batches: [[UInt8]?] = []
}

/// The filters of a run, ready to compare.
struct Selector: Sendable {
  private let selection: Selection
  private let prunes: Bool
  private let stages: Set<[UInt8]>
  private let excludedStages: Set<[UInt8]>
  private let batches: Set<[UInt8]>
  private let excludedBatches: Set<[UInt8]>

  init(_ options: RunOptions) {
    selection = options.selection
    prunes = options.rows.prune
    stages = Set(selection.stages.map { Array($0.utf8) })
    excludedStages = Set(selection.excludedStages.map { Array($0.utf8) })
    batches = Set(selection.batches.map { Array($0.utf8) })
    excludedBatches = Set(selection.excludedBatches.map { Array($0.utf8) })
  }

  /// Decides on an asset.
  func decide(_ facts: AssetFacts) -> Decision {
    var decision = Decision()
    let tasks = facts.tasks
    decision.passingTasks = tasks.indices.filter { passes(tasks[$0], of: facts) }
    guard passesBatches(facts), !decision.passingTasks.isEmpty else { return decision }
    if selection.looksAtTitles {
      decision.countsAnnotations = true
      decision.isKept = passesTitles(decision.passingTasks.map { tasks[$0] })
    } else {
      decision.isKept = true
    }
    decision.batches = facts.batches.filter { batch in
      guard !batches.isEmpty || selection.noBatch else { return true }
      return batches.contains(batch) && facts.comparableBatches.contains(batch)
    }
    if decision.batches.isEmpty { decision.batches = [nil] }
    return decision
  }

  private func passesBatches(_ facts: AssetFacts) -> Bool {
    if !excludedBatches.isDisjoint(with: facts.comparableBatches) { return false }
    if batches.isEmpty && !selection.noBatch { return true }
    return !batches.isDisjoint(with: facts.comparableBatches) || selection.noBatch && facts.batches.isEmpty
  }

  private func passes(_ task: TaskFacts, of facts: AssetFacts) -> Bool {
    let names = stageNames(task, of: facts)
    if names.contains(where: { excludedStages.contains($0) }) { return false }
    if !stages.isEmpty, !names.contains(where: { stages.contains($0) }) { return false }
    return passesTimes(task)
  }

  private func stageNames(_ task: TaskFacts, of facts: AssetFacts) -> [[UInt8]] {
    if !facts.isLegacy { return [task.stage.comparable, task.stageId.comparable].compactMap { $0 } }
    // An asset without tasks counts as one task with null fields, whatever its own status.
    if facts.legacyTasks.isEmpty { return [] }
    return [task.status.comparable, facts.status.comparable].compactMap { $0 }
  }

  private func passesTimes(_ task: TaskFacts) -> Bool {
    guard selection.looksAtTimes else { return true }
    guard let time = task.updatedAt.comparable.flatMap({ Timestamp(utf8: $0) }) else { return false }
    if let since = selection.updatedSince, time < since { return false }
    if let before = selection.updatedBefore, time >= before { return false }
    return true
  }

  private func passesTitles(_ passing: [TaskFacts]) -> Bool {
    if prunes { return selection.titles.isEmpty || passing.contains(where: \.hasMatch) }
    if passing.contains(where: \.hasExcludedTitle) { return false }
    return selection.titles.isEmpty || passing.contains(where: \.hasTitle)
  }
}

extension AssetFacts {
  /// The name under which a task is counted, and an asset partitioned.
  func stageName(of task: TaskFacts) -> [UInt8]? {
    isLegacy ? task.status.text ?? status.text : task.stage.text
  }

  /// The value of the `stage` partition of the asset's row.
  var partitionStage: [UInt8]? {
    guard isLegacy else { return task?.stage.text }
    return status.text ?? legacyTasks.first?.status.text
  }
}
