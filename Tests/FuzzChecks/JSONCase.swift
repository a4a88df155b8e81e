// One text before all judges of JSON: yajl with its corrections, the validator and the exact grammar, whole
// and cut.

import JSONEvents
import TestSupport

/// One text before all judges.
package struct JSONCase {
  /// What they disagree on.
  package let difference: String?

  package init(_ bytes: [UInt8], cuts: [Int], maxDepth: Int, several: Bool) {
    var grammar = JSONGrammar(mode: several ? .severalValues : .oneValue, maxDepth: maxDepth)
    let fault = grammar.consume(bytes.span) ?? grammar.finish()
    let whole = Self.parse(bytes, [], maxDepth, several)
    let pieces = Self.parse(bytes, cuts, maxDepth, several)
    if whole.isValid != (fault == nil) {
      difference = "grammar says \(fault.map { $0.message } ?? "valid"), the parser \(whole.isValid)"
    } else if pieces != whole {
      difference = "events depend on the cuts"
    } else if Self.validates(bytes, cuts, maxDepth, several) != whole.isValid {
      difference = "the validator disagrees"
    } else if let fault, Self.faultInPieces(bytes, cuts, maxDepth, several) != fault {
      difference = "the fault depends on the cuts"
    } else {
      difference = nil
    }
  }

  private struct Events: Equatable {
    var hash: UInt64
    var count: Int
    var isValid: Bool
  }

  private static func parse(_ bytes: [UInt8], _ cuts: [Int], _ maxDepth: Int, _ several: Bool) -> Events {
    let log = EventHash()
    var parser = JSONPushParser(log, maxDepth: maxDepth, allowsMultipleValues: several)
    var isValid = true
    do {
      try bytes.forEachPiece(cutAt: cuts) { piece, start in try parser.feed(piece, at: start) }
      try parser.endOfInput()
    } catch {
      isValid = false
    }
    // How far it got before it said no is left open.
    return isValid
      ? Events(hash: log.hash, count: log.count, isValid: true) : Events(hash: 0, count: 0, isValid: false)
  }

  private static func validates(_ bytes: [UInt8], _ cuts: [Int], _ maxDepth: Int, _ several: Bool) -> Bool {
    var validator = JSONValidator(maxDepth: maxDepth, allowsMultipleValues: several)
    do {
      try bytes.forEachPiece(cutAt: cuts) { piece, start in try validator.feed(piece, at: start) }
      try validator.endOfInput()
      return true
    } catch {
      return false
    }
  }

  private static func faultInPieces(
    _ bytes: [UInt8], _ cuts: [Int], _ maxDepth: Int, _ several: Bool
  ) -> JSONFault? {
    var grammar = JSONGrammar(mode: several ? .severalValues : .oneValue, maxDepth: maxDepth)
    bytes.forEachPiece(cutAt: cuts) { piece, _ in _ = grammar.consume(piece) }
    return grammar.finish()
  }
}

/// Sums up events, each with all it says.
final class EventHash: JSONEventHandler {
  typealias Failure = Never
  private(set) var hash: UInt64 = 0
  private(set) var count = 0

  private func note(_ words: Int..., bytes: Span<UInt8>? = nil) {
    count += 1
    for word in words { hash = mixed(hash &* 31 &+ UInt64(bitPattern: Int64(word))) }
    guard let bytes else { return }
    for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
  }

  func startObject(at offset: Int) { note(1, offset) }
  func endObject(at offset: Int) { note(2, offset) }
  func startArray(at offset: Int) { note(3, offset) }
  func endArray(at offset: Int) { note(4, offset) }
  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    note(5, range.lowerBound, range.upperBound, loneSurrogate ? 1 : 0, bytes: value)
    note(raw.count, bytes: raw)
  }
  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    note(6, range.lowerBound, range.upperBound, loneSurrogate ? 1 : 0, bytes: value)
    note(raw.count, bytes: raw)
  }
  func number(_ raw: Span<UInt8>, at range: Range<Int>) {
    note(7, range.lowerBound, range.upperBound, bytes: raw)
  }
  func boolean(_ value: Bool, at range: Range<Int>) { note(8, value ? 1 : 0, range.lowerBound) }
  func null(at range: Range<Int>) { note(9, range.lowerBound) }
  func oversizedString(isKey: Bool, at range: Range<Int>) {
    note(10, isKey ? 1 : 0, range.lowerBound, range.upperBound)
  }
  func oversizedNumber(at range: Range<Int>) { note(11, range.lowerBound, range.upperBound) }
}
