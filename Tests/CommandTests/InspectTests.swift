// `sluice inspect`: what it counts is what the generator has written, and it says so in three ways.

import ExportGenerator
import Foundation
import Testing

@Suite struct InspectTests {
  private func workspace(_ options: ExportOptions) throws -> (Workspace, ExportTruth) {
    let workspace = try Workspace()
    let (bytes, truth) = ExportGenerator(options).bytes()
    try Data(bytes).write(to: workspace.url("export.json"))
    return (workspace, truth)
  }

  private func table(_ report: JSONValue, _ key: String, _ unit: String) -> [String?: JSONValue] {
    Dictionary(
      (report[key]?.items ?? []).map { ($0["name"]?.text, $0[unit] ?? .null) },
      uniquingKeysWith: { first, _ in first })
  }

  private func number(_ count: Int) -> JSONValue { .number(Double(count)) }

  /// All counts are the generator's, in every format.
  @Test(arguments: ExportFormat.allCases, [ExportStyle.minified, .pretty, .ndjson])
  func truth(format: ExportFormat, style: ExportStyle) throws {
    let (workspace, truth) = try workspace(
      ExportOptions(size: 400_000, seed: 5, style: style, format: format, kind: .images))
    let outcome = try Command.run("inspect", "export.json", "--json", in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(try workspace.names() == ["export.json"])
    let said = try JSONValue(outcome.output)
    #expect(said["assets"]?["seen"] == number(truth.assets))
    #expect(said["tasks"] == number(truth.tasks))
    #expect(said["annotations"] == number(truth.tools + truth.classifications + truth.relations))
    let kinds = table(said, "kinds", "annotations")
    #expect(kinds["tool"] == number(truth.tools))
    #expect(kinds["classification"] == number(truth.classifications))
    #expect(kinds["relation"] == number(truth.relations))
    let stages = table(said, "stages", "tasks")
    for stage in truth.stages { #expect(stages[stage.name] == number(stage.tasks), "\(stage.name)") }
    let batches = table(said, "batches", "assets")
    #expect(batches.count == truth.batches.count)
    for batch in truth.batches { #expect(batches[batch.name] == number(batch.assets)) }
    let byStage = table(said, "stages", "annotations").values.reduce(0) { $0 + ($1.integer ?? 0) }
    #expect(said["annotations"] == number(byStage))
    let titles = table(said, "titles", "annotations")
    for title in Set(truth.titles.map(\.name)) {
      let count = truth.titles.filter { $0.name == title }.reduce(0) { $0 + $1.annotations }
      #expect(titles[title] == number(count), "\(title)")
    }
    let tools = table(said, "tools", "annotations")
    for shape in truth.shapes { #expect(tools[shape.name] == number(shape.annotations), "\(shape.name)") }
    #expect(said["unknownKeys"] == .array([]), "\(String(describing: said["unknownKeys"]))")
    #expect(said["warnings"] == .array([]) || format != .current)
    #expect(said["signedUrls"]?["earliestExpiry"]?.text?.hasPrefix("20") == true)
  }

  /// Text fits a terminal, whatever names an export has; a pipe, a container and small memory make no difference.
  @Test func text() throws {
    let (workspace, _) = try workspace(
      ExportOptions(size: 300_000, seed: 6, style: .pretty, format: .mixed, kind: .video, traps: true))
    let outcome = try Command.run("inspect", "export.json", in: workspace)
    #expect(outcome.status == 0)
    for line in outcome.outputText.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    for word in ["Titles", "Stages", "Batches", "Users", "history", "expire", "Biggest", "externalId"] {
      #expect(outcome.outputText.contains(word), "\(word)")
    }
    let piped = try Command.shell(
      "gzip -c export.json | \"$SLUICE\" inspect - --memory 100MB --block-size 4KiB --workers 3 --json",
      in: workspace)
    let plain = try Command.run("inspect", "export.json", "--json", in: workspace)
    let said = { (outcome: Outcome) in
      outcome.outputText.replacing("\"-\"", with: "\"export.json\"").replacing("\"gzip\"", with: "\"plain\"")
    }
    #expect(piped.status == 0, "\(piped.errorText)")
    #expect(said(piped) == plain.outputText)
  }

  /// The page is complete in itself: no script, nothing to load; and names cannot become markup.
  @Test func page() throws {
    let workspace = try Workspace()
    try workspace.write(
      "export.json",
      "[" + asset("<b>\u{1}&", stage: "<script>alert(1)</script>", title: "\\\"><img src=x>") + "]")
    let outcome = try Command.run("inspect", "export.json", "--html", "page.html", in: workspace)
    #expect(outcome.status == 2)
    try workspace.write(
      "export.json", "[" + asset("<b>&", stage: "<script>alert(1)</script>", title: "\\\"><img src=x>") + "]")
    let done = try Command.run("inspect", "export.json", "--html", "page.html", in: workspace)
    #expect(done.status == 0, "\(done.errorText)")
    #expect(done.output.isEmpty)
    let page = try workspace.text("page.html")
    #expect(page.contains("&lt;script&gt;alert(1)"))
    #expect(page.contains("&quot;&gt;&lt;img src=x&gt;"))
    for word in ["<script", "<img", "<link", "src=\"", "href=", "url(", "@import"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("prefers-color-scheme:dark"))
  }

  /// Malformed assets end it, or are left out and counted; nothing else is written.
  @Test func malformed() throws {
    let workspace = try Workspace()
    try workspace.write("bad.ndjson", asset("a") + "\n{bad}\n" + asset("b") + "\n")
    let stopped = try Command.run("inspect", "bad.ndjson", "--json", in: workspace)
    #expect(stopped.status == 2)
    #expect(stopped.output.isEmpty)
    #expect(stopped.errorText.contains("line 2, column 2"))
    let skipped = try Command.run("inspect", "bad.ndjson", "--json", "--on-error", "skip", in: workspace)
    #expect(skipped.status == 1)
    let said = try JSONValue(skipped.output)
    #expect(said["status"] == .string("partial"))
    #expect(said["assets"]?["skipped"] == .number(1))
    #expect(said["annotations"] == .number(2))
    #expect(try Command.run("inspect", "bad.ndjson", "--on-error", "reject", in: workspace).status == 64)
    #expect(try Command.run("inspect", "none", in: workspace).status == 2)
    #expect(try Command.run("inspect", in: workspace).status == 64)
    try workspace.write("empty", "")
    #expect(
      try Command.run(
        "inspect", "empty", "bad.ndjson", "--allow-empty", "--on-error", "skip", in: workspace
      ).status == 1)
    #expect(
      try Command.run("inspect", "empty", "--allow-empty", in: workspace).outputText.contains("No assets"))
    #expect(try Command.run("inspect", "empty", in: workspace).status == 2)
  }

  /// Ids that come again are counted, over all inputs.
  @Test func ids() throws {
    let workspace = try Workspace()
    try workspace.write("a.ndjson", manyAssets(4))
    try workspace.write("b.ndjson", manyAssets(3) + "{\"task\":{\"stage\":\"S\"}}\n")
    let said = try JSONValue(Command.run("inspect", "a.ndjson", "b.ndjson", "--json", in: workspace).output)
    for key in ["externalIds", "taskIds"] {
      #expect(said[key]?["distinct"] == .number(4))
      #expect(said[key]?["repeated"] == .number(3))
      #expect(said[key]?["missing"] == .number(1))
      #expect(said[key]?["exact"] == .bool(true))
    }
  }
}
