// What is done with the annotations of a slice of a list, one by one, by what its job wants of them.

internal import JSONEvents
internal import Sharding

/// Takes the annotations of one slice, in order.
protocol AnnotationConsumer {
  /// Takes one that the title options keep.
  mutating func keep(_ annotation: Annotation, _ outcome: inout ListOutcome) throws
  /// Takes where one is that they do not keep.
  mutating func remove(_ range: Range<Int>)
  /// Adds what has come of them; not called where reading the bytes failed.
  mutating func finish(_ outcome: inout ListOutcome)
}

extension AnnotationConsumer {
  mutating func remove(_ range: Range<Int>) {}
  mutating func finish(_ outcome: inout ListOutcome) {}
}

/// There are rows or names enough for now.
struct Enough: Error {
  /// Where the last annotation ends that was read.
  var end: Int
}

/// Nothing is done with them: they are counted, and that is all.
struct CountedAnnotations: AnnotationConsumer {
  mutating func keep(_ annotation: Annotation, _ outcome: inout ListOutcome) {}
}

/// Copies those that are kept, with commas between them.
struct KeptElements: AnnotationConsumer {
  let source: ListSource
  private var isFirst = true

  init(_ source: ListSource) { self.source = source }

  mutating func keep(_ annotation: Annotation, _ outcome: inout ListOutcome) throws {
    let buffer = source.target.buffer
    if !isFirst { try buffer.append([UInt8(ascii: ",")].span) }
    isFirst = false
    try buffer.append(annotation.range, of: source.bytes)
  }
}

/// Finds those that are not kept, with the commas that go with them.
struct ElementCuts: AnnotationConsumer {
  private var cutter: ItemCutter
  private let end: Int

  init(_ range: Range<Int>) {
    cutter = ItemCutter(after: range.lowerBound)
    end = range.upperBound
  }

  mutating func keep(_ annotation: Annotation, _ outcome: inout ListOutcome) {
    if let cut = cutter.item(annotation.range, isRemoved: false) { outcome.cuts.append(cut) }
  }

  mutating func remove(_ range: Range<Int>) { _ = cutter.item(range, isRemoved: true) }

  mutating func finish(_ outcome: inout ListOutcome) {
    if let cut = cutter.close(at: end) { outcome.cuts.append(cut) }
  }
}

/// Sees that what would go into rows is JSON.
struct CheckedRows: AnnotationConsumer {
  let rows: AnnotationRows
  let bytes: any ElementBytes

  mutating func keep(_ annotation: Annotation, _ outcome: inout ListOutcome) throws {
    try rows.check(annotation, bytes)
  }
}

/// Makes a row of each that is kept, until there are enough.
struct WrittenRows: AnnotationConsumer {
  private let rows: AnnotationRows
  private let source: ListSource
  private let start: Int

  init(_ rows: AnnotationRows, _ source: ListSource) {
    self.rows = rows
    self.source = source
    rows.onRow = source.target.onRow
    start = source.target.buffer.count
  }

  mutating func keep(_ annotation: Annotation, _ outcome: inout ListOutcome) throws {
    if !source.slice.job.validates { try rows.check(annotation, source.bytes) }
    let length = try rows.write(annotation, source.bytes)
    if Row.isBig(length) { outcome.warn(.rowTooBig, at: annotation.range.lowerBound) }
    outcome.note(row: length, at: annotation.range.lowerBound)
    let end = annotation.range.upperBound
    let made = source.target.buffer.count - start
    if made >= source.target.limit, end < source.slice.range.upperBound { throw Enough(end: end) }
  }

  mutating func finish(_ outcome: inout ListOutcome) { outcome.rows = rows.groups }
}
