// A run may be given up by another thread at any moment, also while it commits.

import Foundation
import Storage
import Synchronization
import SystemPackage
import Testing

@testable import Sluice

@Suite struct AbortTests {
  private final class Handle: Sendable {
    let transaction = Mutex<OutputTransaction?>(nil)
    func abort() { transaction.withLock { $0 }?.abort() }
  }

  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "sluice-abort-\(UInt64.random(in: 0 ... .max))")

  private var directory: String { folder.appending(path: "out").path }

  private func commit(overwrite: Bool = false, _ system: OutputSystem, _ handle: Handle) throws {
    let transaction = try OutputTransaction(
      directory: FilePath(directory), overwrite: overwrite, system: system)
    handle.transaction.withLock { $0 = transaction }
    let sink = try transaction.createFile("data/part-00000.jsonl")
    try sink.append(Array("{}\n".utf8))
    try sink.finish()
    try transaction.commit(manifest: Array((ManifestText.start + "x").utf8), report: [])
  }

  /// Aborted when it is about to be published, nothing is published: what has been removed must never get
  /// the directory's name.
  @Test func publishesNothingThatWasAborted() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let handle = Handle()
    var system = OutputSystem()
    system.before = { if $0 == .publish { handle.abort() } }
    #expect(throws: RunError.self) { try commit(system, handle) }
    #expect(!FileManager.default.fileExists(atPath: directory))
    #expect(handle.transaction.withLock { $0?.isPublished } == false)
  }

  /// Aborted while it is put in place, a tree is put in place whole.
  @Test func finishesWhatIsBeingPublished() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try commit(OutputSystem(), Handle())
    let handle = Handle()
    var system = OutputSystem()
    system.exchange = { old, new in
      handle.abort()
      try Rename.exchange(old, new)
    }
    try commit(overwrite: true, system, handle)
    #expect(FileManager.default.fileExists(atPath: directory + "/data/part-00000.jsonl"))
    #expect(handle.transaction.withLock { $0?.isCommitted } == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
  }
}
