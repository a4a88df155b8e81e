// Disk space for what cannot be held: spooled pipes, spilled rows. Nothing in it outlives the process.

internal import Storage
internal import SystemPackage

/// A directory for nameless files.
struct Scratch: Sendable {
  /// Where they take their space; it exists.
  let directory: FilePath

  /// Finds out whether a directory that somebody named can take what is put aside, which may be hours later.
  ///
  /// - Parameter directory: The directory; nil for one that nobody named, which may never be needed.
  /// - Throws: `StorageError`.
  static func check(_ directory: FilePath?) throws {
    guard let directory else { return }
    let status = try FileStatus(of: directory, followingLinks: true)
    guard status?.kind == .directory else {
      throw StorageError(
        operation: "use as the place of temporary files", path: directory,
        errno: status == nil ? .noSuchFileOrDirectory : .notDirectory)
    }
    // A file without a name shows as much, and never stays behind.
    _ = try SpoolFile(in: directory)
  }

  func makeSpool() throws -> SpoolFile { try SpoolFile(in: directory) }
}
