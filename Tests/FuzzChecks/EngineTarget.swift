// Target `engines`: both engines over one export, with options out of sixteen bytes.

import ByteScan
import Compression
import Sluice

extension FuzzTarget {
  func checkEngines(_ input: inout FuzzInput) -> String? {
    var plan = EngineCase()
    Self.setRows(&plan, &input)
    Self.select(&plan, &input)
    Self.setResources(&plan, &input)
    let place = input.word()
    var text = input.rest
    if place > 0 {
      // Two inputs out of one text.
      let cut = place % (text.count + 1)
      plan.second = Array(text[cut...])
      text = Array(text[..<cut])
    }
    // Where damage is noticed depends on how the bytes come in; target `containers` is for it.
    if Container.detect(text.span) != .plain
      || plan.second.map({ Container.detect($0.span) }) ?? .plain != .plain
    {
      return nil
    }
    do {
      return try plan.difference(text).map {
        "\(plan.way) \(plan.arguments.replacing("\n", with: " ")): \($0)"
      }
    } catch {
      return "the case could not be made: \(error)"
    }
  }

  private static func setRows(_ plan: inout EngineCase, _ input: inout FuzzInput) {
    let flags = input.flags()
    plan.options.rows.stripURLQuery = flags[1]
    if flags[0] {
      plan.options.rows.kind = .annotations
      plan.options.rows.history = flags[2] ? .rows : .drop
      let keys = ["asset", "metadata", "dataset", "task.status", "task.duration", "\u{e9}"]
      plan.options.rows.context = zip(keys, flags[3...]).filter { $0.1 }.map { ContextKey($0.0) }
    } else {
      plan.options.rows.history = flags[2] ? .drop : .keep
      // Without a title it is not allowed.
      plan.options.rows.prune = flags[3]
    }
    let limit = input.byte()
    if limit > 0 { plan.options.rows.limit = limit - 1 }
    plan.way = input.pick(Way.allCases)
    let output = input.byte()
    plan.toDirectory = output & 1 == 1
    let policies = plan.toDirectory ? ErrorPolicy.allCases : [.stop, .skip]
    plan.options.onError = policies[(output >> 1 & 3) % policies.count]
    guard plan.toDirectory else { return }
    let keys: [PartitionKey] = flags[0] ? [.stage, .batch, .title, .kind, .tool] : [.stage, .batch]
    plan.options.output.partitionBy = zip(keys, 3..<8).filter { output >> $0.1 & 1 == 1 }.map { $0.0 }
    plan.options.output.targetSize = flags[7] ? 1 : 1000
  }

  private static func select(_ plan: inout EngineCase, _ input: inout FuzzInput) {
    let flags = input.flags()
    // Two names a byte; one byte for each kind of filter, so that all have a place of their own.
    var names: [[String]] = []
    for index in 0..<6 {
      let byte = input.byte()
      names.append(flags[index] ? [EngineCase.names[byte & 7], EngineCase.names[(byte >> 4) % 15]] : [])
    }
    plan.options.selection.stages = names[0]
    plan.options.selection.excludedStages = names[1]
    plan.options.selection.batches = names[2]
    plan.options.selection.excludedBatches = names[3]
    plan.options.selection.titles = names[4]
    plan.options.selection.excludedTitles = names[5]
    plan.options.selection.noBatch = flags[6]
    if flags[7] { plan.options.selection.updatedSince = Timestamp("2023-06-01") }
    if names[4].isEmpty, names[5].isEmpty { plan.options.rows.prune = false }
  }

  private static func setResources(_ plan: inout EngineCase, _ input: inout FuzzInput) {
    let flags = input.flags()
    plan.options.resources.workers = flags[0] ? 2 : 1
    // So little that most assets are too big to be held.
    if flags[1] { plan.options.resources.memory = 1 }
    plan.options.resources.validation = flags[2] ? .kept : .all
    if flags[3] { plan.options.resources.maxDepth = 6 }
    let kernels = ScanKernel.available
    plan.options.resources.kernel = kernels[((flags[4] ? 1 : 0) + (flags[5] ? 1 : 0)) % kernels.count]
    plan.inspects = flags[7]
    if flags[6] { plan.options.selection.sample = AssetSample("40%") }
    plan.options.resources.blockSize = 1 + input.word() % 6000
  }
}
