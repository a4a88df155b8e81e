// Inspects annotation lists, wherever their bytes are: by the scanner as far as it is sure, by yajl where not.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Inspects one list, or run of a list, after another.
final class ListInspector {
  private let plan: RunPlan
  private var scanner: AnnotationScanner<InspectedDetails>
  private let lines: LineFinder
  /// For lists that are only checked.
  private let lists: ListProcessor

  init(_ plan: RunPlan) {
    self.plan = plan
    scanner = AnnotationScanner(
      InspectedDetails(), kernel: plan.kernel, plan.needs.annotations)
    lines = LineFinder(kernel: plan.kernel)
    lists = ListProcessor(plan)
  }

  /// Inspects the lists of an asset that is held.
  ///
  /// - Returns: Whether they are JSON.
  /// - Throws: What is no fault of theirs.
  func takeIn(_ element: Element, _ pool: BlockPool, _ facts: inout AssetFacts) throws -> Bool {
    for list in lists(of: facts, element) {
      var next: ListRun? = list
      while let run = next {
        let outcome = try process(run, pool: pool)
        if outcome.fault != nil { return false }
        facts.add(outcome)
        facts.inspection?.shape.add(outcome.shape)
        next = outcome.rest
      }
    }
    return true
  }

  /// The lists of an asset that count, as runs.
  private func lists(of facts: AssetFacts, _ element: Element) -> [ListRun] {
    facts.lists.filter { $0.counts && $0.isInTaskList == facts.isLegacy }.map { list in
      ListRun(
        place: list, job: ListJob(counts: true), element: element, range: list.start + 1..<list.end,
        isFirst: true, terminator: .bracket())
    }
  }

  /// How many names are counted at a time.
  private static let mostNames = 20_000

  /// Inspects a run that is held.
  ///
  /// - Returns: What was found, of as much as has few enough names; with a fault if it is no JSON.
  /// - Throws: What is no fault of the run.
  func process(_ run: ListRun, pool: BlockPool) throws -> ListOutcome {
    let extent = run.element.extent
    // Lists of the history are only checked, if at all.
    if !run.job.counts { return try lists.process(run, Arena(pool), pool: pool, limit: .max) }
    guard try !run.job.validates || isValid(run, pool), var outcome = try inspect(run, extent) else {
      return try faulty(run, pool)
    }
    for (code, surprise) in outcome.surprises {
      outcome.surpriseLines[code] = lines.position(of: surprise.first, in: run.element)
    }
    return outcome
  }

  private func isValid(_ run: ListRun, _ pool: BlockPool) throws -> Bool {
    var run = run
    run.job.counts = false
    return try lists.process(run, Arena(pool), pool: pool, limit: .max).fault == nil
  }

  /// Where a run that is no JSON stops being JSON is not for here.
  private func faulty(_ run: ListRun, _ pool: BlockPool) throws -> ListOutcome {
    var run = run
    run.job = ListJob(counts: false, validates: true)
    return try lists.process(run, Arena(pool), pool: pool, limit: .max)
  }

  /// Inspects a run that is not held.
  ///
  /// - Parameters:
  ///   - run: Which.
  ///   - bytes: Where to read it.
  ///   - take: Told what was found, part by part.
  /// - Returns: Whether it is JSON.
  /// - Throws: What reading throws.
  func process(_ run: ListRun, _ bytes: ReadAgain, _ take: (ListOutcome) -> Void) throws -> Bool {
    if run.job.validates, try lists.fault(in: run, bytes) != nil { return false }
    var next: ListRun? = run
    // Lines are counted from where the last one was: there may be many parts, each with a surprise at least.
    var (line, counted) = (run.element.line, run.range.lowerBound)
    while let part = next {
      guard var outcome = try inspect(part, bytes) else { return false }
      for (code, surprise) in outcome.surprises.sorted(by: { $0.value.first < $1.value.first }) {
        try bytes.visit(counted..<surprise.first) { line = lines.advance(line, over: $0, at: $1) }
        counted = surprise.first
        outcome.surpriseLines[code] = (line: line.line, column: surprise.first - line.start + 1)
      }
      take(outcome)
      next = outcome.rest
    }
    return true
  }

  // MARK: One run

  /// - Returns: nil if what was looked at is no JSON.
  private func inspect(_ run: ListRun, _ bytes: any ElementBytes) throws -> ListOutcome? {
    guard var outcome = try count(run, bytes) else { return nil }
    if plan.options.findsShapes {
      guard let shape = try shape(of: run, upTo: outcome.rest?.range.lowerBound, bytes) else { return nil }
      outcome.shape = shape
    }
    return outcome
  }

