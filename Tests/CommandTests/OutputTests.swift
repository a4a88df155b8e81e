// The output directory: what is in it, when it is replaced, and that it depends on the rows alone.

import Foundation
import Testing

@Suite struct OutputTests {
  private static let base = ["run", "input.ndjson", "--output", "out", "--quiet"]

  /// A tree holds parts, an empty _SUCCESS, a manifest and a report, and nothing else.
  @Test(arguments: [("zstd", "jsonl.zst"), ("gzip", "jsonl.gz"), ("none", "jsonl")])
  func layout(compression: String, suffix: String) throws {
    let workspace = try Workspace.withInput()
    let outcome = try Command.run(Self.base + ["--compression", compression], in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    let tree = try workspace.tree("out")
    #expect(
      tree.keys.sorted() == ["data/_SUCCESS", "data/part-00000.\(suffix)", "manifest.json", "report.json"])
    #expect(tree["data/_SUCCESS"] == Data())
    #expect(try workspace.names() == ["input.ndjson", "out"])
  }

  /// zstd is the compression when none is named, and what it holds are the rows, a newline at the end.
  @Test func defaultCompression() throws {
    let workspace = try Workspace.withInput()
    _ = try Command.run(Self.base, in: workspace)
    let part = try workspace.read("out/data/part-00000.jsonl.zst")
    #expect(part.starts(with: [0x28, 0xb5, 0x2f, 0xfd]))
    #expect(part[part.startIndex + 4] & 0x04 == 0x04, "the frame has a checksum")
    let line = "command -v zstd >/dev/null || exec cat input.ndjson; zstd -dcq out/data/part-00000.jsonl.zst"
    #expect(try Command.shell(line, in: workspace).outputText == manyAssets(6))
  }

