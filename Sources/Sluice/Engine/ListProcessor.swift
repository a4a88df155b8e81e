// What a worker does with a run of a list: see that it is JSON, count its annotations, and make what goes
// into the row. A run says nothing of the rest of its asset, and needs to know nothing of it.

internal import ByteScan
internal import JSONEvents
internal import Sharding

/// Works on runs of annotation lists.
struct ListProcessor {
  private let plan: RunPlan
  private let titles: TitleMatcher
  private let lines: LineFinder

  init(_ plan: RunPlan) {
    self.plan = plan
    titles = TitleMatcher(plan.needs.selection)
    lines = LineFinder(kernel: plan.kernel)
  }

  /// Does what the job of a run that is held says.
  func process(_ run: ListRun, pool: BlockPool) -> ListOutcome {
    let extent = run.element.extent
    let arena = Arena(pool)
    let buffer = RowBuffer(arena, pool: pool, kernel: plan.kernel)
    var outcome = ListOutcome(run)
    do {
      if try work(on: run, extent, buffer, into: &outcome) {
        if case .elements = run.job.output {
          let row = Row(arena: arena, start: .start, end: arena.position, count: buffer.count)
          outcome.bytes = .arena(row)
        }
        for (code, surprise) in outcome.surprises {
          outcome.surpriseLines[code] = lines.position(of: surprise.first, in: run.element)
        }
        return outcome
      }
    } catch {
      // Bytes that are held can always be read, and the arena takes all.
    }
    outcome.fault = heldFault(in: run)
    return outcome
  }

  /// Does what the job of a run that is not held says, except to look for faults.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - bytes: Where it is read.
  ///   - buffer: Takes what goes into the row.
  /// - Returns: What came of it; nil if it is no JSON.
  /// - Throws: What reading throws, and what the buffer does.
  func process(_ run: ListRun, _ bytes: ReadAgain, _ buffer: RowBuffer) throws -> ListOutcome? {
    var outcome = ListOutcome(run)
    guard try work(on: run, bytes, buffer, into: &outcome) else { return nil }
    for (code, surprise) in outcome.surprises {
      let line = try self.line(of: surprise.first, run, bytes)
      outcome.surpriseLines[code] = (line: line.line, column: surprise.first - line.start + 1)
    }
    return outcome
  }

  /// - Returns: Whether what was looked at is JSON.
  private func work(
    on run: ListRun, _ bytes: any ElementBytes, _ buffer: RowBuffer, into outcome: inout ListOutcome
  ) throws -> Bool {
    if run.job.validates, try !isValid(run, bytes) { return false }
    var kept: [Range<Int>]?
    if case .elements(true) = run.job.output { kept = [] }
    if run.job.counts || kept != nil, try !read(run, bytes, into: &outcome, &kept) { return false }
    if case .elements = run.job.output { try write(run, bytes, kept, to: buffer) }
    return true
  }

  // MARK: Validity

  private func isValid(_ run: ListRun, _ bytes: any ElementBytes) throws -> Bool {
    let opening = run.opening
    var validator = JSONValidator(maxDepth: plan.maxDepth)
    do {
      try validator.feed(opening.span, at: run.range.lowerBound - opening.count)
      try bytes.visit(run.range) { bytes, offset in try validator.feed(bytes, at: offset) }
      try validator.feed(run.closing.span, at: run.range.upperBound)
      switch run.terminator {
      case .comma: return true
      case .bracket: try validator.endOfInput()
      // A list that the input ends in is no JSON, however far it goes.
      case .none: return false
      }
      return true
    } catch is JSONRejection {
      return false
    }
  }

