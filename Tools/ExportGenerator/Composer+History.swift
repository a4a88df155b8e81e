// The history of a task: full snapshots, about half of an export's bytes, full of stages and titles that no
// filter may mistake for the present ones.

extension Composer {
  /// `stageHistory`, which an asset may lack.
  mutating func history(_ plan: AssetPlan, _ bits: UInt64) {
    if plan.snapshots == 0, bits & 31 == 0 { return }
    out.key("stageHistory")
    array(plan.snapshots + 1) { $0.snapshot(plan, $1) }
  }

  private mutating func snapshot(_ plan: AssetPlan, _ number: Int) {
    let bits = plan.seed(Salt.snapshot, number)
    let isCurrent = plan.generation == .current
    let isStart = number == 0
    // Work grows from stage to stage: earlier snapshots hold a little less.
    let tools = isStart ? 0 : plan.tools - (plan.snapshots - number) * plan.tools / 16
    let classifications = isStart ? 0 : plan.classifications
    let relations = isStart ? 0 : plan.relations
    tally.copies(tools + classifications + relations)
    object(14, context: 0b1100_0011) { composer, member in
      switch member {
      case 0, 1: composer.pastStage(number, isId: member == 1)
      case 2: composer.number("duration", isStart ? 0 : Int(bits >> 46))
      case 3 where isCurrent && !isStart: composer.number("idleDuration", Int(bits >> 50))
      case 4 where isCurrent && !isStart: composer.number("blurDuration", Int(bits >> 52))
      case 5 where number > 1: composer.reviewStatus(bits)
      case 6:
        composer.out.key("completedAt")
        composer.out.timestamp(day: plan.updatedDay - 2, milliseconds: Int(bits >> 38))
      case 7 where !isStart: composer.person("completedBy", bits)
      case 8:
        composer.out.key("tools")
        composer.array(tools) { $0.tool(plan, $1, isCopy: true) }
      case 9:
        composer.out.key("classifications")
        composer.array(classifications) { $0.classification(plan, $1, isCopy: true) }
      case 10:
        composer.out.key("relations")
        composer.array(relations) { $0.relation(plan, $1, isCopy: true) }
      case 11 where isCurrent: composer.brush("brushDataUrl", bits)
      case 12 where isCurrent: composer.brush("medicalBrushDataUrl", bits >> 3)
      case 13 where isCurrent && !isStart: composer.taskHistory(bits)
      default: break
      }
    }
  }

  /// Start, Label, Review, and then Label a second time.
  private mutating func pastStage(_ number: Int, isId: Bool) {
    guard number > 0 else { return text(isId ? "stageId" : "stage", "Start") }
    let stage = vocabulary.stages[number == 2 ? 2 : 0]
    name(isId ? "stageId" : "stage", isId ? stage.id : stage.name, escaped: false)
  }

  private mutating func reviewStatus(_ bits: UInt64) {
    switch bits & 3 {
    case 0: text("reviewStatus", "Accepted")
    case 1: text("reviewStatus", "Rejected")
    case 2: text("reviewStatus", "Fixed")
    default: text("reviewStatus", "Todo")
    }
  }

  private mutating func taskHistory(_ bits: UInt64) {
    out.key("taskHistory")
    object(1) { composer, _ in
      composer.out.key("_id")
      composer.out.identifier(bits, length: 24)
    }
  }
}
