// Names that nothing in the inputs has: which are warned of, which are not, and in what words.

import Testing

@testable import Sluice

@Suite struct MissingNamesTests {
  /// As the command says it, up to hyphens.
  private static func flag(_ option: NameOption) -> String {
    "--" + option.rawValue.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
  }

  private static let export = """
    {"batches":["rain","Night"],"task":{"stage":"Complete","stageId":"s1","tools":[{"title":"Car"}]}}
    {"batches":[],"task":{"stage":"Review","stageId":"s2","tools":[{"title":"Truck"}]}}
    {"batches":["rain"],"status":"Done","tasks":[{"status":"Label","objects":[{"title":"Bus"}]}]}

    """

  /// The lines of warnings and the names of a run by each engine, which must agree.
  private func outcome(
    _ text: String = export, _ change: (inout RunOptions) -> Void
  ) throws -> (lines: [String], names: [MissingName]) {
    let reports = try ResourceOptions.Engine.allCases.map { engine in
      var options = RunOptions(workers: 2)
      options.output.format = .none
      options.resources.engine = engine
      options.resources.blockSize = 64
      change(&options)
      return try TrialInput(bytes: Array(text.utf8)).withName { name in
        try Run(inputs: [.path(name)], output: .nowhere, options: options).execute().report
      }
    }
    let lines = reports.map {
      $0.warningLines(naming: Self.flag).map { $0.replacing(/first in [^ ]*/, with: "first in INPUT") }
    }
    #expect(lines[0] == lines[1])
    #expect(reports[0].neverSeen == reports[1].neverSeen)
    return (lines[0], reports[0].neverSeen)
  }

  /// Whatever an asset, task or annotation has was met, kept or not, and wherever options look.
  @Test(arguments: RowKind.allCases) func met(rows: RowKind) throws {
    let outcome = try outcome { options in
      options.rows.kind = rows
      options.selection.stages = ["Complete", "s2", "Label"]
      options.selection.excludedStages = ["Done", "s1"]
      options.selection.batches = ["Night", "rain"]
      options.selection.noBatch = true
    }
    #expect(outcome.names.isEmpty && outcome.lines.isEmpty)
    let titles = try self.outcome { options in
      options.rows.kind = rows
      options.selection.titles = ["Car", "Truck"]
      options.selection.excludedTitles = ["Bus"]
    }
    #expect(titles.names.isEmpty)
  }

  /// The words for each option, and what is near.
  @Test(arguments: RowKind.allCases) func words(rows: RowKind) throws {
    let outcome = try outcome { options in
      options.rows.kind = rows
      options.selection.stages = ["complete", "Complete", "Label,Review"]
      options.selection.excludedStages = ["Nothing"]
      options.selection.excludedBatches = ["night "]
    }
    #expect(
      outcome.lines == [
        #"--stage "complete": no task has it; "Complete" has 1"#,
        #"--stage "Label,Review": no task has it; "Label" has 1, "Review" has 1 (give --stage once for each)"#,
        #"--exclude-stage "Nothing": no task has it"#,
        #"--exclude-batch "night ": no asset has it; "Night" has 1"#,
      ])
    #expect(outcome.names.map(\.option) == [.stage, .stage, .excludeStage, .excludeBatch])
    #expect(outcome.names[0].near == [NearName(name: "Complete", count: 1)])
  }

  /// Titles are spoken of only where annotations were looked at, and of those tasks alone.
  @Test(arguments: RowKind.allCases) func titles(rows: RowKind) throws {
    let all = try outcome { options in
      options.rows.kind = rows
      options.selection.titles = ["car"]
    }
    #expect(all.lines == [#"--title "car": no annotation has it; "Car" has 1"#])
    let some = try outcome { options in
      options.rows.kind = rows
      options.selection.stages = ["Review"]
      options.selection.titles = ["Car"]
    }
    #expect(
      some.lines == [#"--title "Car": no annotation of the tasks that meet the other options has it"#])
    let none = try outcome { options in
      options.rows.kind = rows
      options.selection.stages = ["review"]
      options.selection.titles = ["Car"]
    }
    #expect(none.names.map(\.option) == [.stage])
  }

  /// What differs in its bytes alone looks the same, and is said to be another.
  @Test func forms() throws {
    let text = "{\"batches\":[\"\u{DC}ber\",\"a\u{A0}b\"],\"task\":{\"stage\":\"S\"}}\n"
    let outcome = try outcome(text) { $0.selection.batches = ["U\u{308}ber", "a b"] }
    let lines = [
      "--batch \"U\u{308}ber\": no asset has it; \"\u{DC}ber\", in another Unicode form, has 1",
      #"--batch "a b": no asset has it; "a\u{00A0}b" has 1"#,
    ]
    // As bytes: as text both forms are equal.
    #expect(outcome.lines.map { Array($0.utf8) } == lines.map { Array($0.utf8) })
  }

  /// A run that ends before its inputs do knows nothing of the rest, and says nothing.
  @Test(arguments: [0, 1]) func limit(limit: Int) throws {
    let outcome = try outcome { options in
      options.rows.limit = limit
      options.selection.excludedStages = ["review"]
    }
    #expect(outcome.names.isEmpty)
    let whole = try self.outcome { options in
      options.rows.limit = 99
      options.selection.excludedStages = ["review"]
    }
    #expect(whole.names.count == 1)
  }

  /// Nor does one that left something out know what that had.
  @Test func partial() throws {
    let outcome = try outcome(Self.export + "{bad}\n") { options in
      options.onError = .skip
      options.selection.stages = ["Labels"]
    }
    #expect(outcome.lines.last == #"--stage "Labels": no task that could be read has it; "Label" has 1"#)
  }

  /// Few are named one by one; the report has all.
  @Test func many() throws {
    let outcome = try outcome { $0.selection.stages = (0..<200).map { "stage \($0)" } + ["Review", "s1"] }
    #expect(outcome.names.count == 200)
    #expect(outcome.lines.count == 21)
    #expect(
      outcome.lines.last
        == "180 more names that nothing in the inputs has; neverSeen in the report lists them")
  }

  /// A value that is given twice is one.
  @Test func repeated() throws {
    #expect(try outcome { $0.selection.stages = ["x", "x", "Review", "Review"] }.names.count == 1)
  }
}
