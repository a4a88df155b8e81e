// Rows that go to a closure are those that go to a stream, one call at a time; and the closure decides how far the
// run goes.

import ByteScan
import ExportGenerator
import Foundation
import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import Sluice

/// What a closure was given.
private final class Taken: Sendable {
  struct Row: Equatable {
    var text: String
    var place: String
    var values: [String?]
    var batches: [String?]
  }

  private let rows = Mutex<[Row]>([])
  private let isInside = Atomic(false)
  private let wasTwiceInside = Atomic(false)

  var all: [Row] { rows.withLock { $0 } }
  /// Whether a call began before the last one had ended.
  var overlapped: Bool { wasTwiceInside.load(ordering: .sequentiallyConsistent) }
  var lines: String { all.map { $0.text + "\n" }.joined() }

  func take(_ bytes: Span<UInt8>, _ facts: RowFacts) {
    if isInside.exchange(true, ordering: .sequentiallyConsistent) {
      wasTwiceInside.store(true, ordering: .sequentiallyConsistent)
    }
    let row = Row(
      text: String(decoding: [UInt8](bytes), as: UTF8.self), place: "\(facts.entry ?? "") \(facts.asset)",
      values: PartitionKey.allCases.map { facts[$0] }, batches: facts.batches)
    rows.withLock { $0.append(row) }
    isInside.store(false, ordering: .sequentiallyConsistent)
  }
}

@Suite struct HandedRowsTests {
  private func export(_ count: Int, padding: Int = 0) -> [UInt8] {
    let white = String(repeating: " ", count: padding)
    let lines = (0..<count).map { number in
      """
      {"externalId":"\(number)",\(white)"batches":["rain",null,"b\(number % 3)"],"task":{"taskId":"t","stage":\
      "S\(number % 2)","tools":[{"title":"car","point":[]},{"title":"van","point":[]}]}}\n
      """
    }
    return Array(lines.joined().utf8)
  }

  private func run(
    _ bytes: [UInt8], _ options: RunOptions, longest: Int = 1_000_000, _ monitor: RunMonitor = RunMonitor(),
    _ handler: @escaping RowHandler
  ) throws -> RunResult {
    try TrialInput(bytes: bytes).withName { name in
      try Run(inputs: [.path(name)], output: .rows(longest: longest, handler), options: options).execute(
        monitor: monitor)
    }
  }

  /// On every fixture, by both engines and with small blocks, the rows and the report are those of a stream.
  @Test(arguments: [
    (ResourceOptions.Engine.reference, 1 << 20, 1), (.fast, 1 << 20, 2), (.fast, 64, 2), (.fast, 7, 3),
  ])
  func fixtures(engine: ResourceOptions.Engine, blockSize: Int, workers: Int) throws {
    for (index, input) in EngineTests.inputs.enumerated() {
      var options = RunOptions(workers: workers)
      EngineTests.variants[(index + blockSize) % EngineTests.variants.count](&options)
      options.resources.engine = engine
      options.resources.blockSize = blockSize
      let expected = Outcome([input], options)
      let taken = Taken()
      let run = Run(
        inputs: [.path(FilePath(input.path))],
        output: .rows { row, facts in
          taken.take(row, facts)
          return .more
        }, options: options)
      do {
        let report = try run.execute().report
        #expect(taken.lines == expected.rows, "\(input.path)")
        #expect(report.text == expected.report, "\(input.path)")
      } catch let failure {
        #expect(expected.error.hasPrefix("\(failure.code.rawValue) \(failure.message) "), "\(input.path)")
      }
      #expect(!taken.overlapped)
    }
  }

  /// Rows of assets too big to be held come in pieces and are handed over whole.
  @Test(arguments: [RowKind.assets, .annotations], [false, true])
  func giants(kind: RowKind, isLate: Bool) throws {
    let big = ExportOptions(
      size: 60_000, seed: 7, style: .pretty, kind: .giant, lateContext: isLate, traps: true)
    let bytes = ExportGenerator(big).bytes().bytes
    var options = RunOptions(workers: 2)
    options.rows.kind = kind
    options.rows.history = .drop
    options.resources.blockSize = 1000
    let expected = try TrialOutcome(TrialInput(bytes: bytes), options)
    options.resources.memory = smallMemory(options)
    let taken = Taken()
    _ = try run(bytes, options, longest: 100_000) { row, facts in
      taken.take(row, facts)
      return .more
    }
    #expect(taken.lines == expected.rows)
    #expect(!taken.all.isEmpty)
  }

  /// Beside a row stand its entry and asset, and the values of the keys that were asked for; it comes once,
  /// however many batches it is in.
  @Test func facts() throws {
    var options = RunOptions(workers: 2)
    options.rows.kind = .annotations
    options.output.partitionBy = [.stage, .batch, .title, .kind]
    options.selection.excludedStages = ["S0"]
    let taken = Taken()
    let result = try run(export(4), options) { row, facts in
      taken.take(row, facts)
      return .more
    }
    let rows = taken.all
    #expect(rows.map(\.place) == [" 1", " 1", " 3", " 3"])
    #expect(rows.map(\.values[0]) == ["S1", "S1", "S1", "S1"])
    #expect(rows.map(\.batches) == [["rain", "b1"], ["rain", "b1"], ["rain", "b0"], ["rain", "b0"]])
    #expect(rows.map { $0.values[2] } == ["car", "van", "car", "van"])
    #expect(rows.map { $0.values[3] } == ["tool", "tool", "tool", "tool"])
    // Not asked for.
    #expect(rows.map { $0.values[4] } == [nil, nil, nil, nil])
    #expect(result.report.rows == 4 && result.report.copies == 0)
  }

