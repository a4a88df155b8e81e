import Testing

@testable import Sluice

@Suite struct SelectorTests {
  private func field(_ text: String?) -> Field { text.map { .string(Array($0.utf8)) } ?? .absent }

  private func task(
    stage: String? = nil, stageId: String? = nil, status: String? = nil, updatedAt: String? = nil
  ) -> TaskFacts {
    var task = TaskFacts()
    task.isObject = true
    task.stage = field(stage)
    task.stageId = field(stageId)
    task.status = field(status)
    task.updatedAt = field(updatedAt)
    return task
  }

  private func current(_ task: TaskFacts?, batches: [String] = []) -> AssetFacts {
    var facts = AssetFacts()
    facts.hasTask = true
    facts.task = task
    facts.batches = batches.map { BatchName(text: Array($0.utf8), isComparable: true) }
    return facts
  }

  private func legacy(_ tasks: [TaskFacts], status: String? = nil) -> AssetFacts {
    var facts = AssetFacts()
    facts.hasTasks = true
    facts.legacyTasks = tasks
    facts.status = field(status)
    return facts
  }

  private func decide(_ facts: AssetFacts, prune: Bool = false, _ change: (inout AssetSelection) -> Void)
    -> Decision
  {
    var options = RunOptions(workers: 1)
    options.rows.prune = prune
    change(&options.selection)
    return Selector(options).decide(facts)
  }

  /// A stage is met by name or id; excluding wins; what has none fails and is not excluded.
  @Test func stages() {
    let facts = current(task(stage: "A", stageId: "7"))
    #expect(decide(facts) { $0.stages = ["A"] }.isKept)
    #expect(decide(facts) { $0.stages = ["x", "7"] }.isKept)
    #expect(!decide(facts) { $0.stages = ["a"] }.isKept)
    #expect(
      !decide(facts) {
        $0.stages = ["A"]; $0.excludedStages = ["7"]
      }.isKept)
    #expect(!decide(current(nil)) { $0.stages = ["A"] }.isKept)
    #expect(decide(current(nil)) { $0.excludedStages = ["A"] }.isKept)
  }

  /// A legacy task's stage names are its own status and its asset's, never `stage`; each task counts by itself.
  @Test func legacyStages() {
    let facts = legacy([task(stage: "S", status: "T"), task(status: "U")], status: "V")
    #expect(decide(facts) { $0.stages = ["T"] }.passingTasks == [0])
    #expect(decide(facts) { $0.stages = ["V"] }.passingTasks == [0, 1])
    #expect(decide(facts) { $0.stages = ["S"] }.passingTasks == [])
    #expect(decide(facts) { $0.excludedStages = ["U"] }.passingTasks == [0])
    #expect(!decide(facts) { $0.excludedStages = ["V"] }.isKept)
    // Without tasks the asset's status names no task.
    #expect(!decide(legacy([], status: "V")) { $0.stages = ["V"] }.isKept)
    #expect(decide(legacy([], status: "V")) { $0.excludedStages = ["V"] }.isKept)
  }

  /// A legacy partition is the asset's status, else the first task's.
  @Test func legacyPartition() {
    let text = { (facts: AssetFacts) in facts.partitionStage.map { String(decoding: $0, as: UTF8.self) } }
    #expect(text(legacy([task(stage: "S", status: "T")], status: "V")) == "V")
    #expect(text(legacy([task(status: "T"), task(status: "U")])) == "T")
    #expect(text(legacy([task(), task(status: "U")])) == nil)
    #expect(text(legacy([])) == nil)
    #expect(text(current(task(stage: "A", stageId: "7", status: "T"))) == "A")
  }

  /// Since is inclusive, before exclusive; what can't be read meets neither, and one task must meet all.
  @Test func times() {
    let noon = "2024-01-01T12:00:00Z"
    let facts = current(task(updatedAt: noon))
    #expect(decide(facts) { $0.updatedSince = Timestamp(noon) }.isKept)
    #expect(!decide(facts) { $0.updatedBefore = Timestamp(noon) }.isKept)
    for text in [nil, "", "noon", "2024-01-01T12:00:00"] {
      let unreadable = current(task(updatedAt: text))
      #expect(!decide(unreadable) { $0.updatedSince = Timestamp("0001-01-01") }.isKept)
      #expect(!decide(unreadable) { $0.updatedBefore = Timestamp("9999-01-01") }.isKept)
    }
    let two = legacy([task(status: "A", updatedAt: noon), task(status: "B", updatedAt: "2020-01-01")])
    #expect(
      !decide(two) {
        $0.stages = ["B"]; $0.updatedSince = Timestamp(noon)
      }.isKept)
    #expect(
      decide(two) {
        $0.stages = ["A"]; $0.updatedSince = Timestamp(noon)
      }.isKept)
  }

  /// No batch is one more value of the batch option; partitions are made for the batches that pass only.
  @Test func batches() {
    let rain = current(task(), batches: ["rain", "night"])
    let none = current(task())
    #expect(decide(rain) { $0.batches = ["rain"] }.batches == [Array("rain".utf8)])
    #expect(decide(rain) { _ in }.batches.count == 2)
    #expect(!decide(rain) { $0.noBatch = true }.isKept)
    #expect(decide(none) { $0.noBatch = true }.batches == [nil])
    #expect(
      decide(none) {
        $0.batches = ["rain"]; $0.noBatch = true
      }.isKept)
    #expect(!decide(none) { $0.batches = ["rain"] }.isKept)
    #expect(!decide(rain) { $0.excludedBatches = ["night"] }.isKept)
    #expect(decide(none) { $0.excludedBatches = ["night"] }.isKept)
    // A name with half a surrogate pair is a batch that no option names.
    var odd = current(task(), batches: ["odd\u{FFFD}"])
    odd.batches[0].isComparable = false
    #expect(!decide(odd) { $0.batches = ["odd\u{FFFD}"] }.isKept)
    #expect(!decide(odd) { $0.noBatch = true }.isKept)
    #expect(decide(odd) { $0.excludedBatches = ["odd\u{FFFD}"] }.isKept)
  }

  /// A wanted title must be in a task that passes; an excluded one drops the asset, unless pruning takes it out.
  @Test func titles() {
    var wanted = task(status: "A")
    (wanted.marks.hasWanted, wanted.marks.hasMatch) = (true, true)
    var excluded = task(status: "B")
    excluded.marks.hasExcluded = true
    let facts = legacy([wanted, excluded])
    #expect(
      decide(facts) {
        $0.titles = ["t"]; $0.stages = ["A"]
      }.isKept)
    #expect(
      !decide(facts) {
        $0.titles = ["t"]; $0.stages = ["B"]
      }.isKept)
    #expect(!decide(facts) { $0.excludedTitles = ["x"] }.isKept)
    #expect(
      decide(facts) {
        $0.excludedTitles = ["x"]; $0.stages = ["A"]
      }.isKept)
    #expect(decide(facts, prune: true) { $0.excludedTitles = ["x"] }.isKept)
    #expect(
      !decide(facts, prune: true) {
        $0.titles = ["t"]; $0.stages = ["B"]
      }.isKept)
  }
}
