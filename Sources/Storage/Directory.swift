// Directories as a run needs them: made, listed, made durable and taken away again. Removing works
// with descriptors and never follows a symbolic link, so that a link planted in a tree that is being
// overwritten cannot lead out of it. Names are bytes: a leftover need not be valid UTF-8.

public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One name in a directory.
public struct DirectoryEntry: Hashable, Sendable {
  /// What stands behind a name.
  public enum Kind: Sendable {
    /// A regular file.
    case file
    /// A directory.
    case directory
    /// A symbolic link, wherever it leads.
    case symbolicLink
    /// A socket, a pipe or a device.
    case other
  }

  /// The name's bytes as they are on disk, by which a listing is in order.
  public let nameBytes: [UInt8]
  /// What it is; links are not followed.
  public let kind: Kind
  /// The length in bytes of a file.
  public let size: Int

  /// The name.
  public var name: FilePath.Component {
    // A name on disk is neither empty nor has it a slash.
    FilePath.Component(bytes: nameBytes) ?? "."
  }

  /// The path of that name in a directory; quicker than by way of `name`, where there are many.
  public func path(in directory: FilePath) -> FilePath { directory.pushing(FilePath(bytes: nameBytes)) }
}

/// What can be done with directories.
public enum Directory {
  /// Makes one directory; one that exists is refused.
  ///
  /// - Parameter path: Where it goes.
  /// - Throws: `StorageError`.
  public static func create(_ path: FilePath) throws(StorageError) {
    try systemCall("create", path) { unsafe mkdir($0, 0o777) }
  }

  /// Makes a directory and those above it, as far as they are missing.
  ///
  /// - Parameter path: Where it goes.
  /// - Returns: The directories that were made, the outermost first.
  /// - Throws: `StorageError`.
  @discardableResult
  public static func createWithParents(_ path: FilePath) throws(StorageError) -> [FilePath] {
    var missing: [FilePath] = []
    var current = path
    while try FileStatus(of: current, followingLinks: true) == nil {
      missing.append(current)
      let parent = Path.parent(of: current)
      if parent == current { break }
      current = parent
    }
    var made: [FilePath] = []
    for directory in missing.reversed() {
      do {
        try create(directory)
        made.append(directory)
      } catch {
        // Another run may make the same parents at the same time.
        if error.errno != .fileExists { throw error }
      }
    }
    return made
  }

  /// Sets the permission bits of a directory.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - permissions: The bits, not masked by the umask.
  /// - Throws: `StorageError`.
  public static func setPermissions(of path: FilePath, to permissions: UInt32) throws(StorageError) {
    try systemCall("set the permissions of", path) { unsafe chmod($0, permissions) }
  }

  /// Makes the names in a directory survive a power cut.
  ///
  /// - Parameter path: The directory.
  /// - Throws: `StorageError`.
  public static func synchronize(_ path: FilePath) throws(StorageError) {
    let descriptor = try open(path)
    defer { close(descriptor) }
    try Storage.synchronize(descriptor, path: path)
  }

  /// What a directory holds, sorted by name bytewise.
  ///
  /// - Parameter path: The directory; the last component must not be a symbolic link.
  /// - Returns: Every entry but `.` and `..`.
  /// - Throws: `StorageError`.
  public static func list(_ path: FilePath) throws(StorageError) -> [DirectoryEntry] {
    let descriptor = try open(path)
    defer { close(descriptor) }
    var entries: [DirectoryEntry] = []
    for name in try names(in: descriptor, path: path) {
      guard let status = try status(of: name, in: descriptor, path: path) else { continue }
      entries.append(
        DirectoryEntry(
          nameBytes: name.dropLast().map { UInt8(bitPattern: $0) }, kind: status.kind, size: status.size))
    }
    return entries.sorted { $0.nameBytes.lexicographicallyPrecedes($1.nameBytes) }
  }

  /// Removes a file or a directory and everything in it; what doesn't exist is fine.
  ///
  /// - Parameter path: What to remove; a symbolic link is removed itself.
  /// - Throws: `StorageError`.
  public static func removeTree(_ path: FilePath) throws(StorageError) {
    guard let status = try FileStatus(of: path, followingLinks: false) else { return }
    if status.kind == .directory {
      let descriptor = try open(path)
      defer { close(descriptor) }
      try removeContents(of: descriptor, path: { path })
      try systemCall("remove", path) { unsafe rmdir($0) }
    } else {
      try systemCall("remove", path) { unsafe unlink($0) }
    }
  }

  /// Removes a directory if it is there and empty, and says whether it did.
  ///
  /// - Parameter path: The directory.
  /// - Returns: Whether it was removed.
  @discardableResult
  public static func removeIfEmpty(_ path: FilePath) -> Bool {
    unsafe path.withPlatformString { unsafe rmdir($0) } == 0
  }

  private static func open(_ path: FilePath) throws(StorageError) -> CInt {
    try systemCall("open", path) {
      unsafe systemOpen($0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
  }

  /// Removes what is in an open directory; paths are made for messages alone.
  private static func removeContents(of directory: CInt, path: () -> FilePath) throws(StorageError) {
    for name in try names(in: directory, path: path()) {
      try remove(name, in: directory) { path().pushing(FilePath(platformString: name)) }
    }
  }

  private static func remove(
    _ name: [CChar], in directory: CInt, path: () -> FilePath
  ) throws(StorageError) {
    let child: CInt
    do {
      child = try systemCall("remove", path()) {
        unsafe openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
    } catch {
      guard error.errno == .notDirectory || error.errno == .tooManySymbolicLinkLevels else { throw error }
      try systemCall("remove", path()) { unsafe unlinkat(directory, name, 0) }
      return
    }
    defer { close(child) }
    try removeContents(of: child, path: path)
    try systemCall("remove", path()) { unsafe unlinkat(directory, name, AT_REMOVEDIR) }
  }

  /// The names in an open directory, each with its NUL at the end.
  private static func names(
    in directory: CInt, path: @autoclosure () -> FilePath
  ) throws(StorageError) -> [[CChar]] {
    // A second descriptor with its own position: a directory is listed more than once.
    let copy = try systemCall("open", path()) {
      unsafe openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    guard let stream = unsafe fdopendir(copy) else {
      close(copy)
      throw StorageError(operation: "list", path: path(), errno: Errno(rawValue: errno))
    }
    defer { unsafe closedir(stream) }
    var names: [[CChar]] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe name(of: &entry.pointee)
      if name != [0x2E, 0] && name != [0x2E, 0x2E, 0] { names.append(name) }
    }
    if errno != 0 { throw StorageError(operation: "list", path: path(), errno: Errno(rawValue: errno)) }
    return names
  }
}
