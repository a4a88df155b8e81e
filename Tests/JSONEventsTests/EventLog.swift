// What the tests of this target share: a handler that writes down all it is told, and drivers that cut texts.

import JSONEvents
import TestSupport

/// Writes each event down as one line.
final class EventLog: JSONEventHandler {
  private(set) var lines: [String] = []

  func startObject(at offset: Int) { note("{ \(offset)") }
  func endObject(at offset: Int) { note("} \(offset)") }
  func startArray(at offset: Int) { note("[ \(offset)") }
  func endArray(at offset: Int) { note("] \(offset)") }

  func key(
    _ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>
  ) {
    note("key \(text(value)) raw \(text(raw)) \(loneSurrogate) \(range)")
  }

  func string(
    _ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>
  ) {
    note("string \(text(value)) raw \(text(raw)) \(loneSurrogate) \(range)")
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) {
    note("number \(text(raw)) \(range)")
  }

  func boolean(_ value: Bool, at range: Range<Int>) { note("\(value) \(range)") }
  func null(at range: Range<Int>) { note("null \(range)") }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    note("oversized string, key \(isKey) \(range)")
  }

  func oversizedNumber(at range: Range<Int>) { note("oversized number \(range)") }

  private func note(_ line: String) {
    lines.append(line)
  }

  private func text(_ bytes: Span<UInt8>) -> String {
    String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }
}

/// What came of a text: its events, and whether it was taken.
struct Outcome: Equatable {
  var events: [String] = []
  var isValid = true
}

/// Parses `bytes` in the pieces that `cuts` (ascending) makes of them.
func parsed(_ bytes: [UInt8], cuts: [Int], maxDepth: Int = 512, several: Bool = false) -> Outcome {
  let log = EventLog()
  var parser = JSONPushParser(log, maxDepth: maxDepth, allowsMultipleValues: several)
  var isValid = true
  do {
    try bytes.forEachPiece(cutAt: cuts) { piece, start in try parser.feed(piece, at: start) }
    try parser.endOfInput()
  } catch {
    isValid = false
  }
  return Outcome(events: log.lines, isValid: isValid)
}

/// Whether `JSONValidator` takes `bytes` cut at `cuts`.
func validates(_ bytes: [UInt8], cuts: [Int], several: Bool = false) -> Bool {
  var validator = JSONValidator(allowsMultipleValues: several)
  do {
    try bytes.forEachPiece(cutAt: cuts) { piece, start in try validator.feed(piece, at: start) }
    try validator.endOfInput()
    return true
  } catch {
    return false
  }
}

/// Where chunks of `size` bytes end, the last one excepted.
func evenCuts(_ count: Int, size: Int) -> [Int] { Array(stride(from: size, to: count, by: size)) }

/// A small seeded generator, the same on every machine.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
