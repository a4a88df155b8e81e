// Tasks whose time cannot be read, and assets that have no task: counted, with the place of the first.

import Testing

@testable import Sluice

@Suite struct TaskWarningsTests {
  private func report(_ text: String, _ change: (inout RunOptions) -> Void) throws -> [RunReport] {
    try ResourceOptions.Engine.allCases.map { engine in
      var options = RunOptions(workers: 1)
      options.output.format = .none
      options.resources.engine = engine
      options.resources.blockSize = 50
      change(&options)
      return try TrialInput(bytes: Array(text.utf8)).withName { name in
        try Run(inputs: [.path(name)], output: .nowhere, options: options).execute().report
      }
    }
  }

  private static let times = """
    {"task":{"stage":"S","updatedAt":"2024-01-01"}}
    {"task":{"stage":"S","updatedAt":{"$date":1700000000000}}}
    {"task":{"stage":"S","updatedAt":1700000000000}}
    {"task":{"stage":"S","updatedAt":"2024-01-01T12:00:00"}}
    {"task":{"stage":"S","updatedAt":null},"batches":["out"]}
    {"task":{"stage":"S"}}
    {"tasks":[{"updatedAt":"noon"},{"updatedAt":"2024-01-01"},{"updatedAt":1}]}
    {"tasks":[{"updatedAt":"noon"}],"task":{"stage":"S","updatedAt":"2024-01-01"}}
    {"task":{"stage":"S","updatedAt":"2024-01-01"},"tasks":[{"updatedAt":"noon"}]}
    {"task":null}
    {"tasks":[]}

    """

  /// Whatever else an asset meets; a current asset's `tasks` and what is no task are none.
  @Test func times() throws {
    for report in try report(
      Self.times,
      {
        $0.selection.updatedSince = Timestamp("2020-01-01")
        $0.selection.excludedBatches = ["out"]
      })
    {
      let warning = try #require(report.warnings.first { $0.code == .timeNotReadable })
      #expect(warning.count == 7)
      #expect(warning.first.line == 2 && warning.first.column == 9 && warning.first.asset == 1)
      #expect(report.tasks.kept == 4)
    }
    // Who asks for no time is not told of any.
    for report in try report(Self.times, { _ in }) {
      #expect(!report.warnings.contains { $0.code == .timeNotReadable })
    }
  }

  /// Neither member, whatever it would hold.
  @Test func withoutTask() throws {
    let text = """
      {"externalId":"a"}
      {"task":null}
      {"tasks":[]}
      {"tasks":null}
      {"task":7}
      {"batches":["x"]}

      """
    for report in try report(text, { $0.selection.batches = ["x"] }) {
      #expect(report.assets.withoutTask == 2)
      let warning = try #require(report.warnings.first { $0.code == .assetWithoutTask })
      #expect(warning.count == 2 && warning.first.line == 1 && warning.first.asset == 0)
      #expect(report.text.contains(#""rejected":0,"withoutTask":2},"#))
    }
  }
}
