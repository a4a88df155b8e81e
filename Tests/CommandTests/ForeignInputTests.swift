// What people hand over in the place of an export: named, with a way out, status 2, and nothing that was there
// before is touched, whatever is to be done about malformed assets.

import Foundation
import Testing

@Suite struct ForeignInputTests {
  /// A kind of input that is no export.
  struct Kind: CustomTestStringConvertible, Sendable {
    /// How the input starts, or all of it.
    let bytes: [UInt8]
    /// What the message calls it.
    let name: String
    /// What the hint has in it.
    let wayOut: String

    init(_ bytes: [UInt8], _ name: String, _ wayOut: String) {
      self.bytes = bytes
      self.name = name
      self.wayOut = wayOut
    }

    init(_ text: String, _ name: String, _ wayOut: String) { self.init(Array(text.utf8), name, wayOut) }

    var testDescription: String { "\(name) \(bytes.prefix(12))" }
  }

  /// Bytes that look compressed, and hold no mark of anything.
  static let noise = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 3 &* 91 | 0x80) }

  static let compressed: [Kind] = [
    Kind([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] + noise, "xz-compressed", "xz -dc data | sluice run -"),
    Kind(Array("BZh91AY&SY".utf8) + noise, "bzip2-compressed", "bzip2 -dc data | sluice run -"),
    Kind([0x04, 0x22, 0x4D, 0x18] + noise, "lz4-compressed", "lz4 -dc data | sluice run -"),
    Kind([0x1B, 0x50, 0, 0] + noise, "binary data", "brotli -dc"),
    Kind([UInt8(ascii: "{"), 0x50, 0, 0] + noise, "binary data", "brotli -dc"),
    Kind(
      [0x5D, 0, 0, 0x80, 0] + [UInt8](repeating: 0xFF, count: 8) + noise, "lzma-compressed",
      "xz --format=lzma -dc data"),
    Kind([0x78, 0x9C] + noise, "zlib-compressed", "zlib.decompress"),
    Kind(tar("export.json"), "a tar archive", "tar -xOf data | sluice run -"),
    Kind(tar("export.json", isOld: true), "a tar archive", "tar -xOf data | sluice run -"),
    Kind([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C] + noise, "a 7z archive", "7z x -so data | sluice run -"),
    Kind(Array("Rar!\u{1A}\u{7}\u{1}".utf8) + noise, "a RAR archive", "unrar p -inul data | sluice run -"),
    Kind(noise + Array("PK\u{3}\u{4}".utf8), "a ZIP archive with something in front", "unzip -p data"),
  ]

  static let others: [Kind] = [
    Kind(Array("PAR1".utf8) + noise, "a Parquet file", "JSON"),
    Kind(Array("Obj\u{1}".utf8) + noise, "an Avro file", "JSON"),
    Kind("SQLite format 3\0", "an SQLite database", "JSON"),
    Kind("%PDF-1.7\n%", "a PDF document", "name the export"),
    Kind([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10] + noise, "a JPEG image", "name the export"),
    Kind([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "a PNG image", "name the export"),
    Kind([UInt8](repeating: 0, count: 4096), "nothing but zero bytes", "fetch the export again"),
    Kind(encoded(.utf16), "UTF-16", "iconv -f UTF-16 -t UTF-8 data"),
    Kind(encoded(.utf32), "UTF-32", "iconv -f UTF-32 -t UTF-8 data"),
    Kind(encoded(.utf16LittleEndian), "UTF-16", "iconv -f UTF-16LE -t UTF-8 data"),
    Kind(encoded(.utf16BigEndian), "UTF-16", "iconv -f UTF-16BE -t UTF-8 data"),
    Kind(encoded(.utf32LittleEndian), "UTF-32", "iconv -f UTF-32LE -t UTF-8 data"),
    Kind(encoded(.utf32BigEndian), "UTF-32", "iconv -f UTF-32BE -t UTF-8 data"),
    Kind(encoded(.utf16LittleEndian, "[\(asset("a"))]"), "UTF-16", "iconv -f UTF-16LE -t UTF-8 data"),
    Kind(encoded(.utf16LittleEndian, "\n[\(asset("a"))]"), "UTF-16", "iconv -f UTF-16LE -t UTF-8 data"),
    Kind(encoded(.utf32LittleEndian, "[\(asset("a"))]"), "UTF-32", "iconv -f UTF-32LE -t UTF-8 data"),
  ]

  static let texts: [Kind] = [
    Kind(
      "\n<!DOCTYPE html><html><head><title>Sign in</title></head></html>", "a web page (\"Sign in\")",
      "expired"),
    Kind(
      "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
      "an error message of a server (\"AccessDenied: Request has expired\")", "expired"),
    Kind("<annotation><folder/></annotation>", "XML", "as JSON"),
    Kind("HTTP/1.1 401 Unauthorized\r\n\r\n{}", "an answer of a server with its headers", "-i"),
    Kind("externalId,asset,stage\na,b,c\nd,e,f\n", "CSV", "as JSON"),
    Kind(
      "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a pointer of Git LFS", "git lfs pull"),
    Kind("<<<<<<< HEAD\n[]\n=======\n[]\n>>>>>>> b\n", "a file with a merge conflict", "git checkout"),
    Kind("[{'asset': 'x', 'task': None}]", "what Python prints", "ast.literal_eval"),
    Kind("{'asset': 'x'}", "what Python prints", "ast.literal_eval"),
    Kind(
      "{ \"_id\" : ObjectId(\"507f\"), \"asset\" : \"x\" }\n", "what the mongo shell prints", "mongoexport"),
    Kind("[{asset: 1}]", "JavaScript or JSON5", "JSON.stringify"),
    Kind("\"[{\\\"asset\\\":1}]\"", "JSON within a JSON string", "jq -r . data | sluice run -"),
    Kind("[[{\"asset\":1}]]", "an array of arrays", "jq -c '.[][]' data | sluice run -"),
  ]

  static let shapes: [Kind] = [
    Kind(#"{"message":"jwt expired"}"#, "an error message of a server (\"jwt expired\")", "expired"),
    Kind(#"{"error":{"code":401}}"#, "an error message of a server", "expired"),
    Kind(#"{"images":[{"id":1}],"annotations":[],"categories":[]}"#, "a COCO dataset", "Ango Hub"),
    Kind(#"[{"id":1,"data":{"image":"x"},"annotations":[]}]"#, "a Label Studio file", "Ango Hub"),
    Kind("{\"data_row\":{\"id\":\"x\"},\"projects\":{}}\n", "a Labelbox file", "Ango Hub"),
    Kind(
      "{\"source-ref\":\"s3://b/x\",\"l\":0,\"l-metadata\":{}}\n", "a SageMaker Ground Truth manifest",
      "Ango Hub"),
    Kind(#"{"version":"2.0","item":{},"annotations":[]}"#, "a Darwin file of V7", "Ango Hub"),
    Kind(#"{"tools":[],"classifications":[],"relations":[]}"#, "an ontology", "Ango Hub"),
    Kind(
      #"{"externalId":"a","assetId":null,"taskId":"t","kind":"tool","snapshot":null,"annotation":{}}"#,
      "Sluice's own annotation rows", "the export that they were made of"),
    Kind(
      #"{"status":"success","data":[{"asset":1}]}"#, "an object with a list in its member \"data\"",
      "jq -c '.data[]' data | sluice run -"),
    Kind(
      #"{"data":{"assets":[{"asset":1}]}}"#, "an object with a list in its member \"assets\"",
      "jq -c '.data.assets[]' data | sluice run -"),
    Kind("{}", "an object without members", "Ango Hub"),
    Kind("{\"\(String(repeating: "k", count: 20_000))\":1}", "JSON of something else, not", "Ango Hub"),
    Kind(
      #"[{"a":1,"b":2,"c":3,"d":4},{"asset":1}]"#, #"JSON of something else (with "a", "b", "c" …)"#,
      "Ango Hub"),
  ]

  /// A message that names it and a way out, status 2 and the old output, also if what is malformed may be skipped.
  @Test(arguments: compressed + others + texts + shapes)
  func named(kind: Kind) throws {
    let workspace = try Workspace.withOutput()
    let before = try workspace.tree("out")
    try Data(kind.bytes).write(to: workspace.url("data"))
    for options in [[], ["--on-error", "skip"], ["--on-error", "reject", "--engine", "reference"]] {
      let outcome = try Command.run(
        ["run", "data", "--output", "out", "--overwrite", "--quiet"] + options, in: workspace)
      #expect(outcome.status == 2)
      let lines = outcome.errorText.split(separator: "\n")
      #expect(lines.count == 2, "\(outcome.errorText)")
      #expect(lines.first?.hasPrefix("sluice: error: data: ") == true)
      #expect(lines.first?.contains(": this is \(kind.name)") == true, "\(outcome.errorText)")
      #expect(lines.last?.contains(kind.wayOut) == true, "\(outcome.errorText)")
      #expect(!outcome.errorText.contains("--on-error"))
      #expect(try workspace.tree("out") == before)
      let names = try workspace.names()
      #expect(names == ["data", "input.ndjson", "out"])
    }
  }

  /// The same from a pipe, where the program that helps is put in between.
  @Test func pipes() throws {
    let workspace = try Workspace()
    for kind in Self.compressed + Self.others + Self.texts + Self.shapes {
      let outcome = try Command.run(
        "run", "-", "--output", "-", "--on-error", "skip", in: workspace, input: Data(kind.bytes))
      #expect(outcome.status == 2)
      #expect(outcome.errorText.contains(": this is \(kind.name)"), "\(outcome.errorText)")
    }
    let piped = try Command.shell(
      "printf '\\375\\067\\172\\130\\132\\0\\1\\2' | $SLUICE run - -o -", in: workspace)
    #expect(piped.errorText.contains("Try: … | xz -dc | sluice run -"), "\(piped.errorText)")
  }

  /// At the start of what a container holds, too.
  @Test func withinContainers() throws {
    let workspace = try Workspace()
    try workspace.write("a.json", "[\(asset("a"))]")
    try Data(Self.tar("a.json")).write(to: workspace.url("a.tar"))
    let packed = [
      ("gzip -c a.json | gzip -c > data", "gzip data within", "gzip -dc data | gzip -dc | sluice run -"),
      ("gzip -c a.tar > data", "a tar archive", "gzip -dc data | tar -xOf - | sluice run -"),
      ("printf '{\"images\":[],\"info\":{}}' | gzip -c > data", "a COCO dataset", "Ango Hub"),
    ]
    for (line, name, wayOut) in packed {
      let outcome = try Command.shell("\(line) && $SLUICE run data -o -", in: workspace)
      #expect(outcome.status == 2)
      #expect(outcome.errorText.contains(name), "\(outcome.errorText)")
      #expect(outcome.errorText.contains(wayOut), "\(outcome.errorText)")
    }
  }

  /// What is said of gzip within gzip is what helps.
  @Test func wayOutHelps() throws {
    let workspace = try Workspace()
    try workspace.write("a.json", "[\(asset("a"))]\n")
    let outcome = try Command.shell(
      "gzip -c a.json | gzip -c > data && gzip -dc data | gzip -dc | $SLUICE run - -o - -q", in: workspace)
    #expect(outcome.outputText == asset("a") + "\n")
  }

  /// A later element that is no asset is a malformed one, with a place and a code of its own.
  @Test(arguments: ["fast", "reference"])
  func laterElement(engine: String) throws {
    let workspace = try Workspace()
    try workspace.write("data", "[\(asset("a")),\n{\"images\":[]},\n\(asset("b"))]")
    let stopped = try Command.run("run", "data", "-o", "-", "-q", "--engine", engine, in: workspace)
    #expect(stopped.status == 2)
    #expect(stopped.errorText.contains("(line 2, column 1), asset 1: an object that is no asset"))
    let rejected = try Command.run(
      "run", "data", "-o", "out", "-q", "--on-error", "reject", "--engine", engine, "--compression", "none",
      in: workspace)
    #expect(rejected.status == 1)
    #expect(try workspace.text("out/rejects/rejects.jsonl").contains("\"code\":\"not-an-asset\""))
    #expect(try workspace.text("out/data/part-00000.jsonl") == "\(asset("a"))\n\(asset("b"))\n")
  }

  /// One member of an asset's is enough, however its name is spelled; that of an annotation row is not.
  @Test(arguments: ["asset", "assetId", "externalId", "dataset", "batches", "task", "tasks", "\\u0061sset"])
  func enough(member: String) throws {
    let workspace = try Workspace()
    try workspace.write("data", "[{\"x\":0,\"\(member)\":null}]")
    for engine in ["fast", "reference"] {
      let outcome = try Command.run("run", "data", "-o", "-", "-q", "--engine", engine, in: workspace)
      #expect(outcome.status == 0, "\(outcome.errorText)")
      #expect(outcome.outputText == "{\"x\":0,\"\(member)\":null}\n")
    }
  }

  /// An asset that is too big to be held is known by a member at its end, and one that is none is told at its end.
  @Test func giants() throws {
    let workspace = try Workspace()
    let long = String(repeating: "1234567,", count: 1_000_000)
    let limits = ["--memory", "70MB", "--workers", "1", "-q"]
    try workspace.write("data", "[{\"images\":[\(long)0],\"externalId\":\"a\"}]")
    #expect(try Command.run(["run", "data", "-o", "a"] + limits, in: workspace).status == 0)
    try workspace.write("data", "{\"images\":[\(long)0],\"annotations\":[]}")
    let foreign = try Command.shell(
      "cat data | $SLUICE run - -o b --on-error skip --memory 70MB --workers 1", in: workspace)
    #expect(foreign.status == 2)
    #expect(foreign.errorText.contains(": this is "), "\(foreign.errorText)")
    try workspace.write("data", "[\(asset("a")),{\"images\":[\(long)0]}]")
    let skipped = try Command.run(["run", "data", "-o", "c", "--on-error", "skip"] + limits, in: workspace)
    #expect(skipped.status == 1)
  }

  /// Where nothing that starts the input is known, it is refused at its end if nothing in it was an asset.
  @Test(arguments: ["Unauthorized", "404 page not found", "[1,2]", "null", "\"x\""])
  func nothingIsAnAsset(text: String) throws {
    let workspace = try Workspace.withOutput()
    let before = try workspace.tree("out")
    for options in [[], ["--on-error", "skip"], ["--on-error", "reject", "--engine", "reference"]] {
      let outcome = try Command.run(
        ["run", "-", "-o", "out", "--overwrite", "-q"] + options, in: workspace, input: Data(text.utf8))
      #expect(outcome.status == 2)
      #expect(!outcome.errorText.contains("--on-error"), "\(outcome.errorText)")
      #expect(try workspace.tree("out") == before)
    }
    // A file whose first line is cut short still has assets.
    let cut = Data("ail\":\"x\"}\n\(asset("a"))\n".utf8)
    let skipping = try Command.run(
      "run", "-", "-o", "-", "-q", "--on-error", "skip", in: workspace, input: cut)
    #expect(skipping.status == 1)
    #expect(skipping.outputText == asset("a") + "\n")
  }

  /// A directory is named as one, with what to name instead.
  @Test func directory() throws {
    let workspace = try Workspace()
    try workspace.write("folder/a.json", "[]")
    for line in ["$SLUICE run folder -o -", "$SLUICE run - -o - < folder", "$SLUICE inspect folder"] {
      let outcome = try Command.shell(line, in: workspace)
      #expect(outcome.status == 2)
      #expect(outcome.errorText.contains("this is a directory, not an export"), "\(outcome.errorText)")
      #expect(outcome.errorText.contains("/*.json"))
    }
  }

  // MARK: Making inputs

  private static func encoded(_ encoding: String.Encoding, _ text: String = asset("a") + "\n") -> [UInt8] {
    Array(text.data(using: encoding) ?? Data())
  }

  /// A tar archive of one entry of 100 bytes.
  private static func tar(_ name: String, isOld: Bool = false) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
    put(name, at: 0)
    put("0000644\0", at: 100)
    put("00000000144\0", at: 124)
    put("        ", at: 148)
    if !isOld { put("ustar\0", at: 257) }
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
    return header + [UInt8](repeating: UInt8(ascii: " "), count: 100) + [UInt8](repeating: 0, count: 1436)
  }
}
