// Where the output goes, and the names beside it. DIR is resolved once, so that `out`, `./out/` and a
// symbolic link to it share one lock, and a link is never replaced by a directory.
//
// Usually staging and lock are siblings of DIR: one rename then publishes all. Nothing can be renamed
// over a mount point, and another container may see the same volume under another parent, so there
// both live inside DIR. A run into its own working directory commits in place too: replacing it would
// leave the user's shell in a removed directory.

internal import Storage
internal import SystemPackage

/// The output directory and the names a run uses around it.
struct OutputDestination {
  /// What stands at the directory's path.
  enum State: Equatable {
    case absent
    case empty
    /// A tree that is ours from end to end.
    case ours(rows: Int)
  }

  /// The path as the user gave it.
  let shown: FilePath
  /// The absolute path.
  let path: FilePath
  /// Whether the directory itself must stay and its entries be replaced.
  let isInPlace: Bool
  /// The directory that takes the staging directory and the lock file.
  let workplace: FilePath
  /// What the names of staging directories start with.
  let stagingPrefix: [UInt8]
  /// The lock file.
  let lockPath: FilePath
  /// What the names of what was found in a replaced tree and is not ours start with: no staging names, since
  /// nobody clears these.
  private let keptPrefix: [UInt8]
  /// The parents that had to be made.
  let madeParents: [FilePath]

  init(_ shown: FilePath, isMountPoint: (FilePath) -> Bool) throws {
    self.shown = shown
    (path, madeParents) = try Self.resolve(shown)
    let isMounted = isMountPoint(path) || path == "/"
    isInPlace = isMounted || path == CurrentProcess.workingDirectory
    workplace = isMounted ? path : Path.parent(of: path)
    let name = isMounted ? [] : Self.shortened(path.lastComponent?.bytes ?? [])
    let stem = (isMounted ? [] : Array(".".utf8) + name) + Array(".sluice".utf8)
    stagingPrefix = stem + Array("-staging-".utf8)
    lockPath = workplace.pushing(FilePath(bytes: stem + Array("-lock".utf8)))
    keptPrefix = isMounted ? Array("sluice-kept-".utf8) : name + Array(".sluice-kept-".utf8)
  }

  /// Makes missing parents and gives the absolute path.
  private static func resolve(_ shown: FilePath) throws -> (path: FilePath, madeParents: [FilePath]) {
    guard !shown.isEmpty else { throw OutputError(.badPath, shown) }
    if let status = try FileStatus(of: shown, followingLinks: true) {
      guard status.kind == .directory else { throw OutputError(.notADirectory, shown) }
      return (try Path.resolve(shown), [])
    }
    var path = shown
    while path.lastComponent?.kind == .currentDirectory { path = Path.parent(of: path) }
    // A link to nothing: making what it leads to would surprise, replacing the link as well.
    if try FileStatus(of: path, followingLinks: false) != nil { throw OutputError(.notADirectory, shown) }
    guard let name = path.lastComponent, name.kind == .regular else { throw OutputError(.badPath, shown) }
    let parent = Path.parent(of: path)
    let made = try Directory.createWithParents(parent)
    return (try Path.resolve(parent).appending(name), try made.map(Path.resolve))
  }

  /// A name that leaves room for what is added to it: 255 bytes is all a file system takes.
  private static func shortened(_ name: [UInt8]) -> [UInt8] {
    guard name.count > 180 else { return name }
    // Not within a character, where there are characters.
    var end = 157
    while end < 160, name[end] & 0xC0 == 0x80 { end += 1 }
    return name[..<end] + Array("~\(Digest.sha256(name).prefix(16))".utf8)
  }

  /// A name for a staging directory that no other has.
  func newStaging() -> FilePath {
    workplace.pushing(FilePath(bytes: stagingPrefix + Array(UniqueName.suffix().utf8)))
  }

  /// A name that nothing has, on the same file system.
  func newKeptPath() -> FilePath {
    workplace.pushing(FilePath(bytes: keptPrefix + Array(UniqueName.suffix().utf8)))
  }

  /// What the directory holds apart from a run's own files.
  func contents() throws -> [FilePath.Component] {
    try Directory.list(path).filter { !isOwn($0.nameBytes) }.map(\.name)
  }

  /// Looks at what stands there now, and refuses what may not be replaced.
  ///
  /// - Parameters:
  ///   - overwrite: Whether a tree of ours may be replaced.
  ///   - inputs: What is read, and must not be replaced.
  /// - Returns: What stands there.
  /// - Throws: `OutputError` that names what is in the way, `StorageError`.
  func check(overwrite: Bool, inputs: InputFiles) throws -> State {
    guard let status = try FileStatus(of: path, followingLinks: false) else { return .absent }
    guard status.kind == .directory else { throw OutputError(.notADirectory, shown) }
    if try contents().isEmpty { return .empty }
    guard overwrite else { throw OutputError(.notEmpty, shown) }
    guard try FileStatus(of: path.appending("manifest.json"), followingLinks: false) != nil else {
      throw OutputError(.notOurs, shown)
    }
    guard let tree = try OwnTree(path) else { throw OutputError(.badManifest, shown) }
    switch try tree.find(inputs, isOwn: isOwn) {
    case nil: return .ours(rows: tree.rows)
    case .input(let name): throw OutputError(.holdsInput, name, directory: shown)
    case .foreign(let path, let hasMore):
      throw OutputError(
        .holdsForeign, shown.pushing(FilePath(bytes: path)), directory: shown, hasMore: hasMore)
    }
  }

  /// Refuses temporary files in the directory, which would be found there as something that is not ours.
  func checkTemporary(_ directory: FilePath?) throws {
    guard let directory, try FileStatus(of: directory, followingLinks: true) != nil else { return }
    if try Path.resolve(directory).starts(with: path) {
      throw OutputError(.holdsTemporary, directory, directory: shown)
    }
  }

  private func isOwn(_ name: [UInt8]) -> Bool {
    if JournaledCommit.names.contains(where: { $0.bytes == name }) { return true }
    guard workplace == path else { return false }
    return name == lockPath.lastComponent?.bytes || isStagingName(name)
      || name.elementsEqual("lost+found".utf8)
  }

  /// Whether the name is one that `newStaging()` gives: prefix, process, 16 digits.
  func isStagingName(_ name: [UInt8]) -> Bool {
    guard name.starts(with: stagingPrefix) else { return false }
    return UniqueName.isSuffix(name.dropFirst(stagingPrefix.count))
  }
}

/// `PID-RANDOM`: who made it, and never the same twice.
enum UniqueName {
  static func suffix() -> String {
    let random = (0..<8).map { _ in UInt8.random(in: 0 ... .max) }
    return "\(CurrentProcess.identifier)-\(Digest.hexadecimal(random))"
  }

  static func isSuffix(_ bytes: some Sequence<UInt8>) -> Bool {
    let parts = Array(bytes).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].count == 16 else { return false }
    return parts[0].allSatisfy { (0x30...0x39).contains($0) }
      && parts[1].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
