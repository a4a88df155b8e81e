// What a worker does with a run of a list: see that it is JSON, count its annotations, and make what goes
// into the row. A run says nothing of the rest of its asset, and needs to know nothing of it.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Works on runs of annotation lists, for one worker.
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
    let extent = run.element.extent
    let buffer = RowBuffer(arena, pool: pool, kernel: plan.kernel)
    let start = arena.position
    var outcome = ListOutcome(run)
    guard try work(on: run, extent, RowTarget(buffer, arena, limit: limit), into: &outcome) else {
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
    var outcome = ListOutcome(run)
    let target = RowTarget(buffer, nil, limit: .max)
    target.onRow = onRow
    guard try work(on: run, bytes, target, into: &outcome) else { return nil }
    for (code, surprise) in outcome.surprises {
      let line = try self.line(of: surprise.first, run, bytes)
      outcome.surpriseLines[code] = (line: line.line, column: surprise.first - line.start + 1)
    }
    return outcome
  }

  /// - Returns: Whether what was looked at is JSON.
  private func work(
    on run: ListRun, _ bytes: any ElementBytes, _ target: RowTarget, into outcome: inout ListOutcome
  ) throws -> Bool {
    if run.job.validates, try !isValid(run, bytes) { return false }
    switch run.job.output {
    case .none:
      return try !run.job.counts || read(run, bytes, target, into: &outcome) { _, _ in }
    case .elements(false):
      try target.buffer.append(run.range.lowerBound + (run.isFirst ? 0 : 1)..<run.range.upperBound, of: bytes)
      return true
    case .elements(true): return try prune(run, bytes, target, into: &outcome)
    case .cuts: return try findCuts(run, bytes, target, into: &outcome)
    case .rows(let frame): return try makeRows(run, frame, bytes, target, into: &outcome)
    case .checkedRows(let frame):
      let rows = AnnotationRows(plan, run.place, frame, to: target.buffer, nil)
      return try read(run, bytes, target, into: &outcome) { annotation, _ in
        try rows.check(annotation, bytes)
      }
    }
  }

  /// Copies the elements that the predicate keeps, with commas between them.
  private func prune(
    _ run: ListRun, _ bytes: any ElementBytes, _ target: RowTarget, into outcome: inout ListOutcome
  ) throws -> Bool {
    let buffer = target.buffer
    let comma = [UInt8(ascii: ",")]
    var isFirst = true
    return try read(run, bytes, target, into: &outcome) { annotation, _ in
      if !isFirst { try buffer.append(comma.span) }
      isFirst = false
      try buffer.append(annotation.range, of: bytes)
    }
  }

  /// Finds the elements that the predicate does not keep, with the commas that go with them.
  private func findCuts(
    _ run: ListRun, _ bytes: any ElementBytes, _ target: RowTarget, into outcome: inout ListOutcome
  ) throws -> Bool {
    var cutter = ItemCutter(after: run.range.lowerBound)
    let isValid = try read(run, bytes, target, into: &outcome) { annotation, outcome in
      if let cut = cutter.item(annotation.range, isRemoved: false) { outcome.cuts.append(cut) }
    } removed: {
      _ = cutter.item($0, isRemoved: true)
    }
    if let cut = cutter.close(at: run.range.upperBound) { outcome.cuts.append(cut) }
    return isValid
  }

  private func makeRows(
    _ run: ListRun, _ frame: RowFrame, _ bytes: any ElementBytes, _ target: RowTarget,
    into outcome: inout ListOutcome
  ) throws -> Bool {
    let rows = AnnotationRows(plan, run.place, frame, to: target.buffer, target.arena)
    rows.onRow = target.onRow
    let start = target.buffer.count
    let isValid = try read(run, bytes, target, into: &outcome) { annotation, outcome in
      if !run.job.validates { try rows.check(annotation, bytes) }
      let length = try rows.write(annotation, bytes)
      if Row.isBig(length) { outcome.warn(.rowTooBig, at: annotation.range.lowerBound) }
      outcome.note(row: length, at: annotation.range.lowerBound)
      let end = annotation.range.upperBound
      if target.buffer.count - start >= target.limit, end < run.range.upperBound { throw Enough(end: end) }
    }
    outcome.rows = rows.groups
    return isValid
  }

  /// How many titles and tools are counted at a time.
  private static let mostNames = 20_000

  /// There are rows or names enough for now.
  private struct Enough: Error {
    /// Where the last annotation ends that was read.
    var end: Int
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

  // MARK: Annotations

  /// Reads the annotations of a run, and gives those to `body` that the predicate keeps.
  ///
  /// `removed` is told where the others are.
  ///
  /// - Returns: Whether what was read of them is JSON.
  private func read(
    _ run: ListRun, _ bytes: any ElementBytes, _ target: RowTarget, into outcome: inout ListOutcome,
    _ body: (Annotation, inout ListOutcome) throws -> Void, removed: (Range<Int>) -> Void = { _ in }
  ) throws -> Bool {
    do {
      let rest = try scan(run, bytes, target, into: &outcome, body, removed)
      if let rest { try parse(run, from: rest, bytes, target, into: &outcome, body, removed) }
      return true
    } catch let enough as Enough {
      outcome.leave(run, from: enough.end)
      return true
    } catch is JSONRejection {
      return false
    } catch is AnnotationRows.Malformed {
      return false
    }
  }

  /// Reads by the scanner, as far as there is no doubt.
  ///
  /// - Returns: From where on there is; nil if there is none.
  private func scan(
    _ run: ListRun, _ bytes: any ElementBytes, _ target: RowTarget, into outcome: inout ListOutcome,
    _ body: (Annotation, inout ListOutcome) throws -> Void, _ removed: (Range<Int>) -> Void
  ) throws -> RunRest? {
    let counts = run.job.counts && run.place.counts
    let stops = target.limit != .max
    var scan = RunScan<ColumnPlaces>(run, kernel: plan.kernel, maxDepth: plan.maxDepth)
    scanner.begin(run.place.kind)
    defer { scanner.flush(to: &outcome) }
    try bytes.visit(run.range) { bytes, offset in
      try scan.scan(bytes, at: offset, with: &scanner) { scanner, range in
        if counts { scanner.count(at: range.lowerBound) }
        if scanner.verdict.isKept {
          try body(scanner.annotation(at: range), &outcome)
        } else {
          removed(range)
        }
        guard scanner.isFull || scanner.nameCount > Self.mostNames else { return }
        scanner.flush(to: &outcome)
        scanner.forget()
        let isEnough = outcome.task.annotations.nameCount > Self.mostNames
        if stops, isEnough, range.upperBound < run.range.upperBound { throw Enough(end: range.upperBound) }
      }
    }
    return scan.finish()
  }

  /// Reads to the end by yajl.
  private func parse(
    _ whole: ListRun, from rest: RunRest, _ bytes: any ElementBytes, _ target: RowTarget,
    into outcome: inout ListOutcome, _ body: (Annotation, inout ListOutcome) throws -> Void,
    _ removed: (Range<Int>) -> Void
  ) throws {
    let run = rest.run(of: whole)
    let opening = rest.opening(in: whole)
    let reader = AnnotationListReader(run.place, from: run.range.lowerBound, plan.needs.annotations)
    var walker = SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    func take(_ annotation: Annotation) throws {
      count(annotation, run, into: &outcome)
      let isKept = predicate.verdict(of: annotation.facts).isKept
      if isKept { try body(annotation, &outcome) } else { removed(annotation.range) }
      let end = annotation.range.upperBound
      if target.limit != .max, outcome.task.annotations.nameCount > Self.mostNames, end < run.range.upperBound
      {
        throw Enough(end: end)
      }
    }
    try walker.feed(opening.span, at: run.range.lowerBound - opening.count)
    try bytes.visit(run.range) { bytes, offset in
      try walker.consume(bytes, at: offset) { try reader.take(take) }
    }
    try walker.feed(run.closing.span, at: run.range.upperBound)
    try reader.take(take)
  }

  private func count(_ annotation: Annotation, _ run: ListRun, into outcome: inout ListOutcome) {
    guard run.job.counts else { return }
    outcome.duplicateKeys += annotation.duplicateKeys
    for _ in 0..<annotation.duplicateKeys { outcome.warn(.duplicateKey, at: annotation.range.lowerBound) }
    for offset in annotation.loneSurrogates { outcome.warn(.loneSurrogate, at: offset) }
    if !annotation.isObject {
      outcome.warn(.unknownShape, at: annotation.range.lowerBound)
    } else if run.place.counts, annotation.facts[.title].text == nil {
      outcome.warn(.fieldNotString, at: annotation.range.lowerBound)
    }
    if run.place.counts { outcome.task.count(annotation.facts, run.place.kind, predicate) }
  }
}

/// Where the rows of a run go, and how many of them.
private final class RowTarget {
  let buffer: RowBuffer
  /// The arena that the buffer collects in, if it does.
  let arena: Arena?
  /// How many bytes are enough.
  let limit: Int
  /// Told where each row goes before it is written.
  var onRow: ((RowPlace) throws -> Void)?

  init(_ buffer: RowBuffer, _ arena: Arena?, limit: Int) {
    self.buffer = buffer
    self.arena = arena
    self.limit = limit
  }
}