  /// Where there is no room the message names the directory as the user did, and what it has taken; nothing
  /// stays.
  @Test(.disabled(if: Command.isSanitized), arguments: ["", "--temp tmp"])
  func noRoom(temp: String) throws {
    let workspace = try Workspace.withInput(2000)
    try FileManager.default.createDirectory(at: workspace.url("tmp"), withIntermediateDirectories: false)
    let outcome = try Command.shell(
      "ulimit -f 64; exec \"$SLUICE\" run input.ndjson -o new/out -q --compression none \(temp)",
      in: workspace)
    #expect(outcome.status == 2)
    #expect(
      outcome.errorText.hasPrefix(
        "sluice: error: new/out: cannot write: File too large (after 65536 bytes)\n"))
    #expect(try workspace.names().filter { $0 != "tmp" } == ["input.ndjson"])
    #expect(try workspace.tree("tmp").isEmpty)
  }

  /// Rows that wait for their partition's turn take their room where `--temp` says.
  @Test(.disabled(if: Command.isSanitized)) func noRoomForWaitingRows() throws {
    let workspace = try Workspace()
    // A gzip pipe is spooled only for giants, so an asset bigger than may be held.
    try FileManager.default.createDirectory(at: workspace.url("tmp"), withIntermediateDirectories: false)
    let long = String(repeating: "x", count: 40_000_000)
    try workspace.write("input.ndjson", asset("a", title: long) + "\n")
    let outcome = try Command.shell(
      """
      ulimit -f 64; cat input.ndjson |
      "$SLUICE" run - -o out -q --memory 64MB --temp tmp
      """, in: workspace)
    #expect(outcome.status == 2)
    #expect(
      outcome.errorText.hasPrefix("sluice: error: tmp: cannot write: File too large (after 65536 bytes)\n"))
    #expect(!workspace.exists("out"))
  }

  /// A gzip part carries no name and no time.
  @Test func gzipHeader() throws {
    let workspace = try Workspace.withInput()
    _ = try Command.run(Self.base + ["--compression", "gzip"], in: workspace)
    let part = try workspace.read("out/data/part-00000.jsonl.gz")
    #expect(part.starts(with: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]))
  }

  /// The manifest lists every part with what can be known of it, and its totals are their sums.
  @Test func manifest() throws {
    let workspace = try Workspace.withOutput()
    let manifest = try JSONValue(workspace.read("out/manifest.json"))
    #expect(
      manifest.keys == [
        "schema", "generator", "createdAt", "options", "inputs", "totals", "files", "reportSha256", "rejects",
        "sha256",
      ])
    let listed = manifest["files"]?.items ?? []
    let parts = try workspace.tree("out").filter { $0.key.hasSuffix(".jsonl") }
    #expect(listed.compactMap { $0["path"]?.text }.sorted() == parts.keys.sorted())
    for file in listed {
      let path = try #require(file["path"]?.text)
      let sum = try Command.shell("sha256sum < 'out/\(path)'", in: workspace).outputText.prefix(64)
      #expect(file.keys == ["path", "partition", "rows", "rawBytes", "bytes", "sha256"])
      #expect(file["bytes"]?.integer == parts[path]?.count)
      #expect(file["rawBytes"]?.integer == parts[path]?.count)
      #expect(file["rows"]?.integer == 2)
      #expect(file["sha256"]?.text == String(sum))
    }
    let totals = try #require(manifest["totals"])
    #expect(totals.keys == ["files", "rows", "copies", "rawBytes", "bytes"])
    #expect([totals["files"]?.integer, totals["rows"]?.integer, totals["copies"]?.integer] == [3, 6, 0])
    #expect(totals["bytes"]?.integer == parts.values.map(\.count).reduce(0, +))
    let report = try Command.shell("sha256sum < out/report.json", in: workspace).outputText.prefix(64)
    #expect(manifest["reportSha256"]?.text == String(report))
    #expect(
      manifest["inputs"]?[0]?.keys == ["name", "entry", "container", "bytes", "decodedBytes", "fingerprint"])
  }

  /// The bytes below data depend on the rows and the options: not on workers, memory, blocks or engine.
  @Test func sameBytes() throws {
    let workspace = try Workspace.withInput(3000)
    let options = ["--partition-by", "stage,batch", "--quiet"]
    _ = try Command.run(["run", "input.ndjson", "--output", "first"] + options, in: workspace)
    let first = try workspace.tree("first/data")
    #expect(first.count == 4)
    let variants = [
      ["--workers", "1"], ["--workers", "3"], ["--memory", "64MB"], ["--block-size", "64KiB"],
      ["--engine", "reference"], ["--kernel", "portable"],
    ]
    for (index, variant) in variants.enumerated() {
      let output = "again\(index)"
      let outcome = try Command.run(
        ["run", "input.ndjson", "--output", output] + options + variant, in: workspace)
      #expect(outcome.status == 0, "\(variant): \(outcome.errorText)")
      #expect(try workspace.tree("\(output)/data") == first, "\(variant)")
    }
    let line = "\"$SLUICE\" run - --output piped --partition-by stage,batch --quiet < <(cat input.ndjson)"
    _ = try Command.shell(line, in: workspace)
    #expect(try workspace.tree("piped/data") == first)
  }

  /// An empty directory may be given; one with anything in it may not, and stays as it is.
  @Test func notEmpty() throws {
    let workspace = try Workspace.withInput()
    try FileManager.default.createDirectory(at: workspace.url("out"), withIntermediateDirectories: false)
    #expect(try Command.run(Self.base, in: workspace).status == 0)
    let before = try workspace.tree("out")
    let again = try Command.run(Self.base, in: workspace)
    #expect(again.status == 2)
    #expect(again.errorText.hasPrefix("sluice: error: out: "))
    #expect(again.errorText.contains("--overwrite"))
    #expect(try workspace.tree("out") == before)
    #expect(try workspace.names() == ["input.ndjson", "out"])
  }

  /// --overwrite replaces a Sluice tree as a whole: no file of the old one is left.
  @Test func overwrite() throws {
    let workspace = try Workspace.withOutput()
    #expect(workspace.exists("out/data/stage=Label"))
    let outcome = try Command.run(
      Self.base + ["--overwrite", "--compression", "none", "--stage", "Review"], in: workspace)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    let names = try workspace.tree("out").keys.sorted()
    #expect(names == ["data/_SUCCESS", "data/part-00000.jsonl", "manifest.json", "report.json"])
    #expect(try workspace.names() == ["input.ndjson", "out"])
    #expect(try Command.run("verify", "out", in: workspace).status == 0)
  }

  /// --overwrite replaces only what has a Sluice manifest.
  @Test(arguments: ["notes.txt", "data/part-00000.jsonl", "manifest.json"])
  func overwriteForeign(path: String) throws {
    let workspace = try Workspace.withInput()
    try workspace.write("out/\(path)", "{\"mine\":true}\n")
    let outcome = try Command.run(Self.base + ["--overwrite"], in: workspace)
    #expect(outcome.status == 2)
    #expect(outcome.errorText.hasPrefix("sluice: error: out: "))
    #expect(try workspace.tree("out") == [path: Data("{\"mine\":true}\n".utf8)])
    #expect(try workspace.names() == ["input.ndjson", "out"])
  }

  /// A run that fails leaves the tree it was to replace as it was.
  @Test func failedOverwrite() throws {
    let workspace = try Workspace.withOutput()
    let before = try workspace.tree("out")
    try workspace.write("input.ndjson", asset("a") + "\n{\"a\":]\n")
    #expect(try Command.run(Self.base + ["--overwrite"], in: workspace).status == 2)
    #expect(try workspace.tree("out") == before)
    #expect(try workspace.names() == ["input.ndjson", "out"])
  }

  /// An output that is a file is refused.
  @Test func outputIsFile() throws {
    let workspace = try Workspace.withInput()
    try workspace.write("out", "a file\n")
    for more in [[], ["--overwrite"]] {
      let outcome = try Command.run(Self.base + more, in: workspace)
      #expect(outcome.status == 2)
      #expect(outcome.errorText.hasPrefix("sluice: error: out: "))
    }
    #expect(try workspace.text("out") == "a file\n")
  }
}
