// Inspects annotation lists, wherever their bytes are: by the scanner as far as it is sure, by yajl where not.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Inspects one list, or slice of a list, after another.
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
  func inspect(_ element: Element, _ pool: BlockPool, _ facts: inout AssetFacts) throws -> Bool {
    for list in lists(of: facts, element) {
      var next: ListSlice? = list
      while let slice = next {
        let outcome = try process(slice, pool: pool)
        if outcome.fault != nil { return false }
        facts.add(outcome)
        facts.inspection?.shape.add(outcome.findings.shape)
        next = outcome.rest
      }
    }
    return true
  }

  /// The lists of an asset that count, as slices.
  private func lists(of facts: AssetFacts, _ element: Element) -> [ListSlice] {
    facts.lists.filter { $0.counts && $0.isInTaskList == facts.isLegacy }.map { list in
      ListSlice(
        place: list, job: ListJob(isCounted: true), element: element, range: list.start + 1..<list.end,
        isFirst: true, terminator: .bracket())
    }
  }

  /// How many names are counted at a time.
  private static let mostNames = 20_000

  /// Inspects a slice that is held.
  ///
  /// - Returns: What was found, of as much as has few enough names; with a fault if it is no JSON.
  /// - Throws: What is no fault of the slice.
  func process(_ slice: ListSlice, pool: BlockPool) throws -> ListOutcome {
    let extent = slice.element.extent
    // Lists of the history are only checked, if at all.
    if !slice.job.isCounted { return try lists.process(slice, Arena(pool), pool: pool, limit: .max) }
    guard try !slice.job.validates || isValid(slice, pool), var outcome = try inspect(slice, extent) else {
      return try faulty(slice, pool)
    }
    for (code, surprise) in outcome.findings.warningCounts {
      outcome.warningLines[code] = lines.position(of: surprise.first, in: slice.element)
    }
    return outcome
  }

  private func isValid(_ slice: ListSlice, _ pool: BlockPool) throws -> Bool {
    var slice = slice
    slice.job.isCounted = false
    return try lists.process(slice, Arena(pool), pool: pool, limit: .max).fault == nil
  }

  /// Where a slice that is no JSON stops being JSON is not for here.
  private func faulty(_ slice: ListSlice, _ pool: BlockPool) throws -> ListOutcome {
    var slice = slice
    slice.job = ListJob(isCounted: false, validates: true)
    return try lists.process(slice, Arena(pool), pool: pool, limit: .max)
  }

  /// Inspects a slice that is not held.
  ///
  /// - Parameters:
  ///   - slice: Which.
  ///   - bytes: Where to read it.
  ///   - take: Told what was found, part by part.
  /// - Returns: Whether it is JSON.
  /// - Throws: What reading throws.
  func process(_ slice: ListSlice, _ bytes: ReadAgain, _ take: (ListOutcome) -> Void) throws -> Bool {
    if slice.job.validates, try lists.fault(in: slice, bytes) != nil { return false }
    var next: ListSlice? = slice
    // Lines are counted from where the last one was: there may be many parts, each with a surprise at least.
    var (line, counted) = (slice.element.line, slice.range.lowerBound)
    while let part = next {
      guard var outcome = try inspect(part, bytes) else { return false }
      for (code, surprise) in outcome.findings.warningCounts.sorted(by: { $0.value.first < $1.value.first }) {
        try bytes.visit(counted..<surprise.first) { line = lines.advance(line, over: $0, at: $1) }
        counted = surprise.first
        outcome.warningLines[code] = (line: line.line, column: surprise.first - line.start + 1)
      }
      take(outcome)
      next = outcome.rest
    }
    return true
  }

  // MARK: One slice

  /// - Returns: nil if what was looked at is no JSON.
  private func inspect(_ slice: ListSlice, _ bytes: any ElementBytes) throws -> ListOutcome? {
    guard var outcome = try count(slice, bytes) else { return nil }
    if plan.options.findsShapes {
      guard let shape = try shape(of: slice, upTo: outcome.rest?.range.lowerBound, bytes) else { return nil }
      outcome.findings.shape = shape
    }
    return outcome
  }

  /// What the annotations of a slice look like, those up to `end` if not all of them are wanted.
  ///
  /// - Returns: nil if they are no JSON.
  private func shape(of slice: ListSlice, upTo end: Int?, _ bytes: any ElementBytes) throws -> ShapeTree? {
    let reader = ShapeReader(from: slice.range.lowerBound)
    var parser = JSONPushParser(reader, maxDepth: plan.maxDepth)
    let opening = slice.opening
    let closing = end == nil ? slice.closing : [UInt8(ascii: ",")]
    let end = end ?? slice.range.upperBound
    do {
      try parser.feed(opening.span, at: slice.range.lowerBound - opening.count)
      try bytes.visit(slice.range.lowerBound..<end) { try parser.feed($0, at: $1) }
      try parser.feed(closing.span, at: end)
    } catch is JSONRejection {
      return nil
    }
    return reader.shape
  }

  /// - Returns: nil if what was looked at is no JSON.
  private func count(_ slice: ListSlice, _ bytes: any ElementBytes) throws -> ListOutcome? {
    var outcome = ListOutcome(slice)
    if plan.options.resources.engine == .reference {
      let all = SliceRemainder(offset: slice.range.lowerBound, isFirst: slice.isFirst, followsComma: false)
      return try parse(slice, from: all, bytes, &outcome) ? outcome : nil
    }
    do {
      let rest = try scan(slice, bytes, &outcome)
      scanner.flush(to: &outcome.findings)
      if let rest, try !parse(slice, from: rest, bytes, &outcome) { return nil }
    } catch let enough as Enough {
      outcome.leave(slice, from: enough.end)
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
  private func scan(_ slice: ListSlice, _ bytes: any ElementBytes, _ outcome: inout ListOutcome) throws
    -> SliceRemainder?
  {
    scanner.begin(slice.place.kind)
    var scan = SliceScanner<InspectedDetails>(slice, kernel: plan.kernel, maxDepth: plan.maxDepth)
    var end = slice.range.lowerBound
    try bytes.visit(slice.range) { bytes, offset in
      try scan.scan(bytes, at: offset, with: &scanner) { scanner, range in
        scanner.count(at: range.lowerBound)
        end = range.upperBound
      }
      guard scanner.isFull else { return }
      scanner.flush(to: &outcome.findings)
      scanner.forget()
      if outcome.findings.nameCount > Self.mostNames, end < slice.range.upperBound { throw Enough(end: end) }
    }
    return scan.finish()
  }

  /// Reads to the end by yajl.
  ///
  /// - Returns: Whether it is JSON.
  private func parse(
    _ whole: ListSlice, from rest: SliceRemainder, _ bytes: any ElementBytes, _ outcome: inout ListOutcome
  ) throws -> Bool {
    let slice = rest.slice(of: whole)
    let opening = rest.opening(in: whole)
    // A closure that escapes can't hold an inout.
    let found = Found(plan.needs.annotations.predicate)
    var stop: Int?
    let needs = plan.needs.annotations
    let events = AnnotationEvents(slice.place.kind, from: slice.range.lowerBound, needs) {
      found.annotations.append($0)
    }
    var parser = JSONPushParser(events, maxDepth: plan.maxDepth)
    do {
      try parser.feed(opening.span, at: slice.range.lowerBound - opening.count)
      try bytes.visit(slice.range) { bytes, offset in
        // Pieces, so that few annotations wait to be counted.
        var index = 0
        while index < bytes.count, stop == nil {
          let end = min(bytes.count, index + Self.piece)
          try parser.feed(bytes.extracting(index..<end), at: offset + index)
          let last = found.count(in: &outcome)
          if let last, last < slice.range.upperBound, outcome.findings.nameCount > Self.mostNames {
            stop = last
          }
          index = end
        }
      }
      if stop == nil { try parser.feed(slice.closing.span, at: slice.range.upperBound) }
    } catch is JSONRejection {
      return false
    }
    _ = found.count(in: &outcome)
    if let stop { outcome.leave(slice, from: stop) }
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
      for annotation in annotations { outcome.findings.add(annotation, predicate) }
      defer { annotations.removeAll(keepingCapacity: true) }
      return annotations.last?.annotation.range.upperBound
    }
  }
}