  /// What the annotations of a run look like, those up to `end` if not all of them are wanted.
  ///
  /// - Returns: nil if they are no JSON.
  private func shape(of run: ListRun, upTo end: Int?, _ bytes: any ElementBytes) throws -> ShapeTree? {
    let reader = ShapeReader(from: run.range.lowerBound)
    var parser = JSONPushParser(reader, maxDepth: plan.maxDepth)
    let opening = run.opening
    let closing = end == nil ? run.closing : [UInt8(ascii: ",")]
    let end = end ?? run.range.upperBound
    do {
      try parser.feed(opening.span, at: run.range.lowerBound - opening.count)
      try bytes.visit(run.range.lowerBound..<end) { try parser.feed($0, at: $1) }
      try parser.feed(closing.span, at: end)
    } catch is JSONRejection {
      return nil
    }
    return reader.shape
  }

  /// - Returns: nil if what was looked at is no JSON.
  private func count(_ run: ListRun, _ bytes: any ElementBytes) throws -> ListOutcome? {
    var outcome = ListOutcome(run)
    if plan.options.resources.engine == .reference {
      let all = RunRest(offset: run.range.lowerBound, isFirst: run.isFirst, followsComma: false)
      return try parse(run, from: all, bytes, &outcome) ? outcome : nil
    }
    do {
      let rest = try scan(run, bytes, &outcome)
      scanner.flush(to: &outcome)
      if let rest, try !parse(run, from: rest, bytes, &outcome) { return nil }
    } catch let enough as Enough {
      outcome.leave(run, from: enough.end)
    }
    return outcome
  }

  /// There are names enough for now.
  private struct Enough: Error {
    /// Where the last annotation ends that was counted.
    var end: Int
  }

  /// Reads as far as there is no doubt.
  ///
  /// - Returns: From where on there is; nil if there is none.
  private func scan(_ run: ListRun, _ bytes: any ElementBytes, _ outcome: inout ListOutcome) throws
    -> RunRest?
  {
    scanner.begin(run.place.kind)
    var scan = RunScan<InspectedDetails>(run, kernel: plan.kernel, maxDepth: plan.maxDepth)
    var end = run.range.lowerBound
    try bytes.visit(run.range) { bytes, offset in
      try scan.scan(bytes, at: offset, with: &scanner) { scanner, range in
        scanner.count(at: range.lowerBound)
        end = range.upperBound
      }
      guard scanner.isFull else { return }
      scanner.flush(to: &outcome)
      scanner.forget()
      if outcome.nameCount > Self.mostNames, end < run.range.upperBound { throw Enough(end: end) }
    }
    return scan.finish()
  }

  /// Reads to the end by yajl.
  ///
  /// - Returns: Whether it is JSON.
  private func parse(
    _ whole: ListRun, from rest: RunRest, _ bytes: any ElementBytes, _ outcome: inout ListOutcome
  ) throws -> Bool {
    let run = rest.run(of: whole)
    let opening = rest.opening(in: whole)
    // A closure that escapes can't hold an inout.
    let found = Found(plan.needs.annotations.predicate)
    var stop: Int?
    let needs = plan.needs.annotations
    let events = AnnotationEvents(run.place.kind, from: run.range.lowerBound, needs) {
      found.annotations.append($0)
    }
    var parser = JSONPushParser(events, maxDepth: plan.maxDepth)
    do {
      try parser.feed(opening.span, at: run.range.lowerBound - opening.count)
      try bytes.visit(run.range) { bytes, offset in
        // Pieces, so that few annotations wait to be counted.
        var index = 0
        while index < bytes.count, stop == nil {
          let end = min(bytes.count, index + Self.piece)
          try parser.feed(bytes.extracting(index..<end), at: offset + index)
          let last = found.count(in: &outcome)
          if let last, last < run.range.upperBound, outcome.nameCount > Self.mostNames { stop = last }
          index = end
        }
      }
      if stop == nil { try parser.feed(run.closing.span, at: run.range.upperBound) }
    } catch is JSONRejection {
      return false
    }
    _ = found.count(in: &outcome)
    if let stop { outcome.leave(run, from: stop) }
    return true
  }

  private static let piece = 16 << 10

  private final class Found {
    private let predicate: AnnotationPredicate
    var annotations: [InspectedAnnotation] = []

    init(_ predicate: AnnotationPredicate) { self.predicate = predicate }

    /// Counts what was found.
    ///
    /// - Returns: Where the last of it ends.
    func count(in outcome: inout ListOutcome) -> Int? {
      for annotation in annotations { outcome.add(annotation, predicate) }
      defer { annotations.removeAll(keepingCapacity: true) }
      return annotations.last?.annotation.range.upperBound
    }
  }
}
