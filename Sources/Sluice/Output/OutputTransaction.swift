// All output or none. Files are written into a staging directory beside DIR, in the shape they will
// have, and appear by one rename:
//
//   .NAME.sluice-lock                     held by the run; free once it is dead, however it died
//   .NAME.sluice-staging-PID-RANDOM/
//     tree/{data/…,rejects/…,report.json,manifest.json}   what DIR will be
//     scratch/                            spool and spill files, unless --temp names another place
//
// Killed before the rename: DIR is as it was, and the next run clears the staging. Killed after it: the
// new tree is complete, and what the next run clears is the old one, of which it removes what the manifest
// lists and keeps what somebody else put there (OwnTree). Neither staging nor scratch names
// end in .jsonl.zst, since DuckDB's ** looks into hidden directories too. Where one rename can't do it,
// see JournaledCommit.

internal import Pipeline
package import Storage
internal import Synchronization
package import SystemPackage

/// The points at which a run can be stopped by a test.
package enum OutputStep: Sendable {
  case recover, clearLeftovers, makeStaging
  case writeReport, writeManifest, synchronize, writeSuccess, publish
  case writeJournal, enterJournal, retire, markReady, moveIn, removeJournal, removeOld
  case synchronizeParent, removeStaging
}

/// The calls that a test replaces, to have a refusal or a crash when it wants one.
package struct OutputSystem: Sendable {
  package var exchange: @Sendable (FilePath, FilePath) throws -> Void = { try Rename.exchange($0, $1) }
  package var isMountPoint: @Sendable (FilePath) -> Bool = { Path.isMountPoint($0) }
  package var before: @Sendable (OutputStep) throws -> Void = { _ in }
  package init() {}
}

/// What is to be said of a commit once the new tree stands.
package struct CommitOutcome: Sendable {
  /// Why the new names may not survive a power cut; nil if they do.
  package var unsynchronized: StorageError?
  /// Why the old tree could not be removed; the next run tries again.
  package var untidied: StorageError?
  /// Where that went which was in the old tree and is not ours.
  package var kept: [FilePath] = []
}

