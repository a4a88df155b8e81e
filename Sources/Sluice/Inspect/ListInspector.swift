// Inspects annotation lists, wherever their bytes are: by the scanner as far as it is sure, by yajl where not.
//
// The bytes of a list lie in blocks. An annotation that is cut between two of them is put together first, unless
// it is long; then yajl reads the list from there on, as it does from a doubt on.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Inspects one list, or run of a list, after another.
final class ListInspector {
  /// The longest annotation that is put together.
  private static let longest = 4 << 20

  private let plan: RunPlan
  private var scanner: AnnotationScanner
  private let lines: LineFinder

  init(_ plan: RunPlan) {
    self.plan = plan
    scanner = AnnotationScanner(kernel: plan.kernel)
    lines = LineFinder(kernel: plan.kernel)
  }

  /// Inspects the lists of an asset that is held.
  ///
  /// - Returns: Whether they are JSON.
  func takeIn(_ element: Element, _ pool: BlockPool, _ facts: inout AssetFacts) -> Bool {
    for list in lists(of: facts, element) {
      var next: ListRun? = list
      while let run = next {
        let outcome = process(run, pool: pool)
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
        isFirst: true, terminator: .bracket)
    }
  }

  /// How many names are counted at a time.
  private static let mostNames = 20_000

  /// Inspects a run that is held.
  ///
  /// - Returns: What was found, of as much as has few enough names; with a fault if it is no JSON.
  func process(_ run: ListRun, pool: BlockPool) -> ListOutcome {
    let extent = run.element.extent
    // Lists of the history are only checked, if at all.
    if !run.job.counts { return ListProcessor(plan).process(run, Arena(pool), pool: pool, limit: .max) }
    guard !run.job.validates || isValid(run, pool), var outcome = try? inspect(run, extent) else {
      return faulty(run, pool)
    }
    for (code, surprise) in outcome.surprises {
      outcome.surpriseLines[code] = lines.position(of: surprise.first, in: run.element)
    }
    return outcome
  }

  private func isValid(_ run: ListRun, _ pool: BlockPool) -> Bool {
    var run = run
    run.job.counts = false
    return ListProcessor(plan).process(run, Arena(pool), pool: pool, limit: .max).fault == nil
  }

