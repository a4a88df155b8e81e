// `--overwrite` removes what Sluice wrote and nothing else, whatever comes when.

import Foundation
import Storage
import Synchronization
import SystemPackage
import Testing

@testable import Sluice

/// Puts a file somewhere, as somebody else would.
private func put(_ text: String, at path: String) throws {
  try Directory.createWithParents(Path.parent(of: FilePath(path)))
  try Data(text.utf8).write(to: URL(filePath: path))
}

@Suite struct OwnTreeTests {
  private let base: TemporaryDirectory
  private let out: String

  init() throws {
    base = try TemporaryDirectory()
    out = base.path + "/out"
  }

  private func find(_ mostHashes: Int = 1 << 20) throws -> OwnTree.Finding? {
    try #require(try OwnTree(FilePath(out))).find([:], isOwn: { _ in false }, mostHashes: mostHashes)
  }

  /// What is not listed is found wherever it lies, also where so few hashes may be held that the tree is gone
  /// through many times.
  @Test(arguments: [
    "notes.txt", "data/notes.txt", "data/stage=Complete/part-00001.jsonl", "data/stage=Complete/deep/er/x",
    "data/stage=X/part-00000.jsonl", "rejects/reject-0.bin", "other/x", ".hidden",
  ])
  func finds(_ name: String) throws {
    try SmallOutput().write(to: out)
    for mostHashes in [1, 2, 1 << 20] { #expect(try find(mostHashes) == nil) }
    try base.write("x", to: "out/" + name)
    for mostHashes in [1, 2, 1 << 20] {
      guard case .foreign(let path, _) = try find(mostHashes) else {
        Issue.record("\(name) is not found")
        continue
      }
      #expect(name.hasPrefix(String(decoding: path, as: UTF8.self)))
    }
  }

  /// An empty directory, a link under a listed name and a directory under one are not what was written.
  @Test func findsOtherKinds() throws {
    try SmallOutput().write(to: out)
    try FileManager.default.createDirectory(atPath: out + "/data/empty", withIntermediateDirectories: false)
    #expect(try find() == .foreign(path: Array("data/empty".utf8), hasMore: false))
    try Directory.removeTree(FilePath(out + "/data/empty"))
    let part = out + "/data/stage=Complete/part-00000.jsonl"
    try FileManager.default.moveItem(atPath: part, toPath: base.path + "/part")
    #expect(try find() == nil, "a listed file that is gone is no matter")
    try FileManager.default.createSymbolicLink(atPath: part, withDestinationPath: base.path + "/part")
    #expect(try find() == .foreign(path: Array("data/stage=Complete/part-00000.jsonl".utf8), hasMore: false))
    try FileManager.default.removeItem(atPath: part)
    try Directory.create(FilePath(part))
    #expect(try find() == .foreign(path: Array("data/stage=Complete/part-00000.jsonl".utf8), hasMore: false))
  }

  /// A manifest that was changed, cut or is not ours says nothing.
  @Test func readsOnlyIntactManifests() throws {
    try SmallOutput().write(to: out)
    let manifest = URL(filePath: out + "/manifest.json")
    let bytes = try Data(contentsOf: manifest)
    #expect(try OwnTree(FilePath(out))?.rows == 4)
    for changed in [
      bytes.dropLast(), bytes + [0x0A], Data(), Data(bytes.prefix(40)), bytes.replacing([0x34], with: [0x35]),
    ] {
      try changed.write(to: manifest)
      #expect(try OwnTree(FilePath(out)) == nil)
      #expect(throws: OutputError(.badManifest, FilePath(out))) {
        try SmallOutput().write(to: out, overwrite: true)
      }
    }
    try FileManager.default.removeItem(at: manifest)
    #expect(throws: OutputError(.notOurs, FilePath(out))) {
      try SmallOutput().write(to: out, overwrite: true)
    }
  }

  /// Refused and named at the start, and again when hours have passed; the old output stays as it was.
  @Test func refusesTwice() throws {
    try SmallOutput(tag: "old").write(to: out)
    let transaction = try OutputTransaction(directory: FilePath(out), overwrite: true)
    let texts = try SmallOutput().stage(transaction)
    try base.write("mine", to: "out/data/notes.txt")
    let old = snapshot(out)
    let refusal = OutputError(
      .holdsForeign, FilePath(out + "/data/notes.txt"), directory: FilePath(out))
    #expect(throws: refusal) { try transaction.commit(manifest: texts.manifest, report: texts.report) }
    transaction.abort()
    #expect(throws: refusal) { try SmallOutput().write(to: out, overwrite: true) }
    #expect(snapshot(out) == old)
    #expect(try base.names() == ["out"])
  }

  /// What comes too late to be refused is put aside.
  @Test(
    arguments: [CommitWay.exchange, .exchangeRefused, .mountPointOver], ["notes.txt", "data/x/notes.txt"])
  func keepsWhatComesLate(_ way: CommitWay, _ name: String) throws {
    try way.prepare(out)
    let transaction = try OutputTransaction(
      directory: FilePath(out), overwrite: true,
      system: way.system { [out] step in if step == .publish { try put("mine", at: out + "/" + name) } })
    let texts = try SmallOutput().stage(transaction)
    let outcome = try transaction.commit(manifest: texts.manifest, report: texts.report)
    #expect(outcome.unsynchronized == nil)
    if way != .exchange, !name.contains("/") {
      // At the top of a directory that stays nothing is touched.
      #expect(outcome.kept == [] && snapshot(out)?[name] == Data("mine".utf8))
    } else {
      let kept = try #require(outcome.kept.first).string
      #expect(snapshot(kept)?[name] == Data("mine".utf8))
      #expect(snapshot(kept)?.keys.contains { $0.contains("part-") } == false, "what is ours is removed")
      #expect(kept.contains("sluice-kept-"))
    }
    #expect(try verify(out).isOK)
  }

  /// Also where the run dies before it has removed the old tree: the next one does, and keeps what is not ours.
  @Test(arguments: [CommitWay.exchange, .exchangeRefused, .mountPointOver])
  func keepsWhatADeadRunLeft(_ way: CommitWay) throws {
    struct Crash: Error {}
    try way.prepare(out)
    let last: OutputStep = way == .exchange ? .synchronizeParent : .removeOld
    #expect(throws: Crash.self) {
      try SmallOutput().write(
        to: out, overwrite: true,
        system: way.system { [out] step in
          if step == .publish { try put("mine", at: out + "/data/notes.txt") }
          if step == last { throw Crash() }
        })
    }
    var kept: [FilePath]?
    do {
      let transaction = try OutputTransaction(
        directory: FilePath(out), overwrite: true, system: way.system { _ in })
      let texts = try SmallOutput().stage(transaction)
      kept = try transaction.commit(manifest: texts.manifest, report: texts.report).kept
    } catch let error as OutputError {
      // On a mount point it lies in the directory itself, and is refused there.
      #expect(way == .mountPointOver && error.code == .holdsForeign)
    }
    #expect(way == .mountPointOver || kept?.count == 1)
    let all = snapshot(base.path) ?? [:]
    let aside = all.filter { $0.key.contains("sluice-kept-") }
    #expect(aside.first { $0.key.hasSuffix("/data/notes.txt") }?.value == Data("mine".utf8))
    #expect(!aside.keys.contains { $0.contains("part-") })
    #expect(try verify(out).isOK)
  }

  /// What is put under a name that the new tree is about to take is not written over.
  @Test func keepsWhatIsInTheWay() throws {
    let way = CommitWay.exchangeRefused
    try way.prepare(out)
    let isFirst = Mutex(true)
    let transaction = try OutputTransaction(
      directory: FilePath(out), overwrite: true,
      system: way.system { [out] step in
        guard step == .moveIn,
          isFirst.withLock({ first in
            defer { first = false }; return first
          })
        else { return }
        try put("mine", at: out + "/report.json")
      })
    let texts = try SmallOutput().stage(transaction)
    let outcome = try transaction.commit(manifest: texts.manifest, report: texts.report)
    let kept = try #require(outcome.kept.first).string
    #expect(FileManager.default.contents(atPath: kept) == Data("mine".utf8))
    #expect(try verify(out).isOK)
  }

  /// A result without rows does not replace one that has rows, unless it is meant to.
  @Test(arguments: [CommitWay.exchange, .exchangeRefused, .mountPointOver])
  func doesNotEmpty(_ way: CommitWay) throws {
    try way.prepare(out)
    let old = snapshot(out)
    let transaction = try OutputTransaction(
      directory: FilePath(out), overwrite: true, system: way.system { _ in })
    let texts = try SmallOutput().stage(transaction)
    #expect(throws: OutputError(.wouldEmpty, FilePath(out))) {
      try transaction.commit(manifest: texts.manifest, report: texts.report, mayEmpty: false)
    }
    transaction.abort()
    #expect(snapshot(out) == old)
  }

  /// No path in a list leads through a link.
  @Test func removesThroughNoLink() throws {
    try base.write("mine", to: "elsewhere/part")
    try base.write("ours", to: "tree/a/part")
    try FileManager.default.createSymbolicLink(
      atPath: base.path + "/tree/link", withDestinationPath: base.path + "/elsewhere")
    let remover = try FileRemover(below: FilePath(base.path + "/tree"))
    for path in ["link/part", "a/part", "a/missing", "missing/part", "link"] {
      try remover.remove(Array(path.utf8))
    }
    try remover.finish()
    #expect(snapshot(base.path + "/elsewhere") == ["part": Data("mine".utf8)])
    #expect(try FileManager.default.contentsOfDirectory(atPath: base.path + "/tree") == ["link"])
  }
}
