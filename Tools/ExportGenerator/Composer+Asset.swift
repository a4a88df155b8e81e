// Assets and tasks, in the shapes of the vendor's documents. A member's value comes from a hash of the asset's
// seed and never from a running sequence: members may be asked for in any order, and must not change with it.

extension Composer {
  mutating func asset(_ plan: AssetPlan) {
    let own = plan.seed(Salt.asset, 0)
    if plan.generation == .legacy { return legacyAsset(plan, own) }
    let isCurrent = plan.generation == .current
    let pages = isCurrent && !plan.isVideo && own & 7 == 1 ? 2 : 0
    // Real files hold both orders: batches before the task, and after.
    object(9, last: own & 7 == 2 ? 0b10_0000 : 0, context: 0b10_1010) { composer, member in
      switch member {
      case 0:
        composer.out.key("asset")
        composer.out.signedURL(own, ending: plan.isVideo ? ".webm" : ".jpg")
      case 1 where isCurrent:
        composer.out.key("assetId")
        composer.out.identifier(own, length: 24)
      case 2 where pages > 0:
        composer.out.key("dataset")
        composer.array(pages) { $0.out.signedURL(own &+ UInt64($1), ending: ".jpg") }
      case 3: composer.externalId(plan, own)
      case 4: composer.metadata(plan, own)
      case 5: composer.batches(plan, own)
      case 6 where isCurrent || composer.options.traps: composer.contextData(own)
      case 7 where isCurrent && own & 31 == 3:
        composer.out.key("attachments")
        composer.array(0) { _, _ in }
      case 8:
        composer.out.key("task")
        composer.task(plan)
      default: break
      }
    }
  }

  mutating func externalId(_ plan: AssetPlan, _ own: UInt64) {
    out.key("externalId")
    // Not unique: one in sixteen takes an earlier asset's number.
    let number = UInt64(own & 15 == 4 ? plan.index / 2 : plan.index)
    out.byte(0x22)
    switch own >> 4 & 7 {
    case 0: out.raw("camera%20front+left/2026-03-14/")
    case 1: out.raw("Straße/")
    case 2: out.raw("Stra\\u00dfe\\/")
    case 3: out.raw("東京 ドライブ/")
    case 4: out.raw("dash cam/\\\"trip 7\\\"/")
    default: out.raw("dash cam/trip 12/")
    }
    out.digits(number, count: 7)
    out.raw(plan.isVideo ? ".webm\"" : ".jpg\"")
    if options.traps, own >> 7 & 31 == 1 { text("externalId", "the second one") }
  }

  mutating func metadata(_ plan: AssetPlan, _ own: UInt64) {
    let kept = own >> 12 & 15
    out.key("metadata")
    object(8) { composer, member in
      switch member {
      case 0 where kept & 1 == 0: composer.number("width", 1920)
      case 1 where kept & 1 == 0: composer.number("height", 1080)
      case 2 where plan.isVideo && kept != 1:
        composer.number("frameTotal", plan.frame(of: plan.tools) + 1)
      case 3 where plan.isVideo && kept != 1: composer.number("frameRate", 30)
      case 4...7 where composer.options.traps: composer.trapMember(member - 4, own)
      default: break
      }
    }
  }

  mutating func batches(_ plan: AssetPlan, _ own: UInt64) {
    out.key("batches")
    array(plan.batches.count) { composer, index in
      guard let batch = plan.batches[index] else { return composer.out.raw("null") }
      let name = composer.vocabulary.batches[batch]
      composer.out.raw(own >> 17 & 7 == 0 ? name.escaped : name.raw)
    }
    if options.traps, own >> 20 & 31 == 1 {
      out.key("batches")
      array(1) { composer, _ in composer.out.string("rain") }
    }
  }

  mutating func contextData(_ own: UInt64) {
    guard options.traps || own >> 25 & 3 == 0 else { return }
    out.key("contextData")
    if options.traps { return trapContext(own) }
    object(2) { composer, member in
      if member == 0 {
        composer.text("vehicle", "VW Golf, Kölner Straße")
      } else {
        composer.number("run", Int(own >> 40))
      }
    }
  }

  // MARK: Task

  private mutating func task(_ plan: AssetPlan) {
    let isCurrent = plan.generation == .current
    tally.task(stage: plan.stage)
    object(16, context: 0b11_1101) { composer, member in
      let bits = plan.seed(Salt.task, member)
      switch member {
      case 0:
        composer.out.key("taskId")
        composer.out.identifier(bits, length: 24)
      case 1 where isCurrent: composer.text("type", "task")
      case 2, 3: composer.stage(plan, isId: member == 3, bits)
      case 4:
        composer.out.key("updatedAt")
        composer.out.timestamp(day: plan.updatedDay, milliseconds: plan.updatedMilliseconds)
      case 5: composer.person("updatedBy", bits)
      case 6: composer.number("totalDuration", Int(bits >> 42))
      case 7 where isCurrent: composer.number("duration", Int(bits >> 46))
      case 8 where isCurrent: composer.number("totalIdleDuration", Int(bits >> 48))
      case 9 where isCurrent: composer.number("totalBlurDuration", Int(bits >> 50))
      case 10...12: composer.annotations(plan, list: member - 10)
      case 13 where isCurrent: composer.brush("brushDataUrl", bits)
      case 14 where isCurrent: composer.brush("medicalBrushDataUrl", bits)
      case 15: composer.history(plan, bits)
      default: break
      }
    }
  }

  private mutating func stage(_ plan: AssetPlan, isId: Bool, _ bits: UInt64) {
    let stage = vocabulary.stages[plan.stage]
    guard !isId else { return name("stageId", stage.id, escaped: false) }
    let isTrap = options.traps && bits & 15 == 1
    out.key(isTrap ? "st\\u0061ge" : "stage")
    if isTrap, plan.stage == Vocabulary.oneStage {
      out.string("Compl\\u0065te")
    } else {
      out.raw(bits & 7 == 2 ? stage.name.escaped : stage.name.raw)
    }
    if options.traps, bits & 31 == 3 { text("stage", "Complete") }
  }

  /// The three lists of a task, every element in its present state.
  private mutating func annotations(_ plan: AssetPlan, list: Int) {
    switch list {
    case 0:
      out.key("tools")
      array(plan.tools) { $0.tool(plan, $1, isCopy: false) }
    case 1:
      out.key("classifications")
      array(plan.classifications) { $0.classification(plan, $1, isCopy: false) }
    default:
      out.key("relations")
      array(plan.relations) { $0.relation(plan, $1, isCopy: false) }
    }
  }

  mutating func brush(_ key: StaticString, _ bits: UInt64) {
    if bits & 7 < 5 { return }
    out.key(key)
    if bits & 7 == 7 { out.signedURL(bits, ending: ".brush") } else { out.string("") }
  }

  mutating func person(_ key: StaticString, _ bits: UInt64) {
    text(key, vocabulary.people[Int(bits >> 32) % vocabulary.people.count].raw)
  }
}
