// The commit for directories that must stay where they are: mount points, the working directory, and
// file systems that cannot exchange two names.
//
// The protocol. Every arrow is one rename, and DIR is synchronized before the next phase begins.
//
//   staging/commit/{journal,tree}   complete and synchronized; the journal lists what DIR holds now
//   1  staging/commit → DIR/.sluice-new          from here on the commit will happen
//   2  DIR/NAME → DIR/.sluice-old/NAME           for each name in the journal, manifest.json first
//   3  DIR/.sluice-new → DIR/.sluice-ready       from here on every old name is out of the way
//   4  DIR/.sluice-ready/tree/NAME → DIR/NAME    for each name there, manifest.json last
//   5  remove DIR/.sluice-ready, then of DIR/.sluice-old what its manifest lists
//
// The names tell a run that finds them how far the last one came. Killed before 1: the old tree stands
// and staging is cleared. Killed later: `.sluice-new` means go on at 2 (a name that is missing was
// moved), `.sluice-ready` go on at 4, `.sluice-old` alone go on at 5; the end is always the complete new
// tree. No reader ever sees old and new rows together, since `data` moves as a whole, and there is no
// manifest while DIR is between the two. The journal is there so that a file which somebody puts into
// DIR before the recovery isn't taken for an old one. Whatever is in the way of a new name, or is found in the
// old tree and isn't ours, is put aside and never removed.

internal import Storage
internal import SystemPackage

/// Replaces what a directory holds, step by step, so that a crash between any two can be made good.
struct JournaledCommit {
  static let new: FilePath.Component = ".sluice-new"
  static let ready: FilePath.Component = ".sluice-ready"
  static let old: FilePath.Component = ".sluice-old"
  static let names: Set<FilePath.Component> = [new, ready, old]

  let destination: OutputDestination
  let system: OutputSystem

  private var directory: FilePath { destination.path }

  private func at(_ name: FilePath.Component) -> FilePath { directory.appending(name) }

  /// Replaces what of a tree of ours is in the directory by what `tree` holds.
  func publish(tree: FilePath, staging: FilePath) throws -> CommitOutcome {
    let commit = staging.appending("commit")
    try system.before(.writeJournal)
    let old = try OwnTree.topNames.filter { try FileStatus(of: at($0), followingLinks: false) != nil }
    try Directory.create(commit)
    let journal = try FileSink(creating: commit.appending("journal"))
    // A name holds anything but NUL and the slash.
    try journal.append(old.flatMap { $0.bytes + [0] })
    try journal.finish()
    try Rename.move(tree, to: commit.appending("tree"))
    try Directory.synchronize(commit)
    try system.before(.enterJournal)
    try Rename.move(commit, to: at(Self.new))
    try Directory.synchronize(directory)
    return try finish()
  }

  /// Whether a commit was begun here and not finished.
  static func isPending(in directory: FilePath) throws -> Bool {
    for name in names where try FileStatus(of: directory.appending(name), followingLinks: false) != nil {
      return true
    }
    return false
  }

  /// Goes on from wherever a commit stopped; does nothing where none was begun.
  ///
  /// - Returns: What went wrong once the new tree was there.
  /// - Throws: `OutputError`, `StorageError` while it is not.
  func finish() throws -> CommitOutcome {
    var outcome = CommitOutcome()
    if try isThere(Self.new) {
      try retire()
      try Directory.synchronize(directory)
      try system.before(.markReady)
      try Rename.move(at(Self.new), to: at(Self.ready))
      try Directory.synchronize(directory)
    }
    if try isThere(Self.ready) {
      try moveIn(&outcome)
      do {
        try Directory.synchronize(directory)
      } catch {
        // The journal stays, and says to the next run that there is something to do.
        outcome.unsynchronized = error
        return outcome
      }
    }
    do {
      try tidyUp(&outcome)
    } catch let error as StorageError {
      outcome.untidied = error
    }
    return outcome
  }

  /// Removes the journal and the old tree.
  private func tidyUp(_ outcome: inout CommitOutcome) throws {
    if try isThere(Self.ready) {
      try system.before(.removeJournal)
      let journal = try FileRemover(below: at(Self.ready))
      try journal.remove(Array("journal".utf8))
      let isEmpty = try Directory.removeUnlessFull(at(Self.ready).appending("tree"))
      if try !isEmpty || !Directory.removeUnlessFull(at(Self.ready)) {
        try setAside(at(Self.ready), &outcome)
      }
      try Directory.synchronize(directory)
    }
    if try isThere(Self.old) {
      try system.before(.removeOld)
      let aside = destination.newKeptPath()
      if let kept = try OwnTree.discard(at(Self.old), keepingForeignAt: aside) { outcome.kept.append(kept) }
    }
  }

  /// Moves out of the way what is not ours.
  private func setAside(_ path: FilePath, _ outcome: inout CommitOutcome) throws {
    let aside = destination.newKeptPath()
    try Rename.move(path, to: aside)
    outcome.kept.append(aside)
  }

  private func isThere(_ name: FilePath.Component) throws -> Bool {
    guard let status = try FileStatus(of: at(name), followingLinks: false) else { return false }
    guard status.kind == .directory else { throw OutputError(.notADirectory, at(name)) }
    return true
  }

  /// What the names in a directory of a million files take; a journal has a name or two.
  private static let longestJournal = 64 << 20

  private func retire() throws {
    if try !isThere(Self.old) { try Directory.create(at(Self.old)) }
    let journal = try readAll(at(Self.new).appending("journal"), limit: Self.longestJournal)
    let names = try journal.split(separator: 0).map { bytes in
      guard let name = FilePath.Component(bytes: bytes), name.kind == .regular else {
        throw OutputError(.badPath, FilePath(bytes: bytes))
      }
      return name
    }
    for name in manifestFirst(names) where OwnTree.topNames.contains(name) {
      guard try FileStatus(of: at(name), followingLinks: false) != nil else { continue }
      try system.before(.retire)
      try Rename.move(at(name), to: at(Self.old).appending(name))
    }
    try Directory.synchronize(at(Self.old))
  }

  private func moveIn(_ outcome: inout CommitOutcome) throws {
    let tree = at(Self.ready).appending("tree")
    // Gone when a run was killed while it removed the emptied journal.
    guard try FileStatus(of: tree, followingLinks: false) != nil else { return }
    for name in manifestFirst(try Directory.list(tree).map(\.name)).reversed() {
      try system.before(.moveIn)
      // Put there by somebody since the old one was moved: a rename would replace a file.
      if try FileStatus(of: at(name), followingLinks: false) != nil { try setAside(at(name), &outcome) }
      try Rename.move(tree.appending(name), to: at(name))
    }
  }

  private func manifestFirst(_ names: [FilePath.Component]) -> [FilePath.Component] {
    names.filter { $0 == "manifest.json" } + names.filter { $0 != "manifest.json" }
  }
}
