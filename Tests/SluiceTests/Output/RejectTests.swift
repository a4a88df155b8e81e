// What is kept of malformed elements that are long, or of which nobody knows how long they are.

import Foundation
import Sluice
import Testing

@Suite struct RejectTests {
  private static let good = #"{"externalId":"g","batches":[],"task":{"stage":"S"}}"#

  private func reject(_ text: String) throws -> (files: [String: String], line: [String: Any]) {
    var options = RunOptions(workers: 1)
    options.onError = .reject
    let outcome = try TrialOutcome(intoDirectory: TrialInput(bytes: Array(text.utf8)), options)
    #expect(outcome.rows == Self.good + "\n" || outcome.rows == Self.good + "\n" + Self.good + "\n")
    let line = Data((outcome.rejects["rejects.jsonl"] ?? "").utf8)
    return (outcome.rejects, try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any]))
  }

  /// Where structure is lost 64 KiB are kept, however much follows; the long rest leaves no file behind.
  @Test(arguments: [10_000, 100_000, 3_000_000])
  func lostStructure(length: Int) throws {
    let rest = #"{"x":[}"# + String(repeating: " ,\(Self.good)", count: length / 50) + "]"
    let (files, line) = try reject("[\(Self.good),\(rest)")
    #expect(files.count == 1)
    #expect(line["raw"] as? String == String(rest.prefix(65_536)))
    #expect(line["length"] is NSNull)
  }

  /// An element of over 1 MiB that ends has a file to itself.
  @Test func longElement() throws {
    let element = #"{"x":""# + String(repeating: "y", count: 1_500_000) + #"",}"#
    let (files, line) = try reject("[\(Self.good),\(element) \n,\(Self.good)]")
    #expect(files["reject-0.bin"] == element)
    #expect(line["length"] as? Int == element.utf8.count)
    #expect(line["rawFile"] as? String == "reject-0.bin")
  }

  /// White space behind an element of exactly 1 MiB is no part of it, so the element stands in its line.
  @Test func spaceBehind() throws {
    let element = #"{"x":""# + String(repeating: "y", count: (1 << 20) - 9) + #"",}"#
    try #require(element.utf8.count == 1 << 20)
    let (files, line) = try reject("\(Self.good)\n\(element)    \n\n\(Self.good)\n")
    #expect(files.count == 1)
    #expect(line["raw"] as? String == element)
    #expect(line["length"] as? Int == 1 << 20)
  }
}
