// A path is bytes: whatever name a file system takes, the command takes. The lines are for bash, which passes bytes
// on as they are: `$'\xff'` is one that is never part of UTF-8.

import Foundation
import Testing

@Suite(.enabled(if: Workspace.takesAnyName, "the file system takes only names that are UTF-8"))
struct PathBytesTests {
  /// A workspace with the output of `input.ndjson` in `plain`, to compare with.
  private func workspace() throws -> Workspace {
    let workspace = try Workspace.withInput()
    #expect(try Command.run("run", "input.ndjson", "-o", "plain", "--quiet", in: workspace).status == 0)
    return workspace
  }

  private func check(_ line: String) throws {
    let outcome = try Command.shell("set -e; \(line)", in: workspace())
    #expect(outcome.status == 0, "\(outcome.errorText)\(outcome.outputText)")
  }

  /// Each place where a path may stand, and the working directory.
  @Test(arguments: [
    #"cp input.ndjson $'a\xff'; $SLUICE run $'a\xff' -o out -q; diff -r plain/data out/data"#,
    #"cp input.ndjson $'a\xff'; $SLUICE run ./$'a\xff' --output=$'out\xfe' -q; diff -r plain/data $'out\xfe/data'"#,
    #"$SLUICE run input.ndjson -o $'\xff/b\xfe' -q; diff -r plain/data $'\xff/b\xfe/data'"#,
    #"mkdir $'t\xff'; $SLUICE run - -o out --temp $'t\xff' -q < input.ndjson; diff -r plain/data out/data; test -d $'t\xff'"#,
    #"mkdir $'t\xff'; TMPDIR=$PWD/$'t\xff' $SLUICE run - -o - -q < input.ndjson | cmp - input.ndjson"#,
    #"$SLUICE run input.ndjson -o out -q --stats json=$'s\xff'; test -s $'s\xff'; test -z "$(ls -A | grep new)""#,
    #"$SLUICE run input.ndjson -o $'\xff' -q; $SLUICE verify $'\xff'"#,
    #"$SLUICE inspect input.ndjson --html $'p\xff.html'; grep -q '</html>' $'p\xff.html'"#,
    #"cp input.ndjson $'a\xff'; $SLUICE inspect $'a\xff'; $SLUICE bench $'a\xff' --seconds 0.001"#,
    #"mkdir $'d\xff'; cd $'d\xff'; $SLUICE run ../input.ndjson -o out -q; diff -r ../plain/data out/data"#,
    #"mkdir $'d\xff'; cd $'d\xff'; $SLUICE run ../input.ndjson -o . -q; $SLUICE verify .; test ! -e ../out"#,
  ])
  func everywhere(line: String) throws { try check(line) }

