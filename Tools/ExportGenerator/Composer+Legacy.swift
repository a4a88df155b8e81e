// The shape of 2021: several tasks an asset, `objects` for `tools`, statuses for stages.

extension Composer {
  mutating func legacyAsset(_ plan: AssetPlan, _ own: UInt64) {
    let tasks = 1 + Int(own & 15) / 7
    object(10, context: 0b1_0001_0010) { composer, member in
      switch member {
      case 0:
        composer.out.key("asset")
        composer.out.signedURL(own, ending: plan.isVideo ? ".webm" : ".jpg")
      case 1: composer.externalId(plan, own)
      case 2, 3:
        composer.out.key(member == 2 ? "labeledAt" : "reviewedAt")
        composer.out.timestamp(day: plan.updatedDay - 1, milliseconds: plan.updatedMilliseconds)
      case 4: composer.name("status", composer.vocabulary.statuses[plan.stage].name, escaped: false)
      case 5: composer.number("labelDuration(ms)", Int(own >> 45))
      case 6: composer.number("consensus", Int(own >> 32) % 101)
      case 7: composer.metadata(plan, own)
      case 8 where !plan.batches.isEmpty: composer.batches(plan, own)
      case 9:
        composer.out.key("tasks")
        composer.array(tasks) { $0.legacyTask(plan, $1, of: tasks) }
      default: break
      }
    }
  }

  private mutating func legacyTask(_ plan: AssetPlan, _ number: Int, of tasks: Int) {
    let seed = plan.seed(Salt.task, number)
    // The first task is as far as its asset; of the others, half were passed over.
    let status = number > 0 && seed & 1 == 0 ? Vocabulary.needleStage : plan.stage
    let shared = plan.tools * number / tasks..<plan.tools * (number + 1) / tasks
    tally.legacyTask(status: status)
    object(15, context: 0b1000_1101_0010) { composer, member in
      let bits = SplitMix64.mix(seed &+ UInt64(member))
      switch member {
      case 0: composer.text("completedBy", "Jürgen Groß")
      case 1:
        composer.out.key("completedAt")
        composer.out.timestamp(day: plan.updatedDay, milliseconds: plan.updatedMilliseconds)
      case 2: composer.number("duration(ms)", Int(bits >> 44))
      case 3:
        composer.out.key("isSkipped")
        composer.out.raw(status == Vocabulary.needleStage ? "true" : "false")
      case 4: composer.review(plan, bits)
      case 5: composer.legacyStatus(status)
      case 6: composer.person("updatedBy", bits)
      case 7:
        composer.out.key("updatedAt")
        composer.out.timestamp(day: plan.updatedDay, milliseconds: plan.updatedMilliseconds)
      case 8:
        composer.out.key("isBenchmark")
        composer.out.raw("false")
      case 9: composer.text("benchmark", "60")
      case 10:
        composer.out.key("issues")
        composer.array(0) { _, _ in }
      case 11:
        composer.out.key("taskId")
        composer.out.identifier(bits, length: 24)
      default: composer.legacyLists(plan, list: member - 12, shared, isFirst: number == 0)
      }
    }
  }

  private mutating func legacyStatus(_ status: Int) {
    name("status", vocabulary.statuses[status].name, escaped: false)
  }

  private mutating func review(_ plan: AssetPlan, _ bits: UInt64) {
    out.key("review")
    object(4) { composer, member in
      switch member {
      case 0: composer.text("status", bits & 1 == 0 ? "Fixed" : "Completed")
      case 1: composer.text("completedBy", "Zoë O'Neil")
      case 2:
        composer.out.key("completedAt")
        composer.out.timestamp(day: plan.updatedDay, milliseconds: Int(bits >> 38))
      default: composer.number("duration(ms)", Int(bits >> 46))
      }
    }
  }

  private mutating func legacyLists(_ plan: AssetPlan, list: Int, _ tools: Range<Int>, isFirst: Bool) {
    switch list {
    case 0:
      out.key("objects")
      array(tools.count) { $0.tool(plan, tools.lowerBound + $1, isCopy: false) }
    case 1:
      out.key("classifications")
      array(isFirst ? plan.classifications : 0) { $0.classification(plan, $1, isCopy: false) }
    default:
      out.key("relations")
      array(isFirst ? plan.relations : 0) { $0.relation(plan, $1, isCopy: false) }
    }
  }
}
