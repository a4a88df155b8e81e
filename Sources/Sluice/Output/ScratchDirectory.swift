// Where rows wait and pipes are spooled when the user names another disk with --temp. Several runs may
// share that disk, so each scratch directory carries its own lock; one whose lock is free was left by
// a run that died, and goes.

internal import Storage
internal import SystemPackage

/// A directory below `--temp`, gone with its run or with the next one.
final class ScratchDirectory: Sendable {
  private static let prefix = "sluice-scratch-"
  let path: FilePath
  private let lock: FileLock

  /// Makes one.
  ///
  /// - Parameter parent: A directory that is there: one that was made for a name that was misspelled would fill
  ///   another disk than was meant.
  /// - Throws: `StorageError`.
  init(below parent: FilePath) throws {
    try Self.clearLeftovers(below: parent)
    (path, lock) = try Self.make(below: parent)
  }

  private static func make(below parent: FilePath) throws -> (path: FilePath, lock: FileLock) {
    while true {
      let name = prefix + UniqueName.suffix()
      // Under its final name it is only seen once it is locked.
      let unlocked = parent.appending("." + name)
      try Directory.create(unlocked)
      do {
        if let lock = try FileLock(acquiring: unlocked.appending("lock")) {
          let path = parent.appending(name)
          try Rename.move(unlocked, to: path)
          return (path, lock)
        }
      } catch  where error.errno == .noSuchFileOrDirectory {
        // Taken for a leftover by another run, which saw it before it was locked.
      } catch {
        try? Directory.removeTree(unlocked)
        throw error
      }
      try? Directory.removeTree(unlocked)
    }
  }

  /// Whether `path` is one of those below `parent`, or in one.
  static func contains(_ path: FilePath, below parent: FilePath) -> Bool {
    guard path.starts(with: parent) else { return false }
    let name = path.components.dropFirst(parent.components.count).first
    return name.map { $0.string.hasPrefix(prefix) || $0.string.hasPrefix("." + prefix) } ?? false
  }

  func remove() {
    // What can't be removed now is a leftover, and the next run tries again.
    try? Directory.removeTree(path)
  }

  private static func clearLeftovers(below parent: FilePath) throws {
    for entry in try Directory.list(Path.resolve(parent)) where entry.kind == .directory {
      // A run that died while it made its own left one with a dot.
      let name = entry.nameBytes.starts(with: ".".utf8) ? entry.nameBytes.dropFirst() : entry.nameBytes[...]
      guard name.starts(with: prefix.utf8), UniqueName.isSuffix(name.dropFirst(prefix.utf8.count)) else {
        continue
      }
      let path = entry.path(in: parent)
      // Another user's leftovers are not ours to open.
      guard let free = try? FileLock(acquiring: path.appending("lock")) else { continue }
      try? Directory.removeTree(path)
      withExtendedLifetime(free) {}
    }
  }
}
