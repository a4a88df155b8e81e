// Reads the annotations of a slice of a list: by the scanner as far as there is no doubt, by yajl from there on.

internal import JSONEvents
internal import Sharding

/// A slice, where its bytes are, and where what is made of it goes.
struct ListSource {
  let slice: ListSlice
  let bytes: any ElementBytes
  let target: RowTarget
}

/// Where the rows of a slice go, and how many of them.
struct RowTarget {
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

/// The reading of one slice.
struct ListReading<Consumer: AnnotationConsumer>: SkeletonObserver {
  private let plan: RunPlan
  private let predicate: AnnotationPredicate
  private let source: ListSource
  private var consumer: Consumer
  /// What has come of it so far.
  private var outcome: ListOutcome
  /// Whether it may end before the slice does.
  private let mayStop: Bool
  /// What yajl tells of the slice, where the scanner is in doubt.
  private var parsed: AnnotationListReader?

  init(_ plan: RunPlan, _ predicate: AnnotationPredicate, _ source: ListSource, _ consumer: Consumer) {
    self.plan = plan
    self.predicate = predicate
    self.source = source
    self.consumer = consumer
    outcome = ListOutcome(source.slice)
    mayStop = source.target.limit != .max
  }

  /// How many titles and tools are counted at a time.
  private static var mostNames: Int { 20_000 }

  /// Reads the slice, and has the consumer take its annotations.
  ///
  /// - Throws: What is no fault of the slice; a fault is noted in the outcome.
  mutating func read(with scanner: inout AnnotationScanner<ColumnPlaces>) throws {
    do {
      if let rest = try scan(with: &scanner) { try parse(from: rest) }
    } catch let enough as Enough {
      outcome.leave(source.slice, from: enough.end)
    } catch is JSONRejection {
      outcome.isValid = false
    } catch is AnnotationRows.Malformed {
      outcome.isValid = false
    }
    consumer.finish(&outcome)
  }

  /// What has come of it.
  consuming func finish() -> ListOutcome { outcome }

  // MARK: The scanner

  /// Reads as far as there is no doubt.
  ///
  /// - Returns: From where on there is; nil if there is none.
  private mutating func scan(with scanner: inout AnnotationScanner<ColumnPlaces>) throws -> SliceRemainder? {
    let slice = source.slice
    let counts = slice.job.isCounted && slice.place.counts
    var scan = SliceScanner<ColumnPlaces>(slice, kernel: plan.kernel, maxDepth: plan.maxDepth)
    scanner.begin(slice.place.kind)
    defer { scanner.flush(to: &outcome.findings) }
    try source.bytes.visit(slice.range) { bytes, offset in
      try scan.scan(bytes, at: offset, with: &scanner) { scanner, range in
        if counts { scanner.count(at: range.lowerBound) }
        if scanner.verdict.isKept {
          try consumer.keep(scanner.annotation(at: range), &outcome)
        } else {
          consumer.remove(range)
        }
        guard scanner.isFull || scanner.nameCount > Self.mostNames else { return }
        scanner.flush(to: &outcome.findings)
        scanner.forget()
        try stopIfEnough(at: range.upperBound)
      }
    }
    return scan.finish()
  }

  private func stopIfEnough(at end: Int) throws {
    if mayStop, outcome.findings.task.annotations.nameCount > Self.mostNames,
      end < source.slice.range.upperBound
    {
      throw Enough(end: end)
    }
  }

  // MARK: yajl

  /// Reads to the end.
  private mutating func parse(from rest: SliceRemainder) throws {
    let (slice, bytes) = (rest.slice(of: source.slice), source.bytes)
    let opening = rest.opening(in: source.slice)
    let reader = AnnotationListReader(slice.place, from: slice.range.lowerBound, plan.needs.annotations)
    var walker = SkeletonWalker(reader: reader, kernel: plan.kernel, maxDepth: plan.maxDepth)
    try walker.feed(opening.span, at: slice.range.lowerBound - opening.count)
    parsed = reader
    try bytes.visit(slice.range) { bytes, offset in
      _ = try walker.consume(bytes, from: 0, at: offset, map: nil, telling: &self)
    }
    try walker.feed(slice.closing.span, at: slice.range.upperBound)
    try didFeed()
  }

  /// Takes the annotations that yajl has come to the end of.
  mutating func didFeed() throws { try parsed?.take { try take($0) } }

  private mutating func take(_ annotation: Annotation) throws {
    count(annotation)
    if predicate.verdict(of: annotation.facts).isKept {
      try consumer.keep(annotation, &outcome)
    } else {
      consumer.remove(annotation.range)
    }
    try stopIfEnough(at: annotation.range.upperBound)
  }

  private mutating func count(_ annotation: Annotation) {
    guard source.slice.job.isCounted else { return }
    let (place, start) = (source.slice.place, annotation.range.lowerBound)
    outcome.findings.duplicateKeys += annotation.duplicateKeys
    for _ in 0..<annotation.duplicateKeys { outcome.warn(.duplicateKey, at: start) }
    for offset in annotation.loneSurrogates { outcome.warn(.loneSurrogate, at: offset) }
    if !annotation.isObject {
      outcome.warn(.unknownShape, at: start)
    } else if place.counts, annotation.facts[.title].text == nil {
      outcome.warn(.fieldNotString, at: start)
    }
    if place.counts { outcome.findings.task.count(annotation.facts, place.kind, predicate) }
  }
}
