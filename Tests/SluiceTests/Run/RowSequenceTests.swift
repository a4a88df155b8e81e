import Foundation
import SystemPackage
import Testing

@testable import Sluice

@Suite(.timeLimit(.minutes(5))) struct RowSequenceTests {
  private static func export(_ count: Int, tail: String = "") -> [UInt8] {
    let assets = (0..<count).map { #"{"externalId":"\#($0)","task":{"stage":"S\#($0 % 3)"}}"# + "\n" }
    return Array((assets.joined() + tail).utf8)
  }

  private func withRun<Result>(
    _ bytes: [UInt8], _ body: (Run) async throws -> Result
  ) async throws -> Result {
    let file = FileManager.default.temporaryDirectory.appending(path: "rows-\(UUID())")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var options = RunOptions(workers: 2)
    options.output.partitionBy = [.stage]
    return try await body(Run(inputs: [.path(FilePath(file.path))], output: .nowhere, options: options))
  }

  /// All rows come, in order, with what is known of them; and again with the next iteration.
  @Test func all() async throws {
    let bytes = Self.export(20_000)
    try await withRun(bytes) { run in
      let rows = run.rows()
      for _ in 0..<2 {
        var text: [UInt8] = []
        var number = 0
        for try await row in rows {
          text += row.bytes + [0x0A]
          #expect(row.facts.asset == number)
          #expect(row.facts[.stage] == "S\(number % 3)")
          number += 1
        }
        #expect(number == 20_000)
        #expect(text == bytes)
      }
    }
  }

  /// Who has enough leaves the loop, and the run ends.
  @Test func enough() async throws {
    try await withRun(Self.export(200_000)) { run in
      var number = 0
      for try await _ in run.rows() {
        number += 1
        if number == 10 { break }
      }
      #expect(number == 10)
    }
  }

  /// The rows before something malformed come, and then its error.
  @Test func failure() async throws {
    try await withRun(Self.export(100, tail: "{\"a\" 1}")) { run in
      var number = 0
      let failure = await #expect(throws: RunError.self) {
        for try await _ in run.rows() { number += 1 }
      }
      #expect(failure?.code == .malformed)
      #expect(failure?.position?.asset == 100)
      #expect(number == 100)
    }
  }

  /// The cancellation of the task ends the sequence.
  @Test func cancellation() async throws {
    try await withRun(Self.export(400_000)) { run in
      let task = Task {
        var number = 0
        for try await _ in run.rows() {
          number += 1
          if number == 100 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
        }
        return number
      }
      let result = await task.result
      #expect(throws: RunError.self) { try result.get() }
    }
  }

  /// Options that cannot be carried out are refused by the first row.
  @Test func refused() async throws {
    let rows = Run(inputs: [], output: .nowhere).rows(longest: 0)
    var iterator = rows.makeAsyncIterator()
    let failure = await #expect(throws: RunError.self) { _ = try await iterator.next() }
    #expect(failure?.code == .options)
  }
}
