// What a worker does with a run of a list: see that it is JSON, count its annotations, and make what goes
// into the row. A run says nothing of the rest of its asset, and needs to know nothing of it.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Works on runs of annotation lists, for one worker.
final class ListProcessor {
  private let plan: RunPlan
  private let titles: TitleMatcher
  private let lines: LineFinder
  private var scanner: AnnotationScanner<ColumnPlaces>

  init(_ plan: RunPlan) {
    self.plan = plan
    titles = TitleMatcher(plan.needs.selection)
    scanner = AnnotationScanner(ColumnPlaces(), kernel: plan.kernel, titles: titles)
    lines = LineFinder(kernel: plan.kernel)
  }

  /// Does what the job of a run that is held says.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - arena: Takes what goes into rows.
  ///   - pool: Where the arena's memory comes from.
  ///   - limit: How many bytes of rows are enough; what follows is left.
  /// - Returns: What came of it.
  /// - Throws: What is no fault of the run.
  func process(_ run: ListRun, _ arena: Arena, pool: BlockPool, limit: Int) throws -> ListOutcome {
    let buffer = RowBuffer(arena, pool: pool, kernel: plan.kernel)
    let start = arena.position
    let target = RowTarget(buffer, arena, limit: limit)
    var outcome = try work(on: ListSource(run: run, bytes: run.element.extent, target: target))
    guard outcome.isValid else {
      outcome.fault = try heldFault(in: run)
      return outcome
    }
    if case .elements = run.job.output {
      let row = Row(arena: arena, start: start, end: arena.position, count: buffer.count)
      outcome.bytes = .arena(row)
    }
    for (code, surprise) in outcome.surprises {
      outcome.surpriseLines[code] = lines.position(of: surprise.first, in: run.element)
    }
    return outcome
  }

  /// Does what the job of a run that is not held says, except to look for faults.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - bytes: Where it is read.
  ///   - buffer: Takes what goes into rows.
  ///   - onRow: Told where each row goes before it is written.
  /// - Returns: What came of it; nil if it is no JSON.
  /// - Throws: What reading throws, and what the buffer does.
  func process(
    _ run: ListRun, _ bytes: ReadAgain, _ buffer: RowBuffer, onRow: @escaping (RowPlace) throws -> Void
  ) throws -> ListOutcome? {
    var target = RowTarget(buffer, nil, limit: .max)
    target.onRow = onRow
    var outcome = try work(on: ListSource(run: run, bytes: bytes, target: target))
    guard outcome.isValid else { return nil }
    for (code, surprise) in outcome.surprises {
      let line = try self.line(of: surprise.first, run, bytes)
      outcome.surpriseLines[code] = (line: line.line, column: surprise.first - line.start + 1)
    }
    return outcome
  }

  private func work(on source: ListSource) throws -> ListOutcome {
    let run = source.run
    var outcome = ListOutcome(run)
    if run.job.validates, try !isValid(run, source.bytes) {
      outcome.isValid = false
      return outcome
    }
    switch run.job.output {
    case .none: return try run.job.counts ? read(source, CountedAnnotations()) : outcome
    case .elements(false):
      let start = run.range.lowerBound + (run.isFirst ? 0 : 1)
      try source.target.buffer.append(start..<run.range.upperBound, of: source.bytes)
      return outcome
    case .elements(true): return try read(source, KeptElements(source))
    case .cuts: return try read(source, ElementCuts(run.range))
    case .rows(let frame): return try read(source, WrittenRows(rows(of: source, frame), source))
    case .checkedRows(let frame):
      return try read(source, CheckedRows(rows: rows(of: source, frame), bytes: source.bytes))
    }
  }

  private func rows(of source: ListSource, _ frame: RowFrame) -> AnnotationRows {
    AnnotationRows(plan, source.run.place, frame, to: source.target.buffer, source.target.arena)
  }

  private func read<Consumer: AnnotationConsumer>(
    _ source: ListSource, _ consumer: Consumer
  ) throws -> ListOutcome {
    var reading = ListReading(plan, titles, source, consumer)
    try reading.read(with: &scanner)
    return reading.outcome
  }

  // MARK: Validity

  private func isValid(_ run: ListRun, _ bytes: any ElementBytes) throws -> Bool {
    let judge = Judge(plan)
    switch run.terminator {
    case .comma:
      let completion = [UInt8(ascii: "0")] + [UInt8](repeating: UInt8(ascii: "]"), count: run.place.depth)
      return try judge.allows(
        run.range, of: bytes, opening: run.opening, closing: run.closing, isPart: true, completion: completion
      )
    case .bracket: return try judge.allows(run.range, of: bytes, opening: run.opening, closing: run.closing)
    // A list that the input ends in is no JSON, however far it goes.
    case .none: return false
    }
  }

  private func heldFault(in run: ListRun) throws -> ElementFault {
    if let fault = try fault(in: run, run.element.extent) {
      return ElementFault(fault, line: lines.anchor(at: fault.offset, in: run.element))
    }
    return FaultFinder(maxDepth: plan.maxDepth, lines: lines).find(in: run.element)
  }

  /// Where a run that is not held stops being JSON.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - bytes: Where it is read.
  /// - Returns: nil if it is JSON.
  /// - Throws: What reading throws.
  func fault(in run: ListRun, _ bytes: ReadAgain) throws -> ElementFault? {
    guard let fault = try fault(in: run, bytes as any ElementBytes) else { return nil }
    return ElementFault(fault, line: try line(of: fault.offset, run, bytes))
  }

  private func fault(in run: ListRun, _ bytes: any ElementBytes) throws -> JSONFault? {
    let opening = run.opening
    var grammar = JSONGrammar(maxDepth: plan.maxDepth, startingAt: run.range.lowerBound - opening.count)
    _ = grammar.consume(opening.span)
    var fault: JSONFault?
    try bytes.visit(run.range) { bytes, _ in
      if fault == nil { fault = grammar.consume(bytes) }
    }
    if fault == nil, case .none = run.terminator { return grammar.finish() }
    return fault ?? grammar.consume(run.following.span)
  }

  /// The line of a place in a run that is not held, whose line is that of its first byte.
  private func line(of offset: Int, _ run: ListRun, _ bytes: ReadAgain) throws -> LineAnchor {
    var line = run.element.line
    try bytes.visit(run.range.lowerBound..<offset) { line = lines.advance(line, over: $0, at: $1) }
    return line
  }
}
