// A case of Fixtures/exports: what its directory holds, and how a run of it is judged or recorded.
// Fixtures/exports/README.md says what each file means.

import Foundation
import Testing

struct ExportCase: CustomTestStringConvertible {
  let directory: URL

  var testDescription: String { directory.lastPathComponent }

  /// All cases, those of the regressions too, by name.
  static let all: [ExportCase] = ["exports", "regressions"].flatMap { folder in
    let parent = Command.packageRoot.appending(path: "Fixtures/\(folder)")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    return names.sorted().map { ExportCase(directory: parent.appending(path: $0)) }
      .filter { FileManager.default.fileExists(atPath: $0.file("args").path) }
  }

  func file(_ path: String) -> URL {
    directory.appending(path: path)
  }

  /// An expected file, if the case has it.
  func expected(_ path: String) -> Data? {
    try? Data(contentsOf: file("expected/\(path)"))
  }

  /// The arguments after `sluice run`; the last line ends with a newline, an empty line is an argument.
  func arguments() throws -> [String] {
    let text = String(decoding: try Data(contentsOf: file("args")), as: UTF8.self)
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Copies the inputs into a workspace and returns their names.
  func populate(_ workspace: Workspace) throws -> [String] {
    let others: Set = ["args", "rule", "stdin", "expected"]
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      .filter { !others.contains($0) }.sorted()
    for name in names {
      try FileManager.default.copyItem(at: file(name), to: workspace.url(name))
    }
    return names
  }
}

/// What a run of a case gave, in the shape of the expected files.
struct CaseResult {
  let status: Int
  let errorText: String
  let rows: Data?
  let tree: [String: Data]
  /// What lies in the workspace beside the inputs and `out`, and in `out` where it should not.
  let leftovers: [String]
  let report: JSONValue?

  init(running exportCase: ExportCase, engine: String) throws {
    let workspace = try Workspace()
    let inputs = try exportCase.populate(workspace)
    let given = try exportCase.arguments()
    let toStandardOutput = given.indices.contains { given[$0...].starts(with: ["--output", "-"]) }
    let stats = workspace.scratch.appending(path: "stats.json")
    var arguments = ["run"] + given + ["--engine", engine, "--quiet", "--progress", "never"]
    if toStandardOutput { arguments += ["--stats", "json=\(stats.path)"] }
    let input = try? Data(contentsOf: exportCase.file("stdin"))
    let outcome = try Command.run(arguments, in: workspace, input: input)

    status = outcome.status
    errorText = withoutWarnings(outcome.errorText)
    rows = toStandardOutput ? outcome.output : nil
    let committed = try workspace.tree("out")
    let (inside, outside) = Self.split(committed)
    tree = inside
    leftovers = try workspace.names().filter { !inputs.contains($0) && $0 != "out" } + outside
    let reportFile = toStandardOutput ? stats : workspace.url("out/report.json")
    report = try? JSONValue(Data(contentsOf: reportFile))
  }

  /// The files a case compares, and those that should not be there at all.
  private static func split(_ committed: [String: Data]) -> (inside: [String: Data], outside: [String]) {
    let inside = committed.filter { $0.key.hasPrefix("data/") || $0.key.hasPrefix("rejects/") }
    let known: Set = ["manifest.json", "report.json"]
    return (inside, committed.keys.filter { inside[$0] == nil && !known.contains($0) })
  }
}

/// A report reduced to what a case may hold against it.
struct ReportFacts: Equatable {
  private static let tables: Set = ["stages", "batches", "titles", "kinds", "tools"]

  let members: [String: JSONValue]

  /// The members named in `keys`, tables in one order, and of the inputs those that had assets.
  init(_ report: JSONValue, keys: Set<String>) {
    var members: [String: JSONValue] = [:]
    for key in keys {
      var value = report[key]
      if Self.tables.contains(key), value != .null {
        value = .array((value?.items ?? []).sorted { Self.order($0) < Self.order($1) })
      } else if key == "inputs" {
        value = .array((value?.items ?? []).filter { $0["assets"] != .number(0) }.map(Self.identity))
      } else if key == "biggestRow", value != .null, let row = value {
        value = Self.place(row)
      }
      members[key] = value
    }
    self.members = members
  }

  private static func order(_ row: JSONValue) -> String {
    row["name"]?.text.map { "1" + $0 } ?? "0"
  }

  private static func identity(_ input: JSONValue) -> JSONValue {
    .object([
      "name": input["name"] ?? .null, "entry": input["entry"] ?? .null, "assets": input["assets"] ?? .null,
    ])
  }

  private static func place(_ row: JSONValue) -> JSONValue {
    .object(["input": row["input"] ?? .null, "asset": row["asset"] ?? .null, "byte": row["byte"] ?? .null])
  }
}
