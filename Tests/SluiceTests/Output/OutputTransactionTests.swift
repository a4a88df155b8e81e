import Foundation
import Storage
import Synchronization
import SystemPackage
import Testing

@testable import Sluice

@Suite struct OutputTransactionTests {
  private let base: TemporaryDirectory
  private let out: String

  init() throws {
    base = try TemporaryDirectory()
    out = base.path + "/out"
  }

  /// A commit leaves the tree of the documentation and nothing beside it.
  @Test func publishesTheWholeTree() throws {
    try SmallOutput().write(to: out)
    #expect(try base.names() == ["out"])
    let files = try #require(snapshot(out))
    #expect(
      files.keys.sorted() == [
        "data/_SUCCESS", "data/stage=Complete/part-00000.jsonl", "data/stage=Needs Review/part-00000.jsonl",
        "manifest.json", "rejects/rejects.jsonl", "report.json",
      ])
    #expect(files["data/_SUCCESS"] == Data())
    #expect(try verify(out).isOK)
  }

  /// Files that were handed over with their last byte are durable by the commit, however many they are.
  @Test func handedOverFilesBecomeDurable() throws {
    let transaction = try OutputTransaction(directory: FilePath(out))
    var sinks: [FileSink] = []
    for number in 0..<300 {
      let sink = try transaction.createFile("data/batch=\(number)/part-00000.jsonl")
      try sink.append(Array("\(number)\n".utf8))
      try transaction.finish(sink)
      sinks.append(sink)
    }
    #expect(sinks.contains { $0.isFinished } && !sinks.allSatisfy { $0.isFinished })
    #expect(transaction.stagedBytes == (0..<300).reduce(0) { $0 + "\($1)\n".utf8.count })
    try transaction.commit(manifest: [], report: [])
    #expect(sinks.allSatisfy { $0.isFinished })
    let files = try #require(snapshot(out))
    for number in 0..<300 {
      #expect(files["data/batch=\(number)/part-00000.jsonl"] == Data("\(number)\n".utf8))
    }
  }

  /// Until the commit there is nothing to see, and after an abort nothing at all.
  @Test func abortLeavesNothing() throws {
    let deep = base.path + "/a/b/out"
    let transaction = try OutputTransaction(directory: FilePath(deep))
    _ = try SmallOutput().stage(transaction)
    #expect(snapshot(deep) == nil)
    transaction.abort()
    transaction.abort()
    #expect(try base.names() == [])
  }

  /// While it is staged nothing has a name that a lake's glob would pick up from outside DIR.
  @Test func stagesUnderHiddenNames() throws {
    let transaction = try OutputTransaction(directory: FilePath(out))
    #expect(try base.names().allSatisfy { $0.hasPrefix(".out.sluice-") && !$0.hasSuffix(".jsonl.zst") })
    #expect(FileManager.default.fileExists(atPath: transaction.scratchDirectory.string))
    transaction.abort()
  }

  /// Missing parents are made; an empty directory is as good as none and keeps its mode.
  @Test func takesMissingParentsAndEmptyDirectories() throws {
    let deep = base.path + "/a/b/out/"
    try SmallOutput().write(to: deep)
    #expect(try verify(deep).isOK)
    try FileManager.default.createDirectory(
      atPath: out, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o710])
    try SmallOutput().write(to: out)
    #expect(try verify(out).isOK)
    #expect(try FileManager.default.attributesOfItem(atPath: out)[.posixPermissions] as? Int == 0o710)
  }

  /// What is there stays there unless the user says otherwise, and `--overwrite` only takes our own.
  @Test func refusesWhatIsThere() throws {
    try SmallOutput(tag: "old").write(to: out)
    let old = snapshot(out)
    #expect(throws: OutputError(.notEmpty, FilePath(out))) { try SmallOutput().write(to: out) }
    #expect(snapshot(out) == old)
    try SmallOutput(tag: "new").write(to: out, overwrite: true)
    #expect(snapshot(out) != old)
    #expect(try verify(out).isOK)

    let foreign = base.path + "/foreign"
    try base.write("{\"schema\":1,\"generator\":\"other 1\"}", to: "foreign/manifest.json")
    #expect(throws: OutputError(.badManifest, FilePath(foreign))) {
      try SmallOutput().write(to: foreign, overwrite: true)
    }
    try base.write("x", to: "file")
    #expect(throws: OutputError(.notADirectory, FilePath(base.path + "/file"))) {
      try SmallOutput().write(to: base.path + "/file", overwrite: true)
    }
    #expect(try base.names() == ["file", "foreign", "out"])
  }

  /// One run at a time writes to a directory, by whatever name it is called.
  @Test func refusesASecondLiveRun() throws {
    try SmallOutput().write(to: out)
    try FileManager.default.createSymbolicLink(atPath: base.path + "/link", withDestinationPath: "out")
    let first = try OutputTransaction(directory: FilePath(out), overwrite: true)
    for name in [out, out + "//", base.path + "/link", base.path + "/./x/../out"] {
      try FileManager.default.createDirectory(
        atPath: base.path + "/x", withIntermediateDirectories: true)
      #expect(throws: OutputError(.inUse, FilePath(name))) {
        _ = try OutputTransaction(directory: FilePath(name), overwrite: true)
      }
    }
    let texts = try SmallOutput(tag: "first").stage(first)
    try first.commit(manifest: texts.manifest, report: texts.report)
    #expect(try verify(out).isOK)
  }

  /// A symbolic link stays one, and what it leads to is replaced; one that leads nowhere is refused.
  @Test func followsALinkToTheDirectory() throws {
    try SmallOutput(tag: "old").write(to: out)
    let link = base.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: out)
    try SmallOutput(tag: "new").write(to: link, overwrite: true)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == out)
    #expect(try verify(link).isOK)
    let dangling = base.path + "/dangling"
    try FileManager.default.createSymbolicLink(atPath: dangling, withDestinationPath: "nowhere")
    #expect(throws: OutputError(.notADirectory, FilePath(dangling))) { try SmallOutput().write(to: dangling) }
  }

  /// A directory that fills while the run works is not replaced.
  @Test func looksAgainBeforeTheCommit() throws {
    let transaction = try OutputTransaction(directory: FilePath(out))
    let (manifest, report) = try SmallOutput().stage(transaction)
    try base.write("mine", to: "out/notes.txt")
    #expect(throws: OutputError(.notEmpty, FilePath(out))) {
      try transaction.commit(manifest: manifest, report: report)
    }
    transaction.abort()
    #expect(snapshot(out) == ["notes.txt": Data("mine".utf8)])
    #expect(try base.names() == ["out"])
  }

  /// A part that was never made durable can't be committed.
  @Test func refusesUnfinishedFiles() throws {
    let transaction = try OutputTransaction(directory: FilePath(out))
    let (manifest, report) = try SmallOutput().stage(transaction)
    let open = try transaction.createFile("data/open.jsonl")
    #expect(throws: OutputError(.unfinished, open.path)) {
      try transaction.commit(manifest: manifest, report: report)
    }
    transaction.abort()
  }

  /// No path leads out of the tree, onto the marker or over a file that exists.
  @Test(arguments: [
    "", "/", "data", "data/", "data//x", "data/../x", "../x", "/data/x", "data/./x", "data/x\0y",
    "data/_SUCCESS", "manifest.json", "other/x", "rejects/..",
  ])
  func refusesHostilePaths(_ path: String) throws {
    let transaction = try OutputTransaction(directory: FilePath(out))
    #expect(throws: OutputError(.badPath, FilePath(path))) { _ = try transaction.createFile(path) }
    transaction.abort()
    #expect(try base.names() == [])
  }

  /// Two spellings of one letter are two directories, since names are bytes.
  @Test func keepsUnicodeSpellingsApart() throws {
    let transaction = try OutputTransaction(directory: FilePath(out))
    for value in ["\u{E9}", "e\u{301}"] {
      let component = PartitionPath.component(key: "stage", value: Array(value.utf8))
      try transaction.createFile("data/\(component)/part-00000.jsonl").finish()
    }
    #expect(throws: StorageError.self) {
      try transaction.createFile("data/stage=\u{E9}/part-00000.jsonl").finish()
    }
    transaction.abort()
  }

  /// A long name leaves room for what staging adds to it.
  @Test func takesLongDirectoryNames() throws {
    let long = base.path + "/" + String(repeating: "é", count: 127)
    try SmallOutput().write(to: long)
    #expect(try verify(long).isOK)
    #expect(try base.names().count == 1)
  }

  /// Scratch goes where `--temp` says, goes away with the run, and a dead run's with the next one.
  @Test func keepsScratchElsewhere() throws {
    let temp = base.path + "/temp"
    try Directory.create(FilePath(temp))
    let live = try OutputTransaction(
      directory: FilePath(base.path + "/live"), temporaryDirectory: FilePath(temp))
    var dead: OutputTransaction? = try OutputTransaction(
      directory: FilePath(base.path + "/dead"), temporaryDirectory: FilePath(temp))
    let abandoned = try #require(dead?.scratchDirectory)
    _ = try SpoolFile(in: abandoned)
    dead = nil
    #expect(FileManager.default.fileExists(atPath: abandoned.string))
    try SmallOutput().write(to: out, temporaryDirectory: temp)
    #expect(!FileManager.default.fileExists(atPath: abandoned.string))
    #expect(FileManager.default.fileExists(atPath: live.scratchDirectory.string))
    live.abort()
    #expect(try FileManager.default.contentsOfDirectory(atPath: temp) == [])
  }

  /// Leftovers are told by their exact shape: a directory that merely looks alike stays.
  @Test func clearsOnlyLeftovers() throws {
    let suffix = "-123-0123456789abcdef"
    try base.write("x", to: ".out.sluice-staging\(suffix)/tree/data/x")
    let kept = [".out.sluice-staging-1-2.sluice-staging\(suffix)/x", ".other.sluice-staging\(suffix)/x"]
    for name in kept { try base.write("x", to: name) }
    try SmallOutput().write(to: out)
    #expect(try base.names() == (kept.map { String($0.dropLast(2)) } + ["out"]).sorted())
  }
}
