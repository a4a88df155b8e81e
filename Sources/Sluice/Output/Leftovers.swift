// What dead runs leave beside DIR and in it, and what is done about it by the next one.

internal import Storage
internal import SystemPackage

extension OutputDestination {
  /// Finishes a commit that was cut short and clears what dead runs left; needs the lock.
  ///
  /// - Returns: Where that went which was in a replaced tree and is not ours.
  func recoverAndClean(_ system: OutputSystem) throws -> [FilePath] {
    try system.before(.recover)
    var kept: [FilePath] = []
    if try FileStatus(of: path, followingLinks: false)?.kind == .directory {
      let outcome = try JournaledCommit(destination: self, system: system).finish()
      if let failure = outcome.unsynchronized ?? outcome.untidied { throw failure }
      kept += outcome.kept
    }
    try system.before(.clearLeftovers)
    // Whoever holds the lock is the only live run here, so every staging directory is a leftover.
    for entry in try Directory.list(workplace)
    where entry.kind == .directory && isStagingName(entry.nameBytes) {
      let leftover = entry.path(in: workplace)
      // One that is complete may be a tree that was replaced.
      if try OwnTree(leftover.appending("tree")) != nil,
        let aside = try OwnTree.discard(leftover.appending("tree"), keepingForeignAt: newKeptPath())
      {
        kept.append(aside)
      }
      try Directory.removeTree(leftover)
    }
    return kept
  }

  /// Takes back the parents that were made for a run that came to nothing, if they are empty.
  func removeMadeParents() {
    for parent in madeParents.reversed() { Directory.removeIfEmpty(parent) }
  }
}
