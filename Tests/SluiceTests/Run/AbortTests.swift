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
    let texts = try SmallOutput().stage(transaction)
    try transaction.commit(manifest: texts.manifest, report: texts.report)
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
    #expect(FileManager.default.fileExists(atPath: directory + "/data/stage=Complete/part-00000.jsonl"))
    #expect(handle.transaction.withLock { $0?.isCommitted } == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
  }

  /// Files that are made while the run is given up make nothing anew of what has been removed.
  @Test func makesNothingAnew() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for _ in 0..<20 {
      let transaction = try OutputTransaction(directory: FilePath(directory))
      let started = DispatchSemaphore(value: 0)
      let ended = DispatchGroup()
      for thread in 0..<4 {
        DispatchQueue.global().async(group: ended) {
          started.signal()
          for number in 0..<200 {
            _ = try? transaction.createFile("data/stage=\(thread)/batch=\(number)/part-00000.jsonl")
          }
        }
      }
      started.wait()
      transaction.abort()
      ended.wait()
      #expect(throws: (any Error).self) { _ = try transaction.createFile("data/late/part-00000.jsonl") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
  }

  /// Who gives the run up while its transaction is being made waits for it, and finds it.
  @Test func findsWhatIsBeingMade() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let monitor = RunMonitor()
    let ended = DispatchGroup()
    _ = try monitor.watch {
      DispatchQueue.global().async(group: ended) { #expect(monitor.abandon()) }
      let transaction = try OutputTransaction(directory: FilePath(directory))
      Thread.sleep(forTimeInterval: 0.05)
      return transaction
    }
    ended.wait()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    monitor.cancel()
    #expect(throws: RunError.self) {
      _ = try monitor.watch { try OutputTransaction(directory: FilePath(directory)) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }
}