  /// An output with such a name is replaced like another, also in place, and nothing stays beside it.
  @Test(arguments: ["cd .", #"cd $'\xff'"#])
  func replaced(way: String) throws {
    let directory = way == "cd ." ? #"$'\xff'"# : "."
    try check(
      #"""
      mkdir $'\xff'; touch $'\xff/old\xfe'; rm $'\xff/old\xfe'; IN=$PWD/input.ndjson; \#(way)
      for i in 1 2; do $SLUICE run $IN -o \#(directory) --overwrite -q; done
      $SLUICE verify \#(directory)
      cd "${IN%/*}"; diff -r plain/data $'\xff/data'; ls -A | LC_ALL=C wc -l | grep -qx 3; ls -A $'\xff' | wc -l | grep -qx 3
      """#)
  }

  /// Two names that would be one if bytes were lost, or letters composed, are two.
  @Test func distinct() throws {
    try check(
      #"""
      for name in $'\xfe' $'\xff' $'\xef\xbf\xbd' $'u\xcc\x88' $'\xc3\xbc' $'\xf4\x8f\xbf\xbf\x66\x66'; do
        echo '{"externalId":"'$(printf %s "$name" | od -An -tx1 | tr -d ' ')'"}' > "$name"
      done
      for name in $'\xfe' $'\xff' $'\xef\xbf\xbd' $'u\xcc\x88' $'\xc3\xbc' $'\xf4\x8f\xbf\xbf\x66\x66'; do
        $SLUICE run "$name" -o "out$name" --compression none -q
        cmp "$name" "out$name/data/part-00000.jsonl"
      done
      """#)
  }

  /// `-/` is a directory of that name, and not standard output.
  @Test func dash() throws {
    try check(#"$SLUICE run input.ndjson --output=-/ -q; diff -r plain/data ./-/data; $SLUICE verify -- -/"#)
  }

  /// JSON is valid UTF-8 whatever paths are called: manifest, report, statistics, findings, verdicts.
  @Test func json() throws {
    let workspace = try workspace()
    let outcome = try Command.shell(
      #"""
      cp input.ndjson $'a\xff'; echo '[{}' > $'b\xff'; mkdir $'t\xff'
      $SLUICE run $'a\xff' -o out --temp $'t\xff' -q --stats json=stats
      $SLUICE run $'b\xff' -o no -q --stats json > failed
      $SLUICE inspect $'a\xff' --json > inspected
      $SLUICE bench $'a\xff' --seconds 0.001 --json > measured
      touch $'out/data/x\xff'; mkdir $'out/data/y\xff'; touch $'out/data/y\xff/z'
      $SLUICE verify out --json > verified
      """#, in: workspace)
    #expect(outcome.status == 2)
    let texts = [
      "out/manifest.json", "out/report.json", "stats", "failed", "inspected", "measured", "verified",
    ]
    for name in texts {
      let text = try #require(String(validating: workspace.read(name), as: UTF8.self), "\(name)")
      _ = try JSONValue(text)
      #expect(text.contains("\u{FFFD}"), "\(name)")
    }
    let manifest = try JSONValue(workspace.read("out/manifest.json"))
    #expect(manifest["inputs"]?[0]?["name"]?.text == "a\u{FFFD}")
    #expect(manifest["options"]?["temp"]?.text == "t\u{FFFD}")
    let verified = try JSONValue(workspace.read("verified"))
    #expect(
      verified["files"]?.items.map { $0["path"]?.text } == ["data/x\u{FFFD}", "data/y\u{FFFD}/z"])
  }

  /// A message is valid UTF-8 and one line, and says which path it was as far as that can be said.
  @Test(arguments: [
    (#"run $'no\xff/ü' -o out"#, "sluice: error: no\u{FFFD}/ü: cannot "),
    (
      #"run $'a\n\e[31mb\x7f\xc2\x9bc\xe2\x80\xaed' -o out"#,
      "sluice: error: a\u{FFFD}\u{FFFD}[31mb\u{FFFD}\u{FFFD}c\u{FFFD}d: "
    ),
    (#"run input.ndjson -o $'\xff\n/plain/'"#, nil),
    (#"verify $'no\xff\r'"#, "sluice: error: no\u{FFFD}\u{FFFD}: no such directory"),
    (#"run input.ndjson -o out --no\#u{FF}"#, "sluice: error: "),
    (#"run input.ndjson --no-$'\xff\e'"#, "sluice: error: "),
  ])
  func messages(arguments: String, start: String?) throws {
    let outcome = try Command.shell("$SLUICE \(arguments) 2> errors; cat errors", in: workspace())
    let text = try #require(String(validating: outcome.output, as: UTF8.self))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F })
    #expect(!text.contains("\u{10FFFF}"))
    guard let start else { return #expect(text.contains("wrote 6 rows to \u{FFFD}\u{FFFD}/plain\n")) }
    #expect(text.hasPrefix(start), "\(text)")
    #expect(
      text.split(separator: "\n").allSatisfy { $0.hasPrefix("sluice: error: ") || $0.hasPrefix("  hint: ") })
  }

  /// What the parser says in two lines stays in two.
  @Test func lines() throws {
    let outcome = try Command.run("run", "input.ndjson", "-oout", in: workspace())
    #expect(outcome.errorText.contains("'-oout'\n   or: "), "\(outcome.errorText)")
  }

  /// What is no path is text: an option with another value is refused, whichever it is.
  @Test(arguments: ["run", "inspect", "bench", "verify"])
  func values(command: String) throws {
    let workspace = try workspace()
    let dump = try JSONValue(Command.run("--experimental-dump-help", in: workspace).output)
    let found = dump["command"]?["subcommands"]?.items.first { $0["commandName"]?.text == command }
    let options = try #require(found)["arguments"]?.items.filter { $0["kind"]?.text == "option" } ?? []
    let needed = command == "run" ? "-o out" : ""
    var count = 0
    for option in options {
      let isPath = option["completionKind"]?["file"] != nil || option["completionKind"]?["directory"] != nil
      guard !isPath, let name = option["preferredName"]?["name"]?.text else { continue }
      let outcome = try Command.shell(
        "$SLUICE \(command) input.ndjson \(needed) --\(name) $'a\\xff' 2>&1", in: workspace)
      #expect(outcome.status == 64, "--\(name): \(outcome.outputText)")
      #expect(
        outcome.outputText.hasPrefix("sluice: error: ") && outcome.outputText.contains("a\u{FFFD}"),
        "--\(name)")
      count += 1
    }
    #expect(count > 0)
  }
}

extension Workspace {
  /// Whether names on this file system are bytes: some take only text.
  static let takesAnyName: Bool = {
    guard let workspace = try? Workspace() else { return false }
    return (try? Command.shell(#"touch $'\xff'"#, in: workspace).status) == 0
  }()
}
