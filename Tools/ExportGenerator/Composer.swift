// Puts an export together: the writer, the names, the plans and the count of what was written, and the one place
// where the order of an object's members is decided.

/// The state of one export in the making.
struct Composer: ~Copyable {
  let options: ExportOptions
  let vocabulary: Vocabulary
  var out: JSONWriter
  var tally: Tally
  private var orders: SplitMix64

  init(_ options: ExportOptions, chunkSize: Int, sink: @escaping (Span<UInt8>) throws -> Void) {
    self.options = options
    vocabulary = Vocabulary(batchCount: options.batches)
    out = JSONWriter(style: options.style, chunkSize: chunkSize, sink: sink)
    tally = Tally(vocabulary)
    orders = SplitMix64(seed: ~options.seed)
  }

  /// Writes the whole export.
  mutating func run() throws {
    var planner = Planner(options, vocabulary)
    let lines = options.style == .ndjson
    if !lines { out.open("[") }
    while let plan = planner.next() {
      if !lines { out.item() }
      let before = out.minifiedBytes
      tally.begin()
      asset(plan)
      let bytes = out.minifiedBytes - before
      if lines { out.endLine() }
      planner.wrote(plan, bytes: bytes)
      tally.end(plan, bytes: bytes, isNeedle: planner.isNeedle(plan))
      if let failure = out.failure { throw failure }
    }
    if !lines { out.close("]") }
    if options.style.indent > 0 { out.endDocument() }
    out.flush()
    if let failure = out.failure { throw failure }
  }

  /// Writes an object of up to 16 members.
  ///
  /// - Parameters:
  ///   - count: How many members there may be; `member` may leave some out.
  ///   - first: The members (a bit each) that come first, which varies within real exports.
  ///   - last: The members that come last.
  ///   - context: The members that come last on `lateContext`.
  ///   - member: Writes one member by its number.
  mutating func object(
    _ count: Int, first: UInt32 = 0, last: UInt32 = 0, context: UInt32 = 0,
    _ member: (inout Composer, Int) -> Void
  ) {
    out.open("{")
    let late = options.lateContext ? context : options.shuffleKeys ? 0 : last
    if options.shuffleKeys {
      shuffled(count, late: late, member)
    } else if first | late == 0 {
      for number in 0..<count { member(&self, number) }
    } else {
      let early = first & ~late
      for number in 0..<count where early >> number & 1 == 1 { member(&self, number) }
      for number in 0..<count where (early | late) >> number & 1 == 0 { member(&self, number) }
      for number in 0..<count where late >> number & 1 == 1 { member(&self, number) }
    }
    out.close("}")
  }

  private mutating func shuffled(_ count: Int, late: UInt32, _ member: (inout Composer, Int) -> Void) {
    precondition(count <= 16)
    // Sixteen numbers of four bits in one word, so that shuffling needs no array.
    var order: UInt64 = 0xFEDC_BA98_7654_3210
    for place in stride(from: count - 1, to: 0, by: -1) {
      let other = orders.below(place + 1)
      let difference = (order >> (4 * place) ^ order >> (4 * other)) & 15
      order ^= difference << (4 * place)
      order ^= difference << (4 * other)
    }
    for pass: UInt32 in 0...1 {
      for place in 0..<count {
        let number = Int(truncatingIfNeeded: order >> (4 * place) & 15)
        if late >> number & 1 == pass { member(&self, number) }
      }
    }
  }

  /// Writes an array of `count` elements.
  mutating func array(_ count: Int, _ element: (inout Composer, Int) -> Void) {
    out.open("[")
    for index in 0..<count {
      out.item()
      element(&self, index)
      // A full disk should end a giant asset soon, not at its end.
      if out.failure != nil { break }
    }
    out.close("]")
  }

  mutating func text(_ key: StaticString, _ value: StaticString) {
    out.key(key)
    out.string(value)
  }

  mutating func text(_ key: StaticString, _ value: [UInt8]) {
    out.key(key)
    out.raw(value)
  }

  mutating func number(_ key: StaticString, _ value: Int) {
    out.key(key)
    out.integer(value)
  }

  mutating func null(_ key: StaticString) {
    out.key(key)
    out.raw("null")
  }

  /// A name, in one spelling or the other.
  mutating func name(_ key: StaticString, _ name: Name, escaped: Bool) {
    out.key(key)
    out.raw(escaped ? name.escaped : name.raw)
  }
}
