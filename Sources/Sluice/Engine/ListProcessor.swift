// What a worker does with a slice of a list: see that it is JSON, count its annotations, and make what goes
// into the row. A slice says nothing of the rest of its asset, and needs to know nothing of it.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Works on slices of annotation lists, for one worker.
final class ListProcessor {
  private let plan: RunPlan
  private let predicate: AnnotationPredicate
  private let lines: LineFinder
  private var scanner: AnnotationScanner<ColumnPlaces>

  init(_ plan: RunPlan) {
    self.plan = plan
    predicate = plan.needs.annotations.predicate
    scanner = AnnotationScanner(ColumnPlaces(), kernel: plan.kernel, plan.needs.annotations)
    lines = LineFinder(kernel: plan.kernel)
  }

  /// Does what the job of a slice that is held says.
  ///
  /// - Parameters:
  ///   - slice: The slice.
  ///   - arena: Takes what goes into rows.
  ///   - pool: Where the arena's memory comes from.
  ///   - limit: How many bytes of rows are enough; what follows is left.
  /// - Returns: What came of it.
  /// - Throws: What is no fault of the slice.
  func process(_ slice: ListSlice, _ arena: Arena, pool: BlockPool, limit: Int) throws -> ListOutcome {
    let buffer = RowBuffer(arena, pool: pool, kernel: plan.kernel)
    let start = arena.position
    let target = RowTarget(buffer, arena, limit: limit)
    var outcome = try work(on: ListSource(slice: slice, bytes: slice.element.extent, target: target))
    guard outcome.isValid else {
      outcome.fault = try heldFault(in: slice)
      return outcome
    }
    if case .elements = slice.job.output {
      let row = Row(arena: arena, start: start, end: arena.position, count: buffer.count)
      outcome.bytes = .arena(row)
    }
    for (code, surprise) in outcome.findings.warningCounts {
      outcome.warningLines[code] = lines.position(of: surprise.first, in: slice.element)
    }
    return outcome
  }

  /// Does what the job of a slice that is not held says, except to look for faults.
  ///
  /// - Parameters:
  ///   - slice: The slice.
  ///   - bytes: Where it is read.
  ///   - buffer: Takes what goes into rows.
  ///   - onRow: Told where each row goes before it is written.
  /// - Returns: What came of it; nil if it is no JSON.
  /// - Throws: What reading throws, and what the buffer does.
  func process(
    _ slice: ListSlice, _ bytes: ReadAgain, _ buffer: RowBuffer, onRow: @escaping (RowPlace) throws -> Void
  ) throws -> ListOutcome? {
    var target = RowTarget(buffer, nil, limit: .max)
    target.onRow = onRow
    var outcome = try work(on: ListSource(slice: slice, bytes: bytes, target: target))
    guard outcome.isValid else { return nil }
    for (code, surprise) in outcome.findings.warningCounts {
      let line = try self.line(of: surprise.first, slice, bytes)
      outcome.warningLines[code] = (line: line.line, column: surprise.first - line.start + 1)
    }
    return outcome
  }

  private func work(on source: ListSource) throws -> ListOutcome {
    let slice = source.slice
    if slice.job.validates, try !isValid(slice, source.bytes) {
      var outcome = ListOutcome(slice)
      outcome.isValid = false
      return outcome
    }
    switch slice.job.output {
    case .none: return try slice.job.isCounted ? read(source, CountedAnnotations()) : ListOutcome(slice)
    case .elements(false):
      let start = slice.range.lowerBound + (slice.isFirst ? 0 : 1)
      try source.target.buffer.append(start..<slice.range.upperBound, of: source.bytes)
      return ListOutcome(slice)
    case .elements(true): return try read(source, KeptElements(source))
    case .cuts: return try read(source, ElementCuts(slice.range))
    case .rows(let frame): return try read(source, WrittenRows(rows(of: source, frame), source))
    case .checkedRows(let frame):
      return try read(source, CheckedRows(rows: rows(of: source, frame), bytes: source.bytes))
    }
  }

  private func rows(of source: ListSource, _ frame: RowFrame) -> AnnotationRows {
    AnnotationRows(plan, source.slice.place, frame, to: source.target.buffer, source.target.arena)
  }

  private func read<Consumer: AnnotationConsumer>(
    _ source: ListSource, _ consumer: Consumer
  ) throws -> ListOutcome {
    var reading = ListReading(plan, predicate, source, consumer)
    try reading.read(with: &scanner)
    return reading.finish()
  }

  // MARK: Validity

  private func isValid(_ slice: ListSlice, _ bytes: any ElementBytes) throws -> Bool {
    let judge = JSONAcceptor(plan)
    switch slice.terminator {
    case .comma:
      let completion = [UInt8(ascii: "0")] + [UInt8](repeating: UInt8(ascii: "]"), count: slice.place.depth)
      return try judge.allows(
        slice.range, of: bytes, opening: slice.opening, closing: slice.closing, isPart: true,
        completion: completion
      )
    case .bracket:
      return try judge.allows(slice.range, of: bytes, opening: slice.opening, closing: slice.closing)
    // A list that the input ends in is no JSON, however far it goes.
    case .none: return false
    }
  }

  private func heldFault(in slice: ListSlice) throws -> ElementFault {
    if let fault = try fault(in: slice, slice.element.extent) {
      return ElementFault(fault, line: lines.anchor(at: fault.offset, in: slice.element))
    }
    return FaultFinder(maxDepth: plan.maxDepth, lines: lines).find(in: slice.element)
  }

  /// Where a slice that is not held stops being JSON.
  ///
  /// - Parameters:
  ///   - slice: The slice.
  ///   - bytes: Where it is read.
  /// - Returns: nil if it is JSON.
  /// - Throws: What reading throws.
  func fault(in slice: ListSlice, _ bytes: ReadAgain) throws -> ElementFault? {
    guard let fault = try fault(in: slice, bytes as any ElementBytes) else { return nil }
    return ElementFault(fault, line: try line(of: fault.offset, slice, bytes))
  }

  private func fault(in slice: ListSlice, _ bytes: any ElementBytes) throws -> JSONFault? {
    let opening = slice.opening
    var grammar = JSONGrammar(maxDepth: plan.maxDepth, startingAt: slice.range.lowerBound - opening.count)
    _ = grammar.consume(opening.span)
    var fault: JSONFault?
    try bytes.visit(slice.range) { bytes, _ in
      if fault == nil { fault = grammar.consume(bytes) }
    }
    if fault == nil, case .none = slice.terminator { return grammar.finish() }
    return fault ?? grammar.consume(slice.following.span)
  }

  /// The line of a place in a slice that is not held, whose line is that of its first byte.
  private func line(of offset: Int, _ slice: ListSlice, _ bytes: ReadAgain) throws -> LineAnchor {
    var line = slice.element.line
    try bytes.visit(slice.range.lowerBound..<offset) { line = lines.advance(line, over: $0, at: $1) }
    return line
  }
}
