import Foundation
import Storage
import Synchronization
import SystemPackage
import Testing

@testable import Sluice

/// The ways a tree can be put in place.
enum CommitWay: String, CaseIterable {
  case fresh, empty, exchange, exchangeRefused, mountPoint, mountPointOver

  var hasOld: Bool { self == .exchange || self == .exchangeRefused || self == .mountPointOver }

  /// The system as this way wants it, calling `before` at each step.
  func system(_ before: @escaping @Sendable (OutputStep) throws -> Void) -> OutputSystem {
    var system = OutputSystem()
    system.before = before
    if self == .exchangeRefused {
      system.exchange = { throw StorageError(operation: "exchange", path: $1, errno: .invalidArgument) }
    }
    if self == .mountPoint || self == .mountPointOver {
      system.isMountPoint = { $0.ends(with: "out") }
    }
    return system
  }

  /// Prepares `directory` as it is before the run.
  func prepare(_ directory: String) throws {
    if hasOld { try SmallOutput(tag: "old").write(to: directory) }
    if self == .empty || self == .mountPoint {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }
  }
}

/// Thrown where a process would have died.
private struct Crash: Error {}

/// Stops a run at its n-th step and counts the steps.
private final class Fuse: Sendable {
  private let count = Mutex(0)
  private let limit: Int

  init(_ limit: Int = .max) { self.limit = limit }

  var steps: Int { count.withLock { $0 } }

  func burn() throws {
    let step = count.withLock { count in
      count += 1
      return count
    }
    if step == limit { throw Crash() }
  }
}

@Suite struct CrashTests {
  /// How many steps a run has that nothing stops.
  private func steps(_ way: CommitWay) throws -> Int {
    let base = try TemporaryDirectory()
    let fuse = Fuse()
    try way.prepare(base.path + "/out")
    try SmallOutput().write(
      to: base.path + "/out", overwrite: way.hasOld, system: way.system { _ in try fuse.burn() })
    return fuse.steps
  }

  /// What the old and the new tree look like.
  private func trees() throws -> (old: [String: Data]?, new: [String: Data]?) {
    let base = try TemporaryDirectory()
    for tag in ["old", "new"] { try SmallOutput(tag: tag).write(to: base.path + "/" + tag) }
    return (snapshot(base.path + "/old"), snapshot(base.path + "/new"))
  }

  /// Lets a second run look at what a crash left, and gives the tree once it has.
  private func recover(_ out: String, _ way: CommitWay) throws -> [String: Data]? {
    while true {
      do {
        try OutputTransaction(directory: FilePath(out), system: way.system { _ in }).abort()
      } catch let error as OutputError where error.code == .inUse {
        wait()
        continue
      } catch is OutputError {
        // Something complete is there: that is what is to be seen.
      }
      return snapshot(out)
    }
  }

  /// A child of another test, between its fork and its exec, holds a copy of every lock of this process.
  private func wait() { Thread.sleep(forTimeInterval: 0.005) }

