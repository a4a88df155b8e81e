// What in an output directory is ours. `--overwrite` replaces a directory only if everything in it is listed by
// its manifest, and then removes what is listed, name by name: a file that somebody put there is refused when
// it is seen in time, and is left where it is when it is not.
//
// Neither needs memory for the names. The check knows them by hashes, a bounded number at a time; two names with
// one hash would let a file pass the check, but nothing is removed by hash.

internal import Storage
internal import SystemPackage

/// Files that a run reads, by what they are on disk, with the names that were typed.
typealias InputFiles = [FileIdentity: FilePath]

/// A tree with an intact manifest.
struct OwnTree {
  /// What is in the tree and should not be.
  enum Finding: Equatable {
    /// A file that is read: its name as it was typed.
    case input(FilePath)
    /// Something that the manifest does not list, and whether there is more of it.
    case foreign(path: [UInt8], hasMore: Bool)
  }

  /// The names that a tree has at its top.
  static let topNames: [FilePath.Component] = ["manifest.json", "report.json", "data", "rejects"]

  /// The directory.
  let root: FilePath
  private let listing: ManifestListing

  /// Reads the manifest of a tree; nil if it has none that is intact.
  ///
  /// - Parameter root: The tree.
  /// - Throws: `StorageError`.
  init?(_ root: FilePath) throws {
    guard let listing = try ManifestListing(root.appending("manifest.json")) else { return nil }
    self.root = root
    self.listing = listing
  }

  /// How many rows it has.
  var rows: Int { listing.rows }

  // MARK: Checking

  /// How many hashes are held at a time: 8 MiB.
  private static let mostHashes = 1 << 20

  /// Looks for what is not ours.
  ///
  /// - Parameters:
  ///   - inputs: What the run reads.
  ///   - isOwn: Whether a name at the top of the tree belongs to the run itself.
  ///   - mostHashes: How many hashes may be held.
  /// - Returns: An input if there is one, else the first by name of what is not listed.
  /// - Throws: `StorageError`.
  func find(
    _ inputs: InputFiles, isOwn: ([UInt8]) -> Bool, mostHashes: Int = mostHashes
  ) throws -> Finding? {
    let slices = listing.names / max(1, mostHashes) + 1
    var input: FilePath?
    var foreign: (path: [UInt8], hasMore: Bool)?
    for slice in 0..<slices {
      let known = try hashes(slice, of: slices)
      try Directory.forEachEntry(below: root) { path, status in
        let name = String(decoding: path, as: UTF8.self)
        if !path.contains(UInt8(ascii: "/")), isOwn(path) { return false }
        if status.kind == .file, let typed = inputs[status.identity] { input = min(input ?? typed, typed) }
        let isDirectory = status.kind == .directory
        // Nothing that is listed lies deeper.
        let goesIn = isDirectory && path.count(where: { $0 == 0x2F }) < ManifestListing.mostComponents
        let hash = Self.hash(path[...], isDirectory: isDirectory)
        if Self.isFixed(name, status.kind) || Self.slice(hash, slices) != slice { return goesIn }
        if isDirectory || status.kind == .file, Self.contains(known, hash) { return goesIn }
        let least = min(foreign?.path ?? path, path) { $0.lexicographicallyPrecedes($1) }
        foreign = (least, foreign != nil)
        return false
      }
    }
    if let input { return .input(input) }
    return foreign.map { .foreign(path: $0.path, hasMore: $0.hasMore) }
  }

  private func min(
    _ one: [UInt8], _ other: [UInt8], by precedes: ([UInt8], [UInt8]) -> Bool
  ) -> [UInt8] { precedes(other, one) ? other : one }

  private func min(_ one: FilePath, _ other: FilePath) -> FilePath {
    other.string < one.string ? other : one
  }

  /// What every tree has.
  private static func isFixed(_ name: String, _ kind: DirectoryEntry.Kind) -> Bool {
    kind == .directory ? name == "data" : kind == .file && fixedFiles.contains(name)
  }

  private static let fixedFiles = ["data/_SUCCESS", "report.json", "manifest.json"]

  /// The hashes of the listed files and their directories that fall into a slice, sorted.
  private func hashes(_ slice: Int, of slices: Int) throws -> [Int] {
    var hashes: [Int] = []
    hashes.reserveCapacity(listing.names / slices)
    var last: [UInt8] = []
    try listing.forEachPath { path in
      let directories = ManifestListing.newDirectories(of: path, after: last)
      let all =
        directories.map { Self.hash($0, isDirectory: true) } + [Self.hash(path[...], isDirectory: false)]
      hashes += all.filter { Self.slice($0, slices) == slice }
      last = path
    }
    hashes.sort()
    return hashes
  }

  private static func hash(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> Int {
    // Seeded anew in each process, so that nobody can make two names agree.
    var hasher = Hasher()
    hasher.combine(isDirectory)
    for byte in path { hasher.combine(byte) }
    return hasher.finalize()
  }

  private static func slice(_ hash: Int, _ slices: Int) -> Int {
    Int(UInt(bitPattern: hash) % UInt(slices))
  }

  private static func contains(_ sorted: [Int], _ hash: Int) -> Bool {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low] == hash
  }

  // MARK: Removing

  /// Removes what the manifest lists, and the tree itself if nothing else is in it.
  ///
  /// The manifest goes last: who is stopped before can begin again.
  ///
  /// - Returns: Whether the tree is gone; else there is something in it that is not ours.
  /// - Throws: `StorageError`; what is left can be removed later.
  func remove() throws -> Bool {
    let remover = try FileRemover(below: root)
    try remover.remove(Array("data/_SUCCESS".utf8))
    try listing.forEachPath { try remover.remove($0) }
    try remover.remove(Array("report.json".utf8))
    try remover.finish()
    guard try Directory.list(root).allSatisfy({ $0.name == "manifest.json" && $0.kind == .file }) else {
      return false
    }
    try remover.remove(Array("manifest.json".utf8))
    return try Directory.removeUnlessFull(root)
  }
}

extension OwnTree {
  /// Removes a tree that was replaced, as far as it is ours.
  ///
  /// - Parameters:
  ///   - root: The tree.
  ///   - aside: A name that nothing has, for what is not ours.
  /// - Returns: `aside`, if something was left there.
  /// - Throws: `StorageError`; what is left can be removed later.
  static func discard(_ root: FilePath, keepingForeignAt aside: FilePath) throws -> FilePath? {
    guard try FileStatus(of: root, followingLinks: false)?.kind == .directory else { return nil }
    if try OwnTree(root)?.remove() ?? Directory.removeUnlessFull(root) { return nil }
    try Rename.move(root, to: aside)
    return aside
  }
}
