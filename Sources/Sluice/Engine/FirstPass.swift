// What is to be done with a giant that has just turned out to be one, told by those of its bytes that are held.

internal import Sharding

extension GiantPass {
  /// What the first bytes of a giant say is to be done with it.
  ///
  /// Rows flow at once only where nothing that comes later can take them back or change them.
  static func first(_ element: Element, _ context: MergeContext) -> GiantPass {
    let plan = context.plan
    let survey = GiantPass(goal: .survey)
    let needs = plan.needs
    let editsRow = needs.columns == nil && (needs.dropsHistory || needs.stripsURLs)
    guard plan.options.onError == .stop, !plan.surveysAnnotations, !editsRow,
      needs.columns?.readsHistory != true
    else { return survey }
    let reader = AssetReader(plan.needs, listsApart: .met)
    var walker = SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    let extent = element.extent
    do {
      try extent.forEachMappedRun(in: extent.start..<extent.end) { bytes, offset, map in
        try walker.consume(bytes, at: offset, map: map)
      }
    } catch {
      // The survey reads the same bytes, and says what is wrong with them.
      return survey
    }
    guard let facts = reader.settledFacts(plan.options) else { return survey }
    var known = KnownGiant(facts)
    known.decision = plan.selector.decide(facts)
    guard known.decision.isCandidate, plan.excess(in: facts, known.decision) == nil else { return survey }
    if let columns = needs.columns {
      var frames = RowFrames(plan, columns, facts, known.decision, extent)
      // What is no JSON is no reason to begin, and is found by those who read all.
      guard let frame = try? frames.frame(ofTask: 0) else { return survey }
      known.earlyFrame = frame
    }
    return GiantPass(goal: .write, known: known, isEarly: true)
  }
}
