// What a run cannot do is refused before anything is read or made.

import Foundation
import SystemPackage
import Testing

@testable import Sluice

@Suite struct OptionsCheckTests {
  private static let refused: [(name: String, change: @Sendable (inout RunOptions) -> Void)] = [
    ("no workers", { $0.resources.workers = 0 }),
    ("too many workers", { $0.resources.workers = 201 }),
    ("no memory", { $0.resources.memory = 0 }),
    ("empty blocks", { $0.resources.blockSize = 0 }),
    ("huge blocks", { $0.resources.blockSize = 1 << 31 }),
    ("no depth", { $0.resources.maxDepth = 0 }),
    ("no input", { $0.resources.maxInputSize = 0 }),
    ("workers without end", { $0.resources.workers = .max }),
    ("blocks without end", { $0.resources.blockSize = .max }),
    ("less than no memory", { $0.resources.memory = .min }),
    ("less than no depth", { $0.resources.maxDepth = .min }),
    ("a level of zstd", { $0.output.level = 23 }),
    ("a level of none", { options in (options.output.format, options.output.level) = (.none, 1) }),
    ("a window of gzip", { options in (options.output.format, options.output.long) = (.gzip, 20) }),
    ("a wide window", { $0.output.long = 24 }),
    ("empty parts", { $0.output.targetSize = 0 }),
    ("a name in another directory", { $0.output.name = "../part" }),
    ("a hidden name", { $0.output.name = "_part" }),
    ("a key twice", { $0.output.partitionBy = [.stage, .stage] }),
    ("titles of assets", { $0.output.partitionBy = [.title] }),
    ("a negative limit", { $0.rows.limit = -1 }),
    ("rows of history", { $0.rows.history = .rows }),
    ("context of assets", { $0.rows.context = [ContextKey("width")] }),
    ("pruning nothing", { $0.rows.prune = true }),
    (
      "pruning rows",
      { options in
        (options.rows.kind, options.rows.prune, options.selection.titles) = (.annotations, true, ["a"])
      }
    ),
    (
      "a column twice",
      { options in (options.rows.kind, options.rows.context) = (.annotations, [ContextKey("tool")]) }
    ),
    (
      "a list as a column",
      { options in (options.rows.kind, options.rows.context) = (.annotations, [ContextKey("tasks")]) }
    ),
    (
      "a nameless column",
      { options in (options.rows.kind, options.rows.context) = (.annotations, [ContextKey("task.")]) }
    ),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    var options = RunOptions(workers: 1)
    Self.refused[index].change(&options)
    try withTemporaryDirectory { directory in
      let out = directory.appending(path: "out").path
      // The input does not exist: it is not looked at.
      let run = Run(
        inputs: [.path(FilePath(out + "/none"))], output: .directory(FilePath(out), overwrite: false),
        options: options)
      let failure = #expect(throws: RunError.self) { _ = try run.execute() }
      #expect(failure?.code == .options, "\(Self.refused[index].name)")
      #expect(!FileManager.default.fileExists(atPath: out))
    }
  }

  /// Inspecting and measuring refuse what a run refuses, before they look at the input.
  @Test(arguments: refused.indices) func refusesElsewhere(_ index: Int) throws {
    var options = RunOptions(workers: 1)
    Self.refused[index].change(&options)
    let bench = Bench(input: .path("/nowhere/none"), options: options, seconds: 0.01)
    let failure = #expect(throws: RunError.self) { _ = try bench.measure() }
    #expect(failure?.code == .options, "\(Self.refused[index].name)")
    guard (try? RunOptions(workers: 1).resources.check()) != nil, (try? options.resources.check()) == nil
    else {
      return
    }
    let inspection = Inspection(inputs: [.path("/nowhere/none")], resources: options.resources)
    let refusal = #expect(throws: RunError.self) { _ = try inspection.execute() }
    #expect(refusal?.code == .options, "\(Self.refused[index].name)")
  }

  /// A figure takes some time.
  @Test(arguments: [0, -1, .nan, .infinity]) func refuses(seconds: Double) {
    let bench = Bench(input: .path("/nowhere/none"), options: RunOptions(workers: 1), seconds: seconds)
    let failure = #expect(throws: RunError.self) { _ = try bench.measure() }
    #expect(failure?.code == .options)
  }

  private static let unlimited: [(name: String, change: @Sendable (inout RunOptions) -> Void)] = [
    ("memory", { $0.resources.memory = .max }),
    ("depth", { $0.resources.maxDepth = .max }),
    ("input", { $0.resources.maxInputSize = .max }),
    ("parts", { $0.output.targetSize = .max }),
    ("rows", { $0.rows.limit = .max }),
    (
      "all",
      { options in
        (options.resources.memory, options.resources.maxDepth) = (.max, .max)
        (options.resources.maxInputSize, options.output.targetSize) = (.max, .max)
        (options.resources.blockSize, options.resources.workers) = (1 << 30, 200)
      }
    ),
  ]

  /// The greatest number is how a caller writes that there is no limit.
  @Test(arguments: unlimited.indices, RowKind.allCases) func noLimit(_ index: Int, rows: RowKind) throws {
    var options = RunOptions(workers: 1)
    options.rows.kind = rows
    Self.unlimited[index].change(&options)
    let annotations = Array(repeating: #"{"title":"Car"}"#, count: 50).joined(separator: ",")
    let text = #"{"task":{"stage":"S","tools":[\#(annotations)]}}"# + "\n"
    try TrialInput(bytes: Array(text.utf8)).withName { name in
      try withTemporaryDirectory { directory in
        let out = RunOutput.directory(FilePath(directory.appending(path: "out").path), overwrite: false)
        for output in [out, .nowhere, .stream { _ in }, .rows { _, _ in .more }] {
          let run = Run(inputs: [.path(name)], output: output, options: options)
          let kept = try run.execute().report.assets.kept
          #expect(kept == 1, "\(output)")
        }
      }
      let longest = Run(
        inputs: [.path(name)],
        output: .rows(longest: options.resources.memory / 2) { _, _ in .more }, options: options)
      #expect(try longest.execute().report.assets.kept == 1)
      let inspection = Inspection(inputs: [.path(name)], resources: options.resources)
      #expect(try inspection.execute().assets == 1)
      #expect(
        try Bench(input: .path(name), options: options, seconds: 0.001).measure().inputBytes
          == text.utf8.count)
    }
  }

  /// Rows that leave no memory for the rest are refused.
  @Test(arguments: [0, 128_000_001]) func refuses(longest: Int) throws {
    let run = Run(inputs: [], output: .rows(longest: longest) { _, _ in .more })
    let failure = #expect(throws: RunError.self) { _ = try run.execute() }
    #expect(failure?.code == .options)
  }

  /// The defaults are carried out.
  @Test func takesDefaults() throws {
    #expect(try Run(inputs: [], output: .rows { _, _ in .more }).execute().report.rows == 0)
  }
}
