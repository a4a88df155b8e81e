// Whether bytes that will be written are JSON. The kernels' check is many times as fast as yajl, but can only be
// certain or in doubt; in doubt yajl reads the bytes again and decides, so that the check never refuses anything.

internal import ByteScan
internal import JSONEvents

/// Decides on bytes of the input.
struct JSONAcceptor: Sendable {
  private let kernel: ScanKernel
  private let maxDepth: Int

  init(_ plan: RunPlan, depth: Int = 0) {
    kernel = plan.kernel
    maxDepth = plan.maxDepth - depth
  }

  /// Whether the bytes at `range`, with others around them, are JSON.
  ///
  /// - Parameters:
  ///   - range: Which bytes, as offsets in the input.
  ///   - source: Where they are.
  ///   - opening: What stands before them.
  ///   - closing: What follows them.
  ///   - isPart: Whether a parser that follows `closing` need not have come to an end; `completion` then makes a
  ///     whole value of it.
  ///   - completion: What the check is given behind `closing`.
  /// - Returns: Whether a parser takes them.
  /// - Throws: What reading throws.
  func allows(
    _ range: Range<Int>, of source: any ElementBytes, opening: [UInt8] = [], closing: [UInt8] = [],
    isPart: Bool = false, completion: [UInt8] = []
  ) throws -> Bool {
    var check = JSONCheck(kernel: kernel, maxDepth: maxDepth)
    if !opening.isEmpty { check.feed(opening.span) }
    do {
      try source.visit(range) { bytes, _ in if !check.feed(bytes) { throw Doubt() } }
      if !closing.isEmpty { check.feed(closing.span) }
      if !completion.isEmpty { check.feed(completion.span) }
      if check.finish() { return true }
    } catch is Doubt {}
    return try parserAllows(range, of: source, opening, closing, isPart: isPart)
  }

  private struct Doubt: Error {}

  private func parserAllows(
    _ range: Range<Int>, of source: any ElementBytes, _ opening: [UInt8], _ closing: [UInt8], isPart: Bool
  ) throws -> Bool {
    var validator = JSONValidator(maxDepth: maxDepth)
    do {
      try validator.feed(opening.span, at: range.lowerBound - opening.count)
      try source.visit(range) { bytes, offset in try validator.feed(bytes, at: offset) }
      try validator.feed(closing.span, at: range.upperBound)
      if !isPart { try validator.endOfInput() }
      return true
    } catch is JSONRejection {
      return false
    }
  }
}
