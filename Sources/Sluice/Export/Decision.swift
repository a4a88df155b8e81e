// From what an asset is to what becomes of it.

internal import Sharding

/// What becomes of an asset.
struct Decision: Sendable {
  /// Whether its row is written, or those of its annotations.
  var isKept = false
  /// Whether it meets all options but those of titles.
  var isCandidate = false
  /// Which of its tasks meet the task options.
  var passingTasks: [Int] = []
  /// Whether titles were looked at: only for assets and tasks that meet all other options.
  var countsAnnotations = false
  /// The batches that partitions are made for; nil stands for none.
  var batches: [[UInt8]?] = []

  /// Whether the task of this number meets the task options.
  func passes(_ task: Int) -> Bool {
    let index = passingTasks.partitionIndex { $0 >= task }
    return index < passingTasks.count && passingTasks[index] == task
  }

  // Most assets have one task; constants need no allocation.
  fileprivate static let onlyTask = [0]
  fileprivate static let noBatch: [[UInt8]?] = [nil]
}

/// The filters of a run, ready to compare.
struct Selector: Sendable {
  private let selection: Selection
  private let looksAtAnnotations: Bool
  private let inspects: Bool
  private let dropsAnnotations: Bool
  private let stages: NameSet
  private let excludedStages: NameSet
  private let batches: NameSet
  private let excludedBatches: NameSet

  init(_ options: RunOptions) {
    selection = options.selection
    inspects = options.inspects
    looksAtAnnotations = ReaderNeeds(options).countsAnnotations
    // What is not wanted is left out, and never takes its asset along.
    dropsAnnotations = options.rows.prune || options.rows.kind == .annotations
    stages = NameSet(selection.stages)
    excludedStages = NameSet(selection.excludedStages)
    batches = NameSet(selection.batches)
    excludedBatches = NameSet(selection.excludedBatches)
  }

  /// Decides on an asset.
  func decide(_ facts: AssetFacts) -> Decision {
    var decision = Decision()
    decision.passingTasks = passingTasks(of: facts)
    guard passesBatches(facts), !facts.isOutOfSample, !decision.passingTasks.isEmpty else { return decision }
    decision.isCandidate = true
    decision.countsAnnotations = looksAtAnnotations
    decision.isKept =
      !inspects && (!selection.looksAtTitles || passesTitles(decision.passingTasks, of: facts))
    decision.batches = partitionBatches(of: facts)
    return decision
  }

  private func passingTasks(of facts: AssetFacts) -> [Int] {
    if facts.taskCount == 1 { return passes(facts.task(at: 0), of: facts) ? Decision.onlyTask : [] }
    return (0..<facts.taskCount).filter { passes(facts.task(at: $0), of: facts) }
  }

  private func partitionBatches(of facts: AssetFacts) -> [[UInt8]?] {
    let choosesBatches = !batches.isEmpty || selection.noBatch
    var names: [[UInt8]?] = []
    for batch in facts.batches where !choosesBatches || batch.isComparable && batches.contains(batch.text) {
      names.append(batch.text)
    }
    return names.isEmpty ? Decision.noBatch : names
  }

  private func passesBatches(_ facts: AssetFacts) -> Bool {
    if facts.batches.contains(where: { $0.isComparable && excludedBatches.contains($0.text) }) {
      return false
    }
    if batches.isEmpty && !selection.noBatch { return true }
    return facts.batches.contains { $0.isComparable && batches.contains($0.text) }
      || selection.noBatch && facts.batches.isEmpty
  }

  private func passes(_ task: TaskFacts, of facts: AssetFacts) -> Bool {
    if !excludedStages.isEmpty, isStage(of: task, facts, in: excludedStages) { return false }
    if !stages.isEmpty, !isStage(of: task, facts, in: stages) { return false }
    return passesTimes(task)
  }

  /// Whether one of the names of a task's stage is among `names`.
  private func isStage(of task: TaskFacts, _ facts: AssetFacts, in names: NameSet) -> Bool {
    if !facts.isLegacy {
      return names.contains(task.stage.comparable) || names.contains(task.stageId.comparable)
    }
    // What is no task counts as one with null fields, whatever the asset's own status.
    if !task.isObject { return false }
    return names.contains(task.status.comparable) || names.contains(facts.status.comparable)
  }

  private func passesTimes(_ task: TaskFacts) -> Bool {
    guard selection.looksAtTimes else { return true }
    guard let time = task.updatedAt.comparable.flatMap({ Timestamp(utf8: $0) }) else { return false }
    if let since = selection.updatedSince, time < since { return false }
    if let before = selection.updatedBefore, time >= before { return false }
    return true
  }

  private func passesTitles(_ passing: [Int], of facts: AssetFacts) -> Bool {
    if dropsAnnotations {
      return selection.titles.isEmpty || passing.contains { facts.task(at: $0).hasMatch }
    }
    if passing.contains(where: { facts.task(at: $0).hasExcludedTitle }) { return false }
    return selection.titles.isEmpty || passing.contains { facts.task(at: $0).hasTitle }
  }
}

extension AssetFacts {
  /// The name under which a task is counted, and an asset partitioned.
  func stageName(of task: TaskFacts) -> [UInt8]? {
    if !isLegacy { return task.stage.text }
    return task.isObject ? task.status.text ?? status.text : nil
  }

  /// The value of the `stage` partition of the asset's row.
  var partitionStage: [UInt8]? {
    guard isLegacy else { return task?.stage.text }
    return status.text ?? legacyTasks.first?.status.text
  }
}
