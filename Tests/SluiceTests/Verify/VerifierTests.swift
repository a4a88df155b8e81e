import Foundation
import Storage
import SystemPackage
import Testing

@testable import Sluice

@Suite struct VerifierTests {
  private let base: TemporaryDirectory
  private let out: String

  init() throws {
    base = try TemporaryDirectory()
    out = base.path + "/out"
    try SmallOutput().write(to: out)
  }

  private func problems() throws -> [String: String] {
    Dictionary(
      try verify(out).files.map { ($0.path, $0.problem.rawValue) }, uniquingKeysWith: { first, _ in first })
  }

  /// An intact output has no problems, and its texts say so.
  @Test func passesAnIntactOutput() throws {
    let outcome = try verify(out)
    #expect(outcome.isOK && outcome.parts == 2 && outcome.rows == 4)
    #expect(outcome.json() == "{\"schema\":1,\"ok\":true,\"files\":[]}\n")
    #expect(outcome.text(directory: "out") == "out: ok, 2 files, 4 rows, \(outcome.bytes) bytes\n")
  }

  /// Every bit that can flip, in any file, is found, and the file that has it is named.
  @Test func findsEveryFlippedByte() throws {
    for (name, bytes) in try #require(snapshot(out)) {
      for index in bytes.indices {
        var damaged = bytes
        damaged[index] ^= 1 << (index % 8)
        try damaged.write(to: URL(fileURLWithPath: out + "/" + name))
        let found = try? problems()
        // Another number of the schema makes it a manifest of another version, which is not read at all.
        let isVersion = name == "manifest.json" && bytes.prefix(index) == Data("{\"schema\":".utf8)
        #expect(found?[name] == (isVersion ? nil : "hash"), "\(name) byte \(index): \(found ?? [:])")
      }
      try bytes.write(to: URL(fileURLWithPath: out + "/" + name))
    }
    #expect(try verify(out).isOK)
  }

  /// Every cut of every file is found; a part is of the wrong size then.
  @Test func findsEveryCut() throws {
    for (name, bytes) in try #require(snapshot(out)) {
      for count in 0..<bytes.count {
        try bytes.prefix(count).write(to: URL(fileURLWithPath: out + "/" + name))
        let isSummedOnly = name == "manifest.json" || name == "report.json"
        #expect(try problems()[name] == (isSummedOnly ? "hash" : "size"), "\(name) cut to \(count)")
      }
      try bytes.write(to: URL(fileURLWithPath: out + "/" + name))
    }
    #expect(try verify(out).isOK)
  }

  /// Every file is missed when it is gone.
  @Test func findsMissingFiles() throws {
    for (name, bytes) in try #require(snapshot(out)) {
      try FileManager.default.removeItem(atPath: out + "/" + name)
      #expect(try problems() == [name: "missing"])
      try base.write(String(decoding: bytes, as: UTF8.self), to: "out/" + name)
    }
  }

  /// Nothing hides below data or rejects: no hidden file, no link, no pipe; the marker stays empty.
  @Test func findsExtraFiles() throws {
    try base.write("", to: "out/data/.hidden")
    try base.write("x", to: "out/data/stage=X/part-00000.jsonl")
    try base.write("x", to: "out/rejects/x")
    try base.write("x", to: "out/data/_SUCCESS")
    try FileManager.default.createSymbolicLink(
      atPath: out + "/data/link", withDestinationPath: "/etc")
    #expect(
      try problems() == [
        "data/.hidden": "extra", "data/link": "extra", "data/stage=X/part-00000.jsonl": "extra",
        "data/_SUCCESS": "size", "rejects/x": "extra",
      ])
    let paths = try verify(out).files.map(\.path)
    #expect(paths == paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  /// An empty directory is none of ours, at any depth; readers may take its name for a partition.
  @Test(arguments: ["data/stage=X", "data/stage=Complete/batch=Y", "rejects/x"])
  func findsEmptyDirectories(path: String) throws {
    try FileManager.default.createDirectory(atPath: out + "/" + path, withIntermediateDirectories: true)
    #expect(try problems() == [path: "extra"])
  }

  /// A directory that nothing was rejected into is one, too.
  @Test func findsAnEmptyRejects() throws {
    try rewriteManifest(files: [])
    try FileManager.default.removeItem(atPath: out + "/rejects/rejects.jsonl")
    #expect(try problems()["rejects"] == "extra")
  }

  /// A link in the place of a file or of a directory is not what was written.
  @Test func followsNoLinks() throws {
    try FileManager.default.moveItem(atPath: out + "/data", toPath: base.path + "/data")
    try FileManager.default.createSymbolicLink(
      atPath: out + "/data", withDestinationPath: base.path + "/data")
    #expect(try problems().values.allSatisfy { $0 == "missing" })
    #expect(try problems().count == 3)
  }

  /// A manifest that names files elsewhere gets to read none of them.
  @Test(arguments: [
    "/etc/passwd", "../secret.jsonl", "data/../../secret.jsonl", "data/x\0y", ".", "", "data",
  ])
  func opensNoHostilePath(_ path: String) throws {
    try base.write("{}\n", to: "secret.jsonl")
    let file = Listed(path: path, rows: 1, bytes: 3, sha256: Digest.sha256(Array("{}\n".utf8)))
    try rewriteManifest(files: [file])
    let found = try problems()
    #expect(found.removing("data/stage=Complete/part-00000.jsonl")[path] == "missing")
  }

  /// Lines are counted, and the last one must end; an honest sum doesn't excuse a wrong count.
  @Test func countsRows() throws {
    let path = "data/part-00000.jsonl"
    for (text, rows, isFine) in [("{}\n{}\n", 2, true), ("{}\n{}\n", 3, false), ("{}\n{}", 1, false)] {
      try base.write(text, to: "out/" + path)
      let bytes = Array(text.utf8)
      let file = Listed(path: path, rows: rows, bytes: bytes.count, sha256: Digest.sha256(bytes))
      try rewriteManifest(files: [file])
      #expect(try problems()[path] == (isFine ? nil : "rows"))
    }
  }

  /// A part that its decoder refuses has a bad frame; one whose bytes changed has a bad hash first.
  @Test func asksTheDecoder() throws {
    struct Refusal: Error {}
    let path = "data/part-00000.jsonl.gz"
    let bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x0A]
    try base.write("", to: "out/" + path)
    try Data(bytes).write(to: URL(fileURLWithPath: out + "/" + path))
    let file = Listed(path: path, rows: 1, bytes: bytes.count, sha256: Digest.sha256(bytes))
    try rewriteManifest(files: [file])
    #expect(try problems()[path] == nil)
    let refusing = Verifier(directory: FilePath(out)) { _, _ in throw Refusal() }
    #expect(try refusing.run(workers: 1).files.contains(.init(path: path, problem: .frame)))
    try Data(bytes.reversed()).write(to: URL(fileURLWithPath: out + "/" + path))
    #expect(try refusing.run(workers: 1).files.contains(.init(path: path, problem: .hash)))
  }

  /// A manifest of a later schema is refused instead of being judged by the wrong rules.
  @Test func refusesALaterSchema() throws {
    try base.write("{\"schema\":2,\"generator\":\"sluice 9\"}\n", to: "out/manifest.json")
    #expect(throws: VerifyError(schema: 2)) { _ = try verify(out) }
  }

  /// The number of workers changes nothing.
  @Test(arguments: [1, 2, 7]) func workersDoNotMatter(_ workers: Int) throws {
    try base.write("x", to: "out/data/extra")
    try base.write("x", to: "out/data/stage=Complete/part-00000.jsonl")
    #expect(try verify(out, workers: workers).files.map(\.problem) == [.extra, .size])
  }

  /// A file as a manifest lists it, with any path.
  private struct Listed {
    var path: String
    var rows: Int
    var bytes: Int
    var sha256: String

    var json: JSONText {
      .object([
        ("path", .text(path)), ("rows", .int(rows)), ("rawBytes", .int(bytes)), ("bytes", .int(bytes)),
        ("sha256", .text(sha256)),
      ])
    }
  }

  private func rewriteManifest(files: [Listed]) throws {
    let report = RunReport(countsAnnotations: false).fileText
    try base.write(String(decoding: report, as: UTF8.self), to: "out/report.json")
    var text = JSONText.object([
      ("schema", .int(1)), ("generator", .text("sluice 0")), ("files", .array(files.map(\.json))),
      ("reportSha256", .text(Digest.sha256(report))), ("rejects", .array([])),
    ]).utf8
    text.removeLast()
    text += ManifestSeal(sha256: Digest.sha256(text)).bytes
    try base.write(String(decoding: text, as: UTF8.self), to: "out/manifest.json")
  }
}

extension Dictionary {
  fileprivate func removing(_ key: Key) -> Self { filter { $0.key != key } }
}
