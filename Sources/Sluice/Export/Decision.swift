// From what an asset is to what becomes of it.

internal import Sharding

/// What becomes of an asset.
struct Decision: Sendable {
  /// Whether its row is written, or those of its annotations.
  var isKept = false
  /// Whether it meets all options but those of annotations.
  var isCandidate = false
  /// Which of its tasks meet the task options.
  var passingTasks: [Int] = []
  /// Whether annotations were looked at: only for assets and tasks that meet all other options.
  var countsAnnotations = false
  /// The batches that partitions are made for; nil stands for none.
  var batches: [[UInt8]?] = []
  /// Which of the stages and batches that options name it has.
  var met = NameMarks()

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
  private let selection: AssetSelection
  private let looksAtAnnotations: Bool
  private let inspects: Bool
  private let dropsAnnotations: Bool
  private let stages: NameSet
  private let excludedStages: NameSet
  private let batches: NameSet
  private let excludedBatches: NameSet
  private let annotations: AnnotationPredicate

  init(_ options: RunOptions) {
    selection = options.selection
    inspects = options.inspects
    looksAtAnnotations = ReaderNeeds(options).countsAnnotations
    // What is not wanted is left out, and never takes its asset along.
    dropsAnnotations = options.rows.prune || options.rows.kind == .annotations
    stages = selection.nameSet(.stage)
    excludedStages = selection.nameSet(.excludeStage)
    batches = selection.nameSet(.batch)
    excludedBatches = selection.nameSet(.excludeBatch)
    annotations = AnnotationPredicate(selection)
  }

  /// Decides on an asset.
  func decide(_ facts: AssetFacts) -> Decision {
    var decision = Decision()
    // All names are looked at, whatever comes of it: those that no asset has are warned of.
    decision.passingTasks = passingTasks(of: facts, &decision.met)
    guard passesBatches(facts, &decision.met), !facts.isOutOfSample, !decision.passingTasks.isEmpty else {
      return decision
    }
    decision.isCandidate = true
    decision.countsAnnotations = looksAtAnnotations
    decision.isKept =
      !inspects && (annotations.keepsAll || passesAnnotations(decision.passingTasks, of: facts))
    decision.batches = partitionBatches(of: facts)
    return decision
  }

  /// Whether all tasks pass, whatever is known of them.
  var passesAllTasks: Bool { !selection.looksAtStages && !selection.looksAtTimes }

  /// The numbers of the tasks that meet the task options, in order.
  func passingTasks(of facts: AssetFacts) -> [Int] {
    var met = NameMarks()
    return passingTasks(of: facts, &met)
  }

  private func passingTasks(of facts: AssetFacts, _ met: inout NameMarks) -> [Int] {
    if facts.taskCount == 1 { return passes(facts.task(at: 0), of: facts, &met) ? Decision.onlyTask : [] }
    var passing: [Int] = []
    for number in 0..<facts.taskCount where passes(facts.task(at: number), of: facts, &met) {
      passing.append(number)
    }
    return passing
  }

  private func partitionBatches(of facts: AssetFacts) -> [[UInt8]?] {
    let choosesBatches = !batches.isEmpty || selection.noBatch
    var names: [[UInt8]?] = []
    for batch in facts.batches where !choosesBatches || batch.isComparable && batches.contains(batch.text) {
      names.append(batch.text)
    }
    return names.isEmpty ? Decision.noBatch : names
  }

  private func passesBatches(_ facts: AssetFacts, _ met: inout NameMarks) -> Bool {
    var (isWanted, isExcluded) = (batches.isEmpty && !selection.noBatch, false)
    if selection.noBatch, facts.batches.isEmpty { isWanted = true }
    if selection.looksAtBatches {
      for batch in facts.batches where batch.isComparable {
        if batches.find(batch.text, &met) { isWanted = true }
        if excludedBatches.find(batch.text, &met) { isExcluded = true }
      }
    }
    return isWanted && !isExcluded
  }

  private func passes(_ task: TaskFacts, of facts: AssetFacts, _ met: inout NameMarks) -> Bool {
    let isExcluded = isStage(of: task, facts, in: excludedStages, &met)
    let isWanted = stages.isEmpty || isStage(of: task, facts, in: stages, &met)
    return isWanted && !isExcluded && passesTimes(task)
  }

  /// Whether one of the names of a task's stage is among `names`.
  private func isStage(
    of task: TaskFacts, _ facts: AssetFacts, in names: NameSet, _ met: inout NameMarks
  ) -> Bool {
    if names.isEmpty { return false }
    // What is no task counts as one with null fields, whatever the asset's own status.
    if facts.isLegacy, !task.isObject { return false }
    let (name, other) = facts.isLegacy ? (task.status, facts.status) : (task.stage, task.stageId)
    let isFirst = names.find(name.comparable, &met)
    return names.find(other.comparable, &met) || isFirst
  }

  private func passesTimes(_ task: TaskFacts) -> Bool {
    guard selection.looksAtTimes else { return true }
    guard let time = task.time else { return false }
    if let since = selection.updatedSince, time < since { return false }
    if let before = selection.updatedBefore, time >= before { return false }
    return true
  }

  private func passesAnnotations(_ passing: [Int], of facts: AssetFacts) -> Bool {
    if dropsAnnotations {
      return !annotations.wantsNames || passing.contains { facts.marks(ofTask: $0).hasMatch }
    }
    if passing.contains(where: { facts.marks(ofTask: $0).hasExcluded }) { return false }
    return !annotations.wantsNames || passing.contains { facts.marks(ofTask: $0).hasWanted }
  }
}

extension TaskFacts {
  /// When it was updated; nil if that is missing, or no time that can be read.
  var time: Timestamp? { updatedAt.comparable.flatMap { Timestamp(utf8: $0) } }
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
