// What a run cannot do is refused before anything is read or made.

import Foundation
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
        inputs: [.path(out + "/none")], output: .directory(out, overwrite: false), options: options)
      let failure = #expect(throws: RunError.self) { _ = try run.execute() }
      #expect(failure?.code == .options, "\(Self.refused[index].name)")
      #expect(!FileManager.default.fileExists(atPath: out))
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