  private struct Refusal: Error, Equatable {
    var number: Int
  }

  /// What the closure throws ends the run, is the cause of its error, and no further row comes.
  @Test(arguments: [ResourceOptions.Engine.fast, .reference]) func throwing(engine: ResourceOptions.Engine)
    throws
  {
    var options = RunOptions(workers: 2)
    options.resources.engine = engine
    options.resources.blockSize = 100
    let calls = Atomic(0)
    let failure = try #require(throws: RunError.self) {
      _ = try run(export(200), options) { _, facts in
        calls.add(1, ordering: .relaxed)
        if facts.asset == 60 { throw Refusal(number: 60) }
        return .more
      }
    }
    #expect(failure.code == .consumer)
    #expect(failure.underlyingError as? Refusal == Refusal(number: 60))
    #expect(
      failure.message.hasSuffix(": asset 60: the closure that takes the rows threw: Refusal(number: 60)"))
    let called = calls.load(ordering: .relaxed)
    #expect(called == 61)
  }

  /// So it is for a stream, and a `RunError` of the closure's own is no error of this run.
  @Test func throwingStream() throws {
    let failure = try #require(throws: RunError.self) {
      try TrialInput(bytes: export(3)).withName { name in
        let output = RunOutput.stream { _ in throw RunError(.malformed, "another run's") }
        _ = try Run(inputs: [.path(name)], output: output, options: RunOptions(workers: 1)).execute()
      }
    }
    #expect(failure.code == .consumer)
    #expect((failure.underlyingError as? RunError)?.message == "another run's")
  }

  /// When the closure has enough, the run ends as it does at a limit: what follows is not judged.
  @Test(arguments: [ResourceOptions.Engine.fast, .reference], [1, 7, 40])
  func enough(engine: ResourceOptions.Engine, most: Int) throws {
    let bytes = export(40) + Array("{\"a\":}".utf8)
    for blockSize in [64, 1000, 1 << 20] {
      var options = RunOptions(workers: 2)
      options.resources.engine = engine
      options.resources.blockSize = blockSize
      options.selection.excludedStages = most == 40 ? [] : ["S1"]
      options.output.format = .none
      var limited = options
      limited.rows.limit = most
      let expected = try TrialOutcome(TrialInput(bytes: bytes), limited)
      let taken = Taken()
      let result = try run(bytes, options) { row, facts in
        taken.take(row, facts)
        return taken.all.count < most ? .more : .enough
      }
      #expect(taken.lines == expected.rows)
      #expect(result.report.rows == most)
      let assets = #""assets":{"seen":\#(result.report.assets.seen),"kept":\#(most),"#
      #expect(expected.report.contains(assets), "\(result.report.text) \(expected.report)")
    }
  }

  /// In the midst of an asset's rows, too: the report counts the rows that were taken.
  @Test func enoughOfAnAsset() throws {
    var options = RunOptions(workers: 2)
    options.rows.kind = .annotations
    let taken = Taken()
    let result = try run(export(40), options) { row, facts in
      taken.take(row, facts)
      return taken.all.count < 5 ? .more : .enough
    }
    #expect(taken.all.count == 5)
    #expect(result.report.rows == 5)
    #expect(result.report.assets.kept == 3)
  }

  /// A row longer than was asked for is refused by name, whether it comes whole or in pieces.
  @Test(arguments: [64, 1 << 20]) func tooLong(blockSize: Int) throws {
    var options = RunOptions(workers: 2)
    options.resources.blockSize = blockSize
    let calls = Atomic(0)
    let failure = try #require(throws: RunError.self) {
      _ = try run(export(4), options, longest: 100) { _, _ in
        calls.add(1, ordering: .relaxed)
        return .more
      }
    }
    #expect(failure.code == .rowTooLong)
    #expect(failure.message.hasSuffix(": asset 0: a row of more than 100 bytes"))
    let called = calls.load(ordering: .relaxed)
    #expect(called == 0)
  }

  /// While the closure works, only so much is read ahead as there are buffers for.
  @Test func backPressure() throws {
    let count = 2000
    let bytes = export(count, padding: 1000)
    let length = bytes.count / count
    var options = RunOptions(workers: 2)
    options.resources.blockSize = 4096
    options.resources.memory = 41_500_000
    let plan = MemoryPlan(options, heldRow: 1_000_000)
    // Beside the blocks that are read ahead there are assets that span blocks; and of each block 64 bytes are read
    // once more, to see whether an escape goes over its start.
    let most = plan.engine.blocks * plan.blockSize + 4 * length + bytes.count / plan.blockSize * 64
    #expect(most < bytes.count / 4 && plan.engine.giant > 2 * length)
    let monitor = RunMonitor()
    let furthest = Atomic(0)
    _ = try run(bytes, options, monitor) { _, facts in
      // Time for the other worker to read on as far as it may.
      if facts.asset < 50 { usleep(2000) }
      furthest.max(monitor.progress.bytesRead - facts.asset * length, ordering: .relaxed)
      return .more
    }
    let found = furthest.load(ordering: .relaxed)
    #expect(found < most, "\(found) of \(most)")
  }

  /// A closure may cancel the run it is called by.
  @Test func cancelling() throws {
    let monitor = RunMonitor()
    let failure = try #require(throws: RunError.self) {
      _ = try run(export(50), RunOptions(workers: 2), monitor) { _, _ in
        monitor.cancel()
        return .more
      }
    }
    #expect(failure.code == .interrupted)
  }
}