  /// Where a run that is no JSON stops being JSON is not for here.
  private func faulty(_ run: ListRun, _ pool: BlockPool) -> ListOutcome {
    var run = run
    run.job = ListJob(counts: false, validates: true)
    return ListProcessor(plan).process(run, Arena(pool), pool: pool, limit: .max)
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
    if run.job.validates, try ListProcessor(plan).fault(in: run, bytes) != nil { return false }
    var next: ListRun? = run
    while let part = next {
      guard var outcome = try inspect(part, bytes) else { return false }
      for (code, surprise) in outcome.surprises {
        var line = run.element.line
        try bytes.visit(run.range.lowerBound..<surprise.first) {
          line = lines.advance(line, over: $0, at: $1)
        }
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
      return try parse(run, bytes, followsComma: false, &outcome) ? outcome : nil
    }
    scanner.begin(run.place.kind)
    let stop = try scan(run, bytes, &outcome)
    scanner.flush(to: &outcome)
    guard let stop else { return outcome }
    var rest = run
    rest.range = stop.offset..<run.range.upperBound
    rest.isFirst = stop.isFirst
    if stop.isEnough {
      outcome.leave(rest)
      return outcome
    }
    return try parse(rest, bytes, followsComma: stop.followsComma, &outcome) ? outcome : nil
  }

  /// From where on a parser has to read.
  private struct Rest {
    var offset: Int
    /// Whether no element stands in front of it.
    var isFirst: Bool
    /// Whether a comma does.
    var followsComma: Bool
    /// Whether there is no doubt, but names enough.
    var isEnough = false
  }

  /// Reads as far as there is no doubt.
  ///
  /// - Returns: From where on there is; nil if there is none.
  private func scan(
    _ run: ListRun, _ bytes: any ElementBytes, _ outcome: inout ListOutcome
  ) throws -> Rest? {
    var state = ListScan(isFirst: run.isFirst)
    var rest: Rest?
    try bytes.visit(run.range) { bytes, offset in
      if rest != nil { return }
      rest = scan(bytes, at: offset, &state)
      guard rest == nil, scanner.isFull else { return }
      scanner.flush(to: &outcome)
      scanner.forget()
      if outcome.nameCount > Self.mostNames, scanner.end < run.range.upperBound {
        rest = Rest(offset: scanner.end, isFirst: false, followsComma: false, isEnough: true)
      }
    }
    if rest == nil, !state.carry.isEmpty { rest = state.rest(from: state.carryStart) }
    // A comma behind which nothing comes.
    if rest == nil, state.expected == .element { rest = state.rest(from: run.range.upperBound) }
    return rest
  }

  /// What is known between two pieces of a list.
  private struct ListScan {
    var expected: AnnotationScanner.Expected
    /// The start of an annotation that goes on behind the last piece, and where it is.
    var carry: [UInt8] = []
    var carryStart = 0
    var carryState = ScanState()

    init(isFirst: Bool) { expected = isFirst ? .elementOrEnd : .comma }

    func rest(from offset: Int) -> Rest {
      Rest(offset: offset, isFirst: expected == .elementOrEnd, followsComma: expected == .element)
    }
  }

  private func scan(_ bytes: Span<UInt8>, at offset: Int, _ state: inout ListScan) -> Rest? {
    var index = 0
    if !state.carry.isEmpty {
      let close = plan.kernel.skip(toDepth: 0, in: bytes, from: 0, state: &state.carryState)
      index = close.map { $0 + 1 } ?? bytes.count
      if state.carry.count + index > Self.longest { return state.rest(from: state.carryStart) }
      state.carry.append(bytes.extracting(0..<index))
      if close == nil { return nil }
      let start = state.carryStart
      let carry = state.carry
      state.carry = []
      guard case .end = scanner.scan(carry.span, from: 0, at: start, expected: &state.expected) else {
        return state.rest(from: start)
      }
    }
    switch scanner.scan(bytes, from: index, at: offset, expected: &state.expected) {
    case .end: return nil
    case .doubt(let index): return state.rest(from: offset + index)
    case .cut(let index):
      state.carryStart = offset + index
      state.carry = [UInt8](bytes.extracting(index..<bytes.count))
      state.carryState = ScanState()
      _ = plan.kernel.skip(toDepth: 0, in: bytes, from: index, state: &state.carryState)
      return nil
    }
  }

  /// Reads to the end by yajl.
  ///
  /// - Returns: Whether it is JSON.
  private func parse(
    _ run: ListRun, _ bytes: any ElementBytes, followsComma: Bool, _ outcome: inout ListOutcome
  ) throws -> Bool {
    // A closure that escapes can't hold an inout.
    let found = Found()
    var stop: Int?
    let events = AnnotationEvents(run.place.kind, from: run.range.lowerBound) { found.annotations.append($0) }
    var parser = JSONPushParser(events, maxDepth: plan.maxDepth)
    let opening = run.opening + (followsComma ? [UInt8(ascii: ",")] : [])
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
    if let stop {
      var rest = run
      rest.range = stop..<run.range.upperBound
      rest.isFirst = false
      outcome.leave(rest)
    }
    return true
  }

  private static let piece = 16 << 10

  private final class Found {
    var annotations: [InspectedAnnotation] = []

    /// Counts what was found.
    ///
    /// - Returns: Where the last of it ends.
    func count(in outcome: inout ListOutcome) -> Int? {
      for annotation in annotations { outcome.add(annotation) }
      defer { annotations.removeAll(keepingCapacity: true) }
      return annotations.last?.end
    }
  }
}

extension ListOutcome {
  /// Leaves the rest of a run for later: there are names enough for now.
  fileprivate mutating func leave(_ rest: ListRun) {
    var rest = rest
    // All of it has been seen to be JSON.
    rest.job.validates = false
    self.rest = rest
  }
}
