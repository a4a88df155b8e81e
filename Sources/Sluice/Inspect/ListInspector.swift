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

  /// The lists of an asset that count, as runs.
  func lists(of facts: AssetFacts, _ element: Element) -> [ListRun] {
    facts.lists.filter { $0.counts && $0.isInTaskList == facts.isLegacy }.map { list in
      ListRun(
        place: list, job: ListJob(counts: true), element: element, range: list.start + 1..<list.end,
        isFirst: true, terminator: .bracket)
    }
  }

  /// Inspects a run that is held.
  ///
  /// - Returns: What was found; with a fault if it is no JSON.
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
  /// - Returns: What was found; nil if it is no JSON.
  /// - Throws: What reading throws.
  func process(_ run: ListRun, _ bytes: ReadAgain) throws -> ListOutcome? {
    if run.job.validates, try ListProcessor(plan).fault(in: run, bytes) != nil { return nil }
    guard var outcome = try inspect(run, bytes) else { return nil }
    for (code, surprise) in outcome.surprises {
      var line = run.element.line
      try bytes.visit(run.range.lowerBound..<surprise.first) { line = lines.advance(line, over: $0, at: $1) }
      outcome.surpriseLines[code] = (line: line.line, column: surprise.first - line.start + 1)
    }
    return outcome
  }

  // MARK: One run

  /// - Returns: nil if what was looked at is no JSON.
  private func inspect(_ run: ListRun, _ bytes: any ElementBytes) throws -> ListOutcome? {
    var outcome = ListOutcome(run)
    if plan.options.resources.engine == .reference {
      return try parse(run, bytes, followsComma: false, &outcome) ? outcome : nil
    }
    scanner.begin(run.place.kind)
    let stop = try scan(run, bytes)
    scanner.flush(to: &outcome)
    guard let stop else { return outcome }
    var rest = run
    rest.range = stop.offset..<run.range.upperBound
    rest.isFirst = stop.isFirst
    return try parse(rest, bytes, followsComma: stop.followsComma, &outcome) ? outcome : nil
  }

  /// From where on a parser has to read.
  private struct Rest {
    var offset: Int
    /// Whether no element stands in front of it.
    var isFirst: Bool
    /// Whether a comma does.
    var followsComma: Bool
  }

  /// Reads as far as there is no doubt.
  ///
  /// - Returns: From where on there is; nil if there is none.
  private func scan(_ run: ListRun, _ bytes: any ElementBytes) throws -> Rest? {
    var state = ListScan(isFirst: run.isFirst)
    var rest: Rest?
    try bytes.visit(run.range) { bytes, offset in
      if rest == nil, let place = scan(bytes, at: offset, &state) { rest = place }
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
    let events = AnnotationEvents(run.place.kind, from: run.range.lowerBound) { found.annotations.append($0) }
    var parser = JSONPushParser(events, maxDepth: plan.maxDepth)
    let opening = run.opening + (followsComma ? [UInt8(ascii: ",")] : [])
    do {
      try parser.feed(opening.span, at: run.range.lowerBound - opening.count)
      try bytes.visit(run.range) { bytes, offset in
        // Pieces, so that few annotations wait to be counted.
        var index = 0
        while index < bytes.count {
          let end = min(bytes.count, index + Self.piece)
          try parser.feed(bytes.extracting(index..<end), at: offset + index)
          for annotation in found.take() { outcome.add(annotation) }
          index = end
        }
      }
      try parser.feed(run.closing.span, at: run.range.upperBound)
    } catch is JSONRejection {
      return false
    }
    for annotation in found.take() { outcome.add(annotation) }
    return true
  }

  private static let piece = 16 << 10

  private final class Found {
    var annotations: [InspectedAnnotation] = []

    func take() -> [InspectedAnnotation] {
      defer { annotations.removeAll(keepingCapacity: true) }
      return annotations
    }
  }
}
