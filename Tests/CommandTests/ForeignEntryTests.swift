// Archive entries that are no exports: passed over while another entry is one, named when none is.

import Foundation
import Testing

@Suite struct ForeignEntryTests {
  private func archive(_ entries: [(String, String)], in workspace: Workspace) throws {
    for (name, line) in entries {
      _ = try Command.shell("mkdir -p zip && cd zip && \(line) > \(name)", in: workspace)
    }
    let names = entries.map { "'\($0.0)'" }.joined(separator: ",")
    let line =
      "cd zip && python3 -c \"import zipfile; z = zipfile.ZipFile('../data', 'w'); [z.write(n) for n in [\(names)]]; z.close()\""
    #expect(try Command.shell(line, in: workspace).status == 0)
  }

  /// JSON of something else, and what is no JSON, are passed over with a warning, wherever they stand.
  @Test(arguments: ["fast", "reference"])
  func passedOver(engine: String) throws {
    let workspace = try Workspace()
    let ontology = #"printf '{"tools":[],"classifications":[]}'"#
    let export = "printf '%s' '[\(asset("a"))]'"
    try archive(
      [
        ("ontology.json", ontology), ("a.csv", "printf 'a,b,c\\n'"), ("b.json", export), ("z.json", ontology),
      ],
      in: workspace)
    for input in ["data", "-"] {
      let outcome = try Command.shell(
        "cat data | $SLUICE run \(input) -o - -q --engine \(engine) --stats json=stats", in: workspace)
      #expect(outcome.status == 0, "\(outcome.errorText)")
      #expect(outcome.outputText == asset("a") + "\n")
      #expect(
        outcome.errorText.contains("(3, first in \(input) (entry ontology.json)"), "\(outcome.errorText)")
      let stats = try workspace.text("stats")
      #expect(!stats.contains("\"entry\":\"z.json\""))
    }
  }

  /// If none remains what was found is named, with the way out of the first.
  @Test func noneRemains() throws {
    let workspace = try Workspace()
    try archive(
      [("a.json.gz", "printf '[]' | gzip -c"), ("c.json", #"printf '{"images":[],"info":{}}'"#)],
      in: workspace)
    for options in ["", "--on-error skip", "--engine reference"] {
      let outcome = try Command.shell("$SLUICE run data -o out -q \(options)", in: workspace)
      #expect(outcome.status == 2)
      #expect(
        outcome.errorText.contains(
          "the archive holds no export: a.json.gz is gzip data within a container, c.json is a COCO dataset"),
        "\(outcome.errorText)")
      #expect(outcome.errorText.contains("unzip -p data a.json.gz | gzip -dc | sluice run -"))
      #expect(!workspace.exists("out"))
    }
  }

  /// Text in UTF-16 is named in an archive, too.
  @Test func wideText() throws {
    let workspace = try Workspace()
    try archive([("a.json", "printf '[]' | iconv -f UTF-8 -t UTF-16")], in: workspace)
    let outcome = try Command.run("run", "data", "-o", "out", in: workspace)
    #expect(outcome.status == 2)
    #expect(outcome.errorText.contains("a.json is UTF-16 text"), "\(outcome.errorText)")
  }
}