  /// Stopped anywhere, a run leaves the old tree, nothing, or the complete new one once the next run
  /// has looked at it, and no leftovers then.
  @Test(arguments: CommitWay.allCases)
  func everyStepCanBeTheLast(_ way: CommitWay) throws {
    let (old, new) = try trees()
    var outcomes: Set<String> = []
    for step in 1...(try steps(way)) {
      let base = try TemporaryDirectory()
      let out = base.path + "/out"
      try way.prepare(out)
      let fuse = Fuse(step)
      #expect(throws: Crash.self) {
        try SmallOutput().write(
          to: out, overwrite: way.hasOld, system: way.system { _ in try fuse.burn() })
      }
      let files = try recover(out, way)
      if files == new {
        outcomes.insert("new")
      } else {
        #expect(way.hasOld ? files == old : (files ?? [:]).isEmpty, "step \(step)")
        outcomes.insert("old")
      }
      #expect(try base.names().filter { $0 != "out" } == [], "step \(step)")
    }
    #expect(outcomes == ["old", "new"])
  }

  /// A recovery may be stopped as well, any number of times.
  @Test(arguments: [CommitWay.exchangeRefused, .mountPointOver])
  func recoveryCanBeStoppedToo(_ way: CommitWay) throws {
    let (old, new) = try trees()
    for step in 1...(try steps(way)) {
      let base = try TemporaryDirectory()
      let out = base.path + "/out"
      try way.prepare(out)
      let fuse = Fuse(step)
      try? SmallOutput().write(to: out, overwrite: true, system: way.system { _ in try fuse.burn() })
      // Every recovery gets one step further than the one before.
      for allowed in 1... {
        let fuse = Fuse(allowed)
        do {
          try OutputTransaction(directory: FilePath(out), system: way.system { _ in try fuse.burn() }).abort()
          break
        } catch is Crash {
          continue
        } catch let error as OutputError where error.code == .inUse {
          wait()
          continue
        } catch is OutputError {
          break
        }
      }
      let files = snapshot(out)
      #expect(files == old || files == new, "step \(step)")
    }
  }

  /// Between the old tree and the new there is no manifest and no mixture of rows.
  @Test(arguments: [CommitWay.exchangeRefused, .mountPointOver])
  func neverShowsAMixture(_ way: CommitWay) throws {
    let base = try TemporaryDirectory()
    let out = base.path + "/out"
    try way.prepare(out)
    let system = way.system { _ throws in
      let files = (snapshot(out) ?? [:]).filter { !$0.key.hasPrefix(".") }
      let rows = files.filter { $0.key.hasPrefix("data/stage") }.values
      let tags = Set(rows.map { String(decoding: $0, as: UTF8.self).contains("\"old\"") })
      #expect(tags.count <= 1)
      if files["manifest.json"] != nil { #expect(try verify(out).files.isEmpty) }
    }
    try SmallOutput().write(to: out, overwrite: true, system: system)
    #expect(try verify(out).isOK)
  }

  /// A file that somebody puts into DIR before the recovery is not taken for an old one.
  @Test func recoveryKeepsForeignFiles() throws {
    let way = CommitWay.exchangeRefused
    let base = try TemporaryDirectory()
    let out = base.path + "/out"
    try way.prepare(out)
    try? SmallOutput().write(
      to: out, overwrite: true,
      system: way.system { step in if step == .retire { throw Crash() } })
    try base.write("mine", to: "out/notes.txt")
    let files = try #require(try recover(out, way))
    #expect(files["notes.txt"] == Data("mine".utf8))
    #expect(try verify(out).isOK)
  }

  /// Every refusal that means "not here" leads to the journal; any other is the run's failure, and the
  /// old tree stays.
  @Test(arguments: [
    Errno.invalidArgument, .noFunction, .notSupported, .notSupportedOnSocket, .resourceBusy,
    .improperLink, .permissionDenied, .ioError,
  ])
  func tellsRefusalsFromFailures(_ code: Errno) throws {
    let base = try TemporaryDirectory()
    let out = base.path + "/out"
    try SmallOutput(tag: "old").write(to: out)
    let old = snapshot(out)
    var system = OutputSystem()
    system.exchange = { throw StorageError(operation: "exchange", path: $1, errno: code) }
    let isFailure = code == .permissionDenied || code == .ioError
    do {
      let transaction = try OutputTransaction(directory: FilePath(out), overwrite: true, system: system)
      let texts = try SmallOutput().stage(transaction)
      if isFailure {
        #expect(throws: StorageError.self) {
          try transaction.commit(manifest: texts.manifest, report: texts.report)
        }
        transaction.abort()
      } else {
        try transaction.commit(manifest: texts.manifest, report: texts.report)
      }
    }
    #expect((snapshot(out) == old) == isFailure)
    #expect(try verify(out).isOK)
    #expect(try base.names() == ["out"])
  }

  /// What `kill -9` leaves is no different from what the other tests simulate: the lock is free.
  @Test func survivesKill() async throws {
    let base = try TemporaryDirectory()
    let out = base.path + "/out"
    try SmallOutput(tag: "old").write(to: out)
    let old = snapshot(out)
    await #expect(processExitsWith: .signal(SIGKILL)) { [out = out as String] in
      let transaction = try OutputTransaction(directory: FilePath(out), overwrite: true)
      _ = try SmallOutput().stage(transaction)
      kill(getpid(), SIGKILL)
    }
    #expect(try base.names().count == 3)
    #expect(snapshot(out) == old)
    try SmallOutput().write(to: out, overwrite: true)
    #expect(try base.names() == ["out"])
  }

  /// A run into the directory it works in leaves that directory in place.
  @Test func keepsTheWorkingDirectory() async throws {
    let base = try TemporaryDirectory()
    let out = base.path + "/out"
    try SmallOutput(tag: "old").write(to: out)
    await #expect(processExitsWith: .success) { [out = out as String] in
      #expect(FileManager.default.changeCurrentDirectoryPath(out))
      try SmallOutput().write(to: ".", overwrite: true)
      #expect(FileManager.default.fileExists(atPath: "manifest.json"))
      try SmallOutput().write(to: "../relative")
    }
    #expect(try verify(out).isOK)
    #expect(try base.names() == ["out", "relative"])
  }
}
