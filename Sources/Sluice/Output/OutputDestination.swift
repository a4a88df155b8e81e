// Where the output goes, and the names beside it. DIR is resolved once, so that `out`, `./out/` and a
// symbolic link to it share one lock, and a link is never replaced by a directory.
//
// Usually staging and lock are siblings of DIR: one rename then publishes all. Nothing can be renamed
// over a mount point, and another container may see the same volume under another parent, so there
// both live inside DIR. A run into its own working directory commits in place too: replacing it would
// leave the user's shell in a removed directory.

internal import Storage

/// The output directory and the names a run uses around it.
struct OutputDestination {
  /// What stands at the directory's path.
  enum State {
    case absent
    case empty
    /// A tree with a manifest of ours.
    case ours
    /// Anything else.
    case foreign
  }

  /// The path as the user gave it.
  let shown: String
  /// The absolute path.
  let path: String
  /// Whether the directory itself must stay and its entries be replaced.
  let isInPlace: Bool
  /// The directory that takes the staging directory and the lock file.
  let workplace: String
  /// What the names of staging directories start with.
  let stagingPrefix: String
  /// The lock file.
  let lockPath: String
  /// The parents that had to be made.
  let madeParents: [String]

  init(_ shown: String, isMountPoint: (String) -> Bool) throws {
    self.shown = shown
    (path, madeParents) = try Self.resolve(shown)
    let isMounted = isMountPoint(path) || path == "/"
    isInPlace = isMounted || path == CurrentProcess.workingDirectory
    workplace = isMounted ? path : Path.parent(of: path)
    let stem = isMounted ? ".sluice" : ".\(Self.shortened(Path.name(of: path))).sluice"
    stagingPrefix = stem + "-staging-"
    lockPath = workplace + "/" + stem + "-lock"
  }

  /// Makes missing parents and gives the absolute path.
  private static func resolve(_ shown: String) throws -> (path: String, madeParents: [String]) {
    guard !shown.isEmpty, !shown.utf8.contains(0) else { throw OutputError(.badPath, shown) }
    if let status = try FileStatus(of: shown, followingLinks: true) {
      guard status.kind == .directory else { throw OutputError(.notADirectory, shown) }
      return (try Path.resolve(shown), [])
    }
    var path = Path.withoutTrailingSlashes(shown)
    while Path.name(of: path) == "." { path = Path.parent(of: path) }
    // A link to nothing: making what it leads to would surprise, replacing the link as well.
    if try FileStatus(of: path, followingLinks: false) != nil { throw OutputError(.notADirectory, shown) }
    let name = Path.name(of: path)
    guard name != ".." else { throw OutputError(.badPath, shown) }
    let parent = Path.parent(of: path)
    let made = try Directory.createWithParents(parent)
    let above = try Path.resolve(parent)
    return ((above == "/" ? "" : above) + "/" + name, try made.map(Path.resolve))
  }

  /// A name that leaves room for what is added to it: 255 bytes is all a file system takes.
  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > 180 else { return name }
    var prefix = ""
    for scalar in name.unicodeScalars where prefix.utf8.count <= 156 { prefix.unicodeScalars.append(scalar) }
    return prefix + "~" + Digest.sha256(Array(name.utf8)).prefix(16)
  }

  /// Looks at what stands there now.
  func state() throws -> State {
    guard let status = try FileStatus(of: path, followingLinks: false) else { return .absent }
    guard status.kind == .directory else { throw OutputError(.notADirectory, shown) }
    if try contents().isEmpty { return .empty }
    return try ManifestText.isOurs(path + "/manifest.json") ? .ours : .foreign
  }

  /// What the directory holds apart from a run's own files.
  func contents() throws -> [String] {
    try Directory.list(path).map(\.name).filter { !isOwn($0) }
  }

  /// Refuses what may not be written to.
  func check(overwrite: Bool) throws -> State {
    let state = try state()
    switch state {
    case .absent, .empty: return state
    case .ours where overwrite: return state
    case .foreign where overwrite: throw OutputError(.notOurs, shown)
    default: throw OutputError(.notEmpty, shown)
    }
  }

  private func isOwn(_ name: String) -> Bool {
    if JournaledCommit.names.contains(name) { return true }
    guard workplace == path else { return false }
    return name == Path.name(of: lockPath) || isStagingName(name) || name == "lost+found"
  }

  /// Whether `name` is one that `newStagingName()` gives: prefix, process, 16 digits.
  func isStagingName(_ name: String) -> Bool {
    guard name.utf8.starts(with: stagingPrefix.utf8) else { return false }
    return UniqueName.isSuffix(name.utf8.dropFirst(stagingPrefix.utf8.count))
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