/// One run's output: staged, then committed or aborted.
///
/// Dropped without either, it leaves its staging to the next run, as a crash does.
package final class OutputTransaction: Sendable {
  private let destination: OutputDestination
  private let system: OutputSystem
  private let overwrite: Bool
  private let inputs: InputFiles
  private let lock: FileLock
  private let staging: FilePath
  /// What DIR will be.
  private let tree: FilePath
  private let scratch: ScratchDirectory?
  private let state = Mutex(State())

  private struct State {
    var unfinished: [FileSink] = []
    var watermark = 64
    /// How many files the new tree has.
    var files = 0
    /// Written, closed by nobody yet, and not durable.
    var undurable: [FileSink] = []
    var undurableBytes = 0
    /// Of the files that are in neither list any more.
    var durableBytes = 0
    /// From here until the tree is in place, or was refused, nothing of it may be removed.
    var isPublishing = false
    var isCommitted = false
    /// Whether what is staged is the tree that was replaced.
    var holdsOldTree = false
    var isOver = false
    /// What was put aside of trees that were replaced.
    var kept: [FilePath] = []
  }

  /// How many files wait to be made durable together.
  ///
  /// One at a time would wait for the disk's journal again and again, where one entry there serves all that
  /// wait; but descriptors are few.
  private static let mostUndurableFiles = max(1, min(128, CurrentProcess.mostOpenFiles / 8))
  /// How many bytes wait: a disk that has nothing to do for long has too much to do at the end.
  private static let mostUndurableBytes = 64 << 20
  private static let synchronizers = min(32, mostUndurableFiles)
  /// Held while files are made durable, so that no more of them are open than twice the most.
  private let synchronization = Mutex(())

  /// Held while what was staged is removed, so that whoever aborts second waits for the first.
  private let removal = Mutex(())

  /// Takes the lock, makes good what dead runs left and stages a new tree.
  ///
  /// - Parameters:
  ///   - directory: Where the output will be; missing parents are made.
  ///   - overwrite: Whether an earlier output of Sluice may be replaced.
  ///   - temporaryDirectory: Where spool and spill files go, nil for the staging directory.
  ///   - inputs: What the run reads, none of which may lie in a directory that is replaced.
  ///   - system: The calls that a test replaces.
  /// - Throws: `OutputError` when the directory may not be written to, `StorageError`.
  package init(
    directory: FilePath, overwrite: Bool = false, temporaryDirectory: FilePath? = nil,
    inputs: [FileIdentity: FilePath] = [:], system: OutputSystem = OutputSystem()
  ) throws {
    let destination = try OutputDestination(directory, isMountPoint: system.isMountPoint)
    self.destination = destination
    self.system = system
    self.overwrite = overwrite
    self.inputs = inputs
    do {
      guard let lock = try FileLock(acquiring: destination.lockPath) else {
        throw OutputError(.inUse, directory)
      }
      self.lock = lock
    } catch {
      destination.removeMadeParents()
      throw error
    }
    staging = destination.newStaging()
    tree = staging.appending("tree")
    do {
      try destination.checkTemporary(temporaryDirectory)
      let kept = try destination.recoverAndClean(system)
      state.withLock { $0.kept = kept }
      _ = try destination.check(overwrite: overwrite, inputs: inputs)
      try system.before(.makeStaging)
      try Directory.create(staging)
      try Directory.create(tree)
      try Directory.create(tree.appending("data"))
      scratch = try temporaryDirectory.map(ScratchDirectory.init(below:))
      if scratch == nil { try Directory.create(staging.appending("scratch")) }
    } catch {
      // Refused, so nothing of this run may stay; a simulated crash is no refusal.
      if error is OutputError || error is StorageError {
        try? Directory.removeTree(staging)
        lock.removeFile()
        destination.removeMadeParents()
      }
      throw error
    }
  }

  /// A directory for spool and spill files, emptied with the run.
  package var scratchDirectory: FilePath { scratch?.path ?? staging.appending("scratch") }

  /// Whether the new tree is in place: from then on the run has succeeded.
  package var isCommitted: Bool { state.withLock { $0.isCommitted } }

  /// Whether the new tree is in place or on its way there: too late to abort.
  var isPublished: Bool { state.withLock { $0.isCommitted || $0.isPublishing } }

  /// How many bytes the files of the new tree have taken.
  var stagedBytes: Int {
    state.withLock { state in state.unfinished.reduce(state.durableBytes) { $0 + $1.bytesWritten } }
  }

  /// Creates a file of the new tree, and its directories.
  ///
  /// Any thread may call it. Before the commit every sink must be finished: by `finish(_:)`, or by itself.
  ///
  /// - Parameter path: Where it goes, below `data/` or `rejects/`.
  /// - Returns: The file, empty.
  /// - Throws: `OutputError` for a path that leads elsewhere, `StorageError`.
  package func createFile(_ path: String) throws -> FileSink {
    let components = path.utf8.split(separator: 0x2F)
    guard TreePath.isSafe(path), components.count > 1, path != "data/_SUCCESS",
      components[0].elementsEqual("data".utf8) || components[0].elementsEqual("rejects".utf8)
    else { throw OutputError(.badPath, FilePath(path)) }
    // What is removed meanwhile must not be made anew.
    if state.withLock({ $0.isOver }) { throw RunError(.interrupted, "the run was interrupted") }
    let sink = try create(path)
    state.withLock { state in
      state.files += 1
      state.unfinished.append(sink)
      // Finished sinks are dropped now and then: there may be a hundred thousand.
      guard state.unfinished.count >= state.watermark else { return }
      state.durableBytes += state.unfinished.reduce(0) { $0 + ($1.isFinished ? $1.bytesWritten : 0) }
      state.unfinished.removeAll(where: \.isFinished)
      state.watermark = max(64, 2 * state.unfinished.count)
    }
    return sink
  }

  /// Notes that a file is complete; the commit makes it durable.
  ///
  /// Any thread may call it.
  ///
  /// - Parameter sink: A file that `createFile(_:)` made.
  /// - Throws: `StorageError`, for this file or for one that was given here before.
  package func finish(_ sink: FileSink) throws {
    let isEnough = state.withLock { state in
      state.undurable.append(sink)
      state.undurableBytes += sink.bytesWritten
      return state.undurable.count >= Self.mostUndurableFiles
        || state.undurableBytes >= Self.mostUndurableBytes
    }
    if isEnough { try makeDurable() }
  }

  /// Makes durable what was finished.
  ///
  /// The descriptors they were written by are synchronized, and not new ones: an error of writing back is
  /// told to those that were open at the time.
  private func makeDurable() throws {
    try synchronization.withLock { _ in
      let sinks = state.withLock { state in
        defer { (state.undurable, state.undurableBytes) = ([], 0) }
        return state.undurable
      }
      try forEach(sinks) { try $0.finish() }
    }
  }

  private func forEach<Item: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) throws -> Void
  ) throws {
    let group = WorkerGroup(count: min(Self.synchronizers, items.count))
    try group.forEach(below: items.count) { try body(items[$0]) }
  }

  /// Creates a file of the new tree.
  ///
  /// The directories it needs are made below the tree, and the tree itself is not: it may have been removed by
  /// whoever gave the run up.
  private func create(_ path: String) throws -> FileSink {
    let file = tree.pushing(FilePath(path))
    do {
      return try FileSink(creating: file)
    } catch  where error.errno == .noSuchFileOrDirectory {
      try makeDirectories(of: path)
      return try FileSink(creating: file)
    }
  }

  // A function of its own: inside the catch clause above the compiler (6.3.1) never ends.
  private func makeDirectories(of path: String) throws(StorageError) {
    var directory = tree
    for name in path.utf8.split(separator: UInt8(ascii: "/")).dropLast() {
      directory.push(FilePath(bytes: name))
      do throws(StorageError) {
        try Directory.create(directory)
      } catch {
        if error.errno != .fileExists { throw error }
      }
    }
  }

  /// Makes the new tree durable and puts it in place.
  ///
  /// - Parameters:
  ///   - manifest: The text of `manifest.json`.
  ///   - report: The text of `report.json`.
  ///   - mayEmpty: Whether it may replace an output that has rows.
  /// - Returns: What went wrong once the tree was in place.
  /// - Throws: `OutputError`, `StorageError`. `isCommitted` says whether the tree is in place all the
  ///   same; if not, `abort()` removes what was staged.
  @discardableResult
  package func commit(manifest: [UInt8], report: [UInt8], mayEmpty: Bool = true) throws -> CommitOutcome {
    try makeDurable()
    let unfinished = state.withLock { state in state.unfinished.first { !$0.isFinished } }
    if let unfinished { throw OutputError(.unfinished, unfinished.path) }
    try system.before(.writeReport)
    try write(report, to: tree.appending("report.json"))
    try system.before(.writeManifest)
    try write(manifest, to: tree.appending("manifest.json"))
    try system.before(.synchronize)
    let (directories, files) = try survey(tree)
    // The report and the manifest are there as well.
    if files != state.withLock({ $0.files }) + 2 {
      throw StorageError(operation: "find every file again below", path: tree, errno: .noSuchFileOrDirectory)
    }
    try forEach(directories) { try Directory.synchronize($0) }
    try system.before(.writeSuccess)
    try write([], to: tree.appending("data/_SUCCESS"))
    try Directory.synchronize(tree.appending("data"))
    var outcome = try publish(tree, mayEmpty: mayEmpty)
    try system.before(.synchronizeParent)
    do {
      try Directory.synchronize(destination.isInPlace ? destination.path : destination.workplace)
    } catch {
      // The new tree stands, and the run has succeeded; but a power cut may bring the old one back.
      outcome.unsynchronized = outcome.unsynchronized ?? error
    }
    try system.before(.removeStaging)
    cleanUp(keepsStaging: outcome.unsynchronized != nil)
    outcome.kept = state.withLock { $0.kept } + outcome.kept
    return outcome
  }

  /// Removes everything that was staged; after a commit, or a second time, it does nothing.
  ///
  /// Any thread may call it. While the tree is being put in place it does nothing either: a tree of which
  /// half was removed must not get the directory's name.
  package func abort() {
    removal.withLock { _ in
      let isAborted = state.withLock { state in
        if state.isCommitted || state.isPublishing || state.isOver { return false }
        state.isOver = true
        return true
      }
      guard isAborted else { return }
      cleanUp()
      destination.removeMadeParents()
    }
  }

  private func write(_ bytes: [UInt8], to path: FilePath) throws {
    let sink = try FileSink(creating: path)
    try sink.append(bytes)
    try sink.finish()
  }

  /// A directory of the tree and all in it, and how many files they hold: somebody may have cleared away what
  /// looked like a leftover.
  private func survey(_ directory: FilePath) throws -> (directories: [FilePath], files: Int) {
    var all: (directories: [FilePath], files: Int) = ([directory], 0)
    for entry in try Directory.list(directory) {
      if entry.kind == .directory {
        let inner = try survey(entry.path(in: directory))
        all.directories += inner.directories
        all.files += inner.files
      } else {
        all.files += 1
      }
    }
    return all
  }

  /// Looks at DIR again, since hours may have passed, and gives the tree its name.
  private func publish(_ tree: FilePath, mayEmpty: Bool) throws -> CommitOutcome {
    let current = try destination.check(overwrite: overwrite, inputs: inputs)
    if case .ours(let rows) = current, rows > 0, !mayEmpty {
      throw OutputError(.wouldEmpty, destination.shown)
    }
    if let status = try FileStatus(of: destination.path, followingLinks: false) {
      try Directory.setPermissions(of: tree, to: status.permissions)
    }
    try system.before(.publish)
    try state.withLock { state in
      if state.isOver { throw RunError(.interrupted, "the run was interrupted") }
      state.isPublishing = true
    }
    let outcome: CommitOutcome
    do {
      outcome = try putInPlace(tree, current)
    } catch {
      state.withLock { $0.isPublishing = false }
      throw error
    }
    state.withLock { $0.isCommitted = true }
    return outcome
  }

  private func putInPlace(_ tree: FilePath, _ current: OutputDestination.State) throws -> CommitOutcome {
    if destination.isInPlace { return try publishInPlace(tree) }
    guard case .ours = current else {
      try Rename.move(tree, to: destination.path)
      return CommitOutcome()
    }
    do {
      try system.exchange(tree, destination.path)
      state.withLock { $0.holdsOldTree = true }
      return CommitOutcome()
    } catch let error as StorageError where Self.meansNoExchange(error) {
      return try publishInPlace(tree)
    }
  }

  private func publishInPlace(_ tree: FilePath) throws -> CommitOutcome {
    try JournaledCommit(destination: destination, system: system).publish(tree: tree, staging: staging)
  }

  /// Whether a file system, or a mount point, refuses to exchange names: not a failure of this run.
  private static func meansNoExchange(_ error: StorageError) -> Bool {
    [.invalidArgument, .noFunction, .notSupported, .notSupportedOnSocket, .resourceBusy, .improperLink]
      .contains(error.errno)
  }

  /// Never throws: what stays behind is a leftover, which the next run clears.
  private func cleanUp(keepsStaging: Bool = false) {
    if !keepsStaging {
      do {
        if state.withLock({ $0.holdsOldTree }) {
          let aside = destination.newKeptPath()
          let kept = try OwnTree.discard(tree, keepingForeignAt: aside)
          state.withLock { $0.kept += kept.map { [$0] } ?? [] }
        }
        try removeStaging()
      } catch {}
    }
    scratch?.remove()
    lock.removeFile()
    state.withLock { $0.isOver = true }
  }

  /// A file that was being made when the run was given up may come while its directory is removed; there is one
  /// at most for each thread.
  private func removeStaging() throws {
    for _ in 0..<256 {
      do throws(StorageError) {
        return try Directory.removeTree(staging)
      } catch {
        if error.errno != .directoryNotEmpty { throw error }
      }
    }
  }
}