  private func heldFault(in run: ListRun) -> ElementFault {
    if let fault = try? fault(in: run, run.element.extent) {
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
    return fault ?? grammar.consume(run.closing.span)
  }

  /// The line of a place in a run that is not held, whose line is that of its first byte.
  private func line(of offset: Int, _ run: ListRun, _ bytes: ReadAgain) throws -> LineAnchor {
    var line = run.element.line
    try bytes.visit(run.range.lowerBound..<offset) { line = lines.advance(line, over: $0, at: $1) }
    return line
  }

  // MARK: Annotations

  /// Reads the annotations of a run.
  ///
  /// - Returns: Whether what was read of them is JSON.
  private func read(
    _ run: ListRun, _ bytes: any ElementBytes, into outcome: inout ListOutcome, _ kept: inout [Range<Int>]?
  ) throws -> Bool {
    let opening = run.opening
    let reader = AnnotationListReader(run.place, from: run.range.lowerBound)
    var walker = ListWalker(reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    do {
      try walker.feed(opening.span, at: run.range.lowerBound - opening.count)
      try bytes.visit(run.range) { bytes, offset in
        try walker.consume(bytes, at: offset)
        reader.take { take($0, run, into: &outcome, &kept) }
      }
      try walker.feed(run.closing.span, at: run.range.upperBound)
      reader.take { take($0, run, into: &outcome, &kept) }
    } catch is JSONRejection {
      return false
    }
    outcome.duplicateKeys = reader.duplicateKeys
    for offset in reader.loneSurrogates { outcome.warn(.loneSurrogate, at: offset) }
    return true
  }

  private func take(
    _ annotation: Annotation, _ run: ListRun, into outcome: inout ListOutcome, _ kept: inout [Range<Int>]?
  ) {
    let title = annotation.members.title
    if titles.keeps(title: title.comparable) { kept?.append(annotation.range) }
    guard run.job.counts else { return }
    if !annotation.isObject {
      outcome.warn(.unknownShape, at: annotation.range.lowerBound)
    } else if run.place.counts, title.text == nil {
      outcome.warn(.fieldNotString, at: annotation.range.lowerBound)
    }
    if run.place.counts { outcome.task.count(annotation.members, run.place.kind, titles) }
  }

  // MARK: Bytes of the row

  private func write(
    _ run: ListRun, _ bytes: any ElementBytes, _ kept: [Range<Int>]?, to buffer: RowBuffer
  ) throws {
    guard let kept else {
      try buffer.append(run.range.lowerBound + (run.isFirst ? 0 : 1)..<run.range.upperBound, of: bytes)
      return
    }
    let comma = [UInt8(ascii: ",")]
    for (number, range) in kept.enumerated() {
      if number > 0 { try buffer.append(comma.span) }
      try buffer.append(range, of: bytes)
    }
  }
}

/// Feeds a list's elements to yajl and jumps over the containers within them.
struct ListWalker: ~Copyable {
  private let kernel: ScanKernel
  private let reader: AnnotationListReader
  private var parser: JSONPushParser<AnnotationListReader>
  private var state = ScanState()
  /// The depth at which the container that is being jumped over is closed.
  private var skipTarget: Int?

  init(_ reader: AnnotationListReader, kernel: ScanKernel, maxDepth: Int) {
    self.reader = reader
    self.kernel = kernel
    parser = JSONPushParser(reader, maxDepth: maxDepth)
  }

  /// Feeds bytes that are not scanned.
  mutating func feed(_ bytes: Span<UInt8>, at offset: Int) throws(JSONRejection) {
    try parser.feed(bytes, at: offset)
  }

  /// Reads the next bytes of the list.
  mutating func consume(_ bytes: Span<UInt8>, at offset: Int) throws(JSONRejection) {
    var index = 0
    var fed = 0
    while true {
      if let target = skipTarget {
        guard let close = kernel.skip(toDepth: target, in: bytes, from: index, state: &state) else { return }
        skipTarget = nil
        fed = close
        index = close + 1
      }
      guard let bracket = kernel.nextBracket(in: bytes, from: index, state: &state) else { break }
      index = bracket + 1
      let byte = bytes[bracket]
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        try parser.feed(bytes.extracting(fed..<index), at: offset + fed)
        fed = index
        if reader.skipsContainer { skipTarget = state.depth - 1 }
      }
    }
    if fed < bytes.count { try parser.feed(bytes.extracting(fed..<bytes.count), at: offset + fed) }
  }
}
