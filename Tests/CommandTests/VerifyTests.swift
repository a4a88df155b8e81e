// `sluice verify` finds every kind of damage, and names the file.

import Foundation
import Testing

@Suite struct VerifyTests {
  private static let part = "data/stage=Label/part-00000.jsonl"

  private func problems(in workspace: Workspace) throws -> [String?] {
    let outcome = try Command.run("verify", "out", "--json", in: workspace)
    #expect(outcome.status == 2, "\(outcome.errorText)")
    let value = try JSONValue(outcome.output)
    #expect(value.keys == ["schema", "ok", "files"])
    #expect(value["ok"] == .bool(false))
    return (value["files"]?.items ?? []).map { file in
      "\(file["path"]?.text ?? "?"): \(file["problem"]?.text ?? "?")"
    }
  }

  /// A tree as it was committed is good, whatever its compression.
  @Test(arguments: ["zstd", "gzip", "none"])
  func good(compression: String) throws {
    let workspace = try Workspace.withInput()
    _ = try Command.run(
      "run", "input.ndjson", "--output", "out", "--compression", compression, "--partition-by", "stage",
      in: workspace)
    #expect(try Command.run("verify", "out", in: workspace).status == 0)
    let outcome = try Command.run("verify", "out", "--json", in: workspace)
    #expect(outcome.status == 0)
    #expect(try JSONValue(outcome.output) == JSONValue(#"{"schema":1,"ok":true,"files":[]}"#))
  }

  /// A changed byte, a cut, a loss and a stranger are told apart.
  @Test(arguments: [
    ("sed -i s/Label/Lebal/ 'out/\(part)'", "hash"), ("truncate -s -1 'out/\(part)'", "size"),
    ("rm 'out/\(part)'", "missing"), ("echo '{}' >> 'out/\(part)'", "size"),
  ])
  func damaged(harm: String, problem: String) throws {
    let workspace = try Workspace.withOutput()
    _ = try Command.shell(harm, in: workspace)
    #expect(try problems(in: workspace) == ["\(Self.part): \(problem)"])
    let plain = try Command.run("verify", "out", in: workspace)
    #expect(plain.status == 2)
    #expect((plain.outputText + plain.errorText).contains(Self.part))
  }

  /// A gzip part is one member: engines differ in what they make of a second.
  @Test func twoMembers() throws {
    let workspace = try Workspace.withInput()
    _ = try Command.run(
      "run", "input.ndjson", "--output", "out", "--compression", "gzip", in: workspace)
    let part = "out/data/part-00000.jsonl.gz"
    // The manifest is made to fit, so that only the frame is wrong.
    let line = #"""
      old=$(sha256sum < \#(part) | cut -c1-64); size=$(stat -c %s \#(part))
      printf '' | gzip -n >> \#(part)
      new=$(sha256sum < \#(part) | cut -c1-64); more=$(stat -c %s \#(part))
      sed -i "s/$old/$new/; s/\"bytes\":$size/\"bytes\":$more/g" out/manifest.json
      sum=$(head -c -78 out/manifest.json | sha256sum | cut -c1-64)
      sed -i "s/[0-9a-f]\{64\}\"}$/$sum\"}/" out/manifest.json
      """#
    _ = try Command.shell(line, in: workspace)
    #expect(try problems(in: workspace) == ["data/part-00000.jsonl.gz: frame"])
  }

  /// A file below data that the manifest does not know is extra, even an empty or hidden one.
  @Test(arguments: ["data/stage=Label/part-00001.jsonl", "data/stage=New/part-00000.jsonl", "data/.hidden"])
  func extra(path: String) throws {
    let workspace = try Workspace.withOutput()
    try workspace.write("out/\(path)", "")
    #expect(try problems(in: workspace) == ["\(path): extra"])
  }

  /// The manifest, the report and the marker are verified as well.
  @Test(arguments: [
    "sed -i 's/\"rows\"/\"rowz\"/' out/manifest.json", "echo >> out/report.json", "rm out/report.json",
    "rm out/data/_SUCCESS", "echo > out/data/_SUCCESS", "rm out/manifest.json",
    "echo '{}' > out/manifest.json",
  ])
  func ledger(harm: String) throws {
    let workspace = try Workspace.withOutput()
    _ = try Command.shell(harm, in: workspace)
    #expect(try Command.run("verify", "out", in: workspace).status == 2)
  }

  /// So are the rejects.
  @Test func rejects() throws {
    let workspace = try Workspace()
    try workspace.write("input.ndjson", asset("a") + "\n{\"a\":]}\n")
    let run = try Command.run("run", "input.ndjson", "--output", "out", "--on-error", "reject", in: workspace)
    #expect(run.status == 1)
    #expect(try Command.run("verify", "out", in: workspace).status == 0)
    _ = try Command.shell("echo >> out/rejects/rejects.jsonl", in: workspace)
    #expect(try problems(in: workspace) == ["rejects/rejects.jsonl: size"])
  }

  /// What is no Sluice tree cannot be verified.
  @Test(arguments: ["nowhere", "folder", "input.ndjson"])
  func foreign(path: String) throws {
    let workspace = try Workspace.withInput()
    try workspace.write("folder/file.txt", "x")
    let outcome = try Command.run("verify", path, in: workspace)
    #expect(outcome.status == 2)
    #expect(outcome.errorText.hasPrefix("sluice: error: \(path): "))
  }
}
