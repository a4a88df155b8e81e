// `sluice bench` writes nothing, counts what it says it counts, and fails where a run would.

import Foundation
import Testing

@Suite struct BenchTests {
  private func figures(_ arguments: String..., in workspace: Workspace) throws -> JSONValue {
    let outcome = try Command.run(["bench", "--json", "--seconds", "0.01"] + arguments, in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(outcome.errorText == "")
    #expect(outcome.outputText.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
    return try JSONValue(outcome.output)
  }

  private func stages(_ name: String, of figures: JSONValue) -> [JSONValue] {
    (figures["stages"]?.items ?? []).filter { $0["name"]?.text == name }
  }

  private func number(_ key: String, of stage: JSONValue) -> Double {
    if case .number(let number)? = stage[key] { return number }
    return .nan
  }

  /// The keys are a promise, and so is that no figure is missing on one worker and on all.
  @Test func schema() throws {
    let workspace = try Workspace.withInput(200)
    let figures = try figures("input.ndjson", "--workers", "3", in: workspace)
    #expect(figures.keys == ["schema", "machine", "input", "stages", "limit"])
    #expect(figures["schema"]?.integer == 1)
    #expect(figures["machine"]?.keys == ["cpu", "cores"])
    #expect(
      figures["input"]
        == .object([
          "name": .string("input.ndjson"), "bytes": .number(Double(manyAssets(200).utf8.count)),
        ]))
    #expect(figures["limit"]?.keys == ["stage", "advice"])
    for stage in figures["stages"]?.items ?? [] {
      #expect(
        stage.keys
          == ["name", "level", "workers", "bytes", "outputBytes", "seconds", "mbPerSecond", "share"])
      #expect(number("bytes", of: stage) > 0 && number("seconds", of: stage) > 0)
    }
    for name in ["read", "scan", "filter", "minify", "run"] {
      #expect(stages(name, of: figures).map { $0["workers"]?.integer } == [1, 2, 3], "\(name)")
    }
    #expect(stages("yajl", of: figures).map { $0["workers"]?.integer } == [1])
    #expect(Set(stages("compress", of: figures).map { $0["level"] }) == [.null, 1, 3, 9])
    #expect(try workspace.names() == ["input.ndjson"])
  }

  /// What the steps of a run take is all that it takes.
  @Test func shares() throws {
    let figures = try figures("input.ndjson", "--level", "3", in: .withInput(500))
    let run = stages("run", of: figures)
    #expect(run.compactMap { $0["share"] }.filter { $0 != .null } == [1])
    let steps = (figures["stages"]?.items ?? []).filter { $0["name"]?.text != "run" && $0["share"] != .null }
    #expect(steps.map { $0["name"]?.text } == ["read", "scan", "filter", "compress"])
    #expect(abs(steps.reduce(0) { $0 + number("share", of: $1) } - 1) < 0.001)
    #expect(steps.last?["level"] == 3)
    let limit = steps.max { number("share", of: $0) < number("share", of: $1) }
    #expect(figures["limit"]?["stage"] == limit?["name"])
  }

  /// The filter that is measured is the run's: what comes out in each pass is what the run writes.
  ///
  /// With one asset no pass can be cut short before its rows are made.
  @Test(arguments: [
    ["--stage", "Complete"], ["--rows", "annotations"], ["--stage", "None"], ["--limit", "1"],
  ])
  func counts(options: [String]) throws {
    let workspace = try Workspace.withInput(1)
    let rows = try Command.run(["run", "input.ndjson", "-o", "-", "-q"] + options, in: workspace).output
    let outcome = try Command.run(
      ["bench", "input.ndjson", "--json", "--seconds", "0.01"] + options, in: workspace)
    let filters = stages("filter", of: try JSONValue(outcome.output))
    #expect(!filters.isEmpty)
    for stage in filters {
      let output = try #require(stage["outputBytes"]?.integer)
      if rows.isEmpty {
        #expect(output == 0)
        continue
      }
      #expect(output > 0 && output % rows.count == 0, "\(output), \(rows.count)")
      let bytes = try #require(stage["bytes"]?.integer)
      let passes = output / rows.count
      let whole = passes * manyAssets(1).utf8.count
      // The newline behind the asset may not be looked at.
      #expect((whole - passes...whole).contains(bytes))
    }
  }

  /// A packed input is decompressed in place of being read.
  @Test(arguments: ["gzip -n -c", "zstd -q -c"])
  func packed(tool: String) throws {
    let workspace = try Workspace.withInput(100)
    let packing = try Command.shell("\(tool) input.ndjson > packed", in: workspace)
    try #require(packing.status == 0, "\(packing.errorText)")
    let figures = try figures("packed", in: workspace)
    #expect(stages("read", of: figures).isEmpty)
    let decompress = try #require(stages("decompress", of: figures).first)
    #expect(decompress["workers"] == 1)
    #expect(try #require(decompress["bytes"]?.integer) % manyAssets(100).utf8.count == 0)
    #expect(decompress["share"] != .null)
  }

  /// What a run refuses, a measurement refuses with the same place.
  @Test func malformed() throws {
    let workspace = try Workspace()
    try workspace.write("input.json", "[\(asset("a")),{\"a\":]}]")
    let run = try Command.run("run", "input.json", "-o", "out", in: workspace)
    let outcome = try Command.run("bench", "input.json", "--seconds", "0.01", "--json", in: workspace)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorText.split(separator: "\n").first == run.errorText.split(separator: "\n").first)
    #expect(outcome.errorText.contains("hint: "))
  }

  /// Nothing to measure with, nothing to measure, or nothing to measure twice is an error.
  @Test(arguments: ["missing.json", "empty.json", "brackets.json", "."])
  func nothing(path: String) throws {
    let workspace = try Workspace()
    try workspace.write("empty.json", "")
    try workspace.write("brackets.json", "[ ]\n")
    let outcome = try Command.run("bench", path, "--seconds", "0.01", in: workspace)
    #expect(outcome.status == 2)
    #expect(outcome.errorText.hasPrefix("sluice: error: \(path): "))
    #expect(outcome.errorText.contains("hint: "))
  }

  /// The table names each step and what limits the run.
  @Test func table() throws {
    let workspace = try Workspace.withInput(100)
    let outcome = try Command.run(
      "bench", "input.ndjson", "--seconds", "0.01", "--workers", "2", in: workspace)
    #expect(outcome.status == 0)
    let lines = outcome.outputText.split(separator: "\n")
    let steps = [
      "read ", "scan ", "yajl ", "filter ", "minify ", "compress ", "compress, level 1", "compress, level 3",
      "compress, level 9", "run ",
    ]
    for step in steps {
      #expect(lines.contains { $0.hasPrefix(step) }, "\(step)")
    }
    #expect(lines.last?.hasPrefix("limit: ") == true)
    #expect(lines.contains { $0.contains("100 %") })
  }

  /// An interrupted measurement prints no figures.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int)])
  func interrupted(signal: Int32, status: Int) throws {
    let workspace = try Workspace.withInput(100)
    let running = try Running(
      Command.binary, ["bench", "input.ndjson", "--seconds", "30"], in: workspace)
    Thread.sleep(forTimeInterval: 0.5)
    running.signal(signal)
    let outcome = try running.wait()
    #expect(outcome.status == status, "\(outcome.errorText)")
    #expect(outcome.output.isEmpty)
  }

  /// More memory than any machine has is more than a limit of address space allows, and no reason to crash.
  @Test(arguments: ["run", "inspect", "bench"]) func hugeMemory(command: String) throws {
    let workspace = try Workspace.withInput()
    let output = command == "run" ? ["--dry-run"] : []
    for size in ["9000000TB", "7E"] {
      let outcome = try Command.run([command, "input.ndjson", "--memory", size] + output, in: workspace)
      #expect(outcome.status == 2, "\(outcome.errorText)")
      #expect(outcome.errorText.contains("the limit of address space is too low"))
    }
    let much = try Command.run(
      [command, "input.ndjson", "--memory", "10TB"] + output
        + (command == "bench" ? ["--seconds", "0.001"] : []), in: workspace)
    #expect(much.status == 0, "\(much.errorText)")
  }
}

extension JSONValue: ExpressibleByIntegerLiteral {
  init(integerLiteral value: Int) { self = .number(Double(value)) }
}
