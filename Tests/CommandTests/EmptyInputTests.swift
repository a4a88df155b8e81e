// Inputs without a byte, which is how downloads that fail look, and what else comes of those.

import Foundation
import Testing

@Suite struct EmptyInputTests {
  /// Nothing, or nothing but white space, is refused, plain, packed, or as an entry; `--allow-empty` takes it.
  @Test(arguments: [
    "true > data", "printf ' \\n\\t' > data", "printf '\\357\\273\\277' > data", "gzip -c < /dev/null > data",
    "python3 -c 'import zipfile; zipfile.ZipFile(\"data\", \"w\").writestr(\"a.json\", \"\")'",
  ])
  func refused(line: String) throws {
    let workspace = try Workspace.withOutput()
    let before = try workspace.tree("out")
    #expect(try Command.shell(line, in: workspace).status == 0)
    for options in [[], ["--on-error", "skip"], ["--engine", "reference"]] {
      let outcome = try Command.run(
        ["run", "data", "-o", "out", "--overwrite", "-q"] + options, in: workspace)
      #expect(outcome.status == 2)
      #expect(outcome.errorText.contains("empty") || outcome.errorText.contains("nothing but white space"))
      #expect(outcome.errorText.contains("--allow-empty"), "\(outcome.errorText)")
      #expect(try workspace.tree("out") == before)
    }
    #expect(try Command.run("inspect", "data", in: workspace).status == 2)
    #expect(try Command.run("run", "data", "-o", "new", "-q", "--allow-empty", in: workspace).status == 0)
    #expect(workspace.exists("new/data/_SUCCESS"))
    #expect(try Command.run("inspect", "data", "--allow-empty", in: workspace).status == 0)
  }

  /// An empty array is an export of no assets.
  @Test func emptyArray() throws {
    let workspace = try Workspace()
    try workspace.write("data", " [ ]\n")
    #expect(try Command.run("run", "data", "-o", "out", in: workspace).status == 0)
    #expect(workspace.exists("out/data/_SUCCESS"))
  }

  /// A download that failed, piped into a lake that is to be replaced: the cause is named and the old lake stays.
  @Test(arguments: [
    ("curl -s http://127.0.0.1:1/export.json", "empty"),
    ("true", "empty"),
    (#"printf '{"message":"jwt expired"}'"#, "jwt expired"),
    (#"printf '<html><head><title>401 Authorization Required</title></head></html>'"#, "401 Authorization"),
    ("printf 'Unauthorized'", "Unauthorized"),
  ])
  func failedDownload(command: String, cause: String) throws {
    let workspace = try Workspace.withOutput()
    let before = try workspace.tree("out")
    for more in ["", "--on-error skip"] {
      let outcome = try Command.shell(
        "\(command) 2>/dev/null | $SLUICE run - -o out --overwrite -q \(more)", in: workspace)
      #expect(outcome.status == 2)
      #expect(outcome.errorText.contains(cause), "\(outcome.errorText)")
      #expect(outcome.errorText.contains("  hint: "))
      #expect(try workspace.tree("out") == before)
    }
    #expect(try Command.run("verify", "out", in: workspace).status == 0)
  }

  /// Closed descriptors are named as that, and no file takes their place.
  @Test(arguments: [
    ("$SLUICE run input.ndjson -o - >&-", "standard output"),
    ("$SLUICE inspect input.ndjson >&-", "standard output"),
    ("$SLUICE run - -o new <&-", "-: cannot"),
  ])
  func closedDescriptor(line: String, name: String) throws {
    let outcome = try Command.shell(line, in: Workspace.withInput())
    #expect(outcome.status == 2)
    #expect(outcome.errorText.contains("sluice: error: \(name)"), "\(outcome.errorText)")
    #expect(outcome.errorText.contains(" is closed"), "\(outcome.errorText)")
  }
}
