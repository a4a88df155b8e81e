// Directories as a run needs them: made, listed, made durable and taken away again. Removing works
// with descriptors and never follows a symbolic link, so that a link planted in a tree that is being
// overwritten cannot lead out of it. Names are bytes: a leftover need not be valid UTF-8.

import Glibc
internal import SystemPackage

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

  /// The name's bytes as they are on disk.
  public let nameBytes: [UInt8]
  /// What it is; links are not followed.
  public let kind: Kind
  /// The length in bytes of a file.
  public let size: Int

  /// The name as text, repaired where it isn't valid UTF-8.
  public var name: String { String(decoding: nameBytes, as: UTF8.self) }
}

/// What can be done with directories.
public enum Directory {
  /// Makes one directory; one that exists is refused.
  ///
  /// - Parameter path: Where it goes.
  /// - Throws: `StorageError`.
  public static func create(_ path: String) throws(StorageError) {
    try systemCall("create", path) { unsafe mkdir(path, 0o777) }
  }

  /// Makes a directory and those above it, as far as they are missing.
  ///
  /// - Parameter path: Where it goes.
  /// - Returns: The directories that were made, the outermost first.
  /// - Throws: `StorageError`.
  @discardableResult
  public static func createWithParents(_ path: String) throws(StorageError) -> [String] {
    var missing: [String] = []
    var current = path
    while try FileStatus(of: current, followingLinks: true) == nil {
      missing.append(current)
      let parent = Path.parent(of: current)
      if parent == current { break }
      current = parent
    }
    var made: [String] = []
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
  public static func setPermissions(of path: String, to permissions: UInt32) throws(StorageError) {
    try systemCall("set the permissions of", path) { unsafe chmod(path, permissions) }
  }

  /// Makes the names in a directory survive a power cut.
  ///
  /// - Parameter path: The directory.
  /// - Throws: `StorageError`.
  public static func synchronize(_ path: String) throws(StorageError) {
    let descriptor = try open(path)
    defer { close(descriptor) }
    try Storage.synchronize(descriptor, path: path)
  }

  /// What a directory holds, sorted by name bytewise.
  ///
  /// - Parameter path: The directory; the last component must not be a symbolic link.
  /// - Returns: Every entry but `.` and `..`.
  /// - Throws: `StorageError`.
  public static func list(_ path: String) throws(StorageError) -> [DirectoryEntry] {
    let descriptor = try open(path)
    defer { close(descriptor) }
    var entries: [DirectoryEntry] = []
    for name in try names(in: descriptor, path: path) {
      var status = stat()
      let found = unsafe name.withUnsafeBufferPointer { name in
        // The array ends with a NUL, so it has a base address.
        unsafe name.baseAddress.map {
          unsafe fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW)
        }
      }
      if found != 0 {
        // Gone between reading the name and asking after it; anything else may hide what is there.
        if errno == ENOENT { continue }
        throw StorageError(operation: "look into", path: path, errno: Errno(rawValue: errno))
      }
      entries.append(
        DirectoryEntry(
          nameBytes: name.dropLast().map { UInt8(bitPattern: $0) },
          kind: FileStatus(status).kind, size: Int(status.st_size)))
    }
    return entries.sorted { $0.nameBytes.lexicographicallyPrecedes($1.nameBytes) }
  }

  /// Removes a file or a directory and everything in it; what doesn't exist is fine.
  ///
  /// - Parameter path: What to remove; a symbolic link is removed itself.
  /// - Throws: `StorageError`.
  public static func removeTree(_ path: String) throws(StorageError) {
    guard let status = try FileStatus(of: path, followingLinks: false) else { return }
    if status.kind == .directory {
      let descriptor = try open(path)
      defer { close(descriptor) }
      try removeContents(of: descriptor, path: path)
      try systemCall("remove", path) { unsafe rmdir(path) }
    } else {
      try systemCall("remove", path) { unsafe unlink(path) }
    }
  }

  /// Removes a directory if it is there and empty, and says whether it did.
  ///
  /// - Parameter path: The directory.
  /// - Returns: Whether it was removed.
  @discardableResult
  public static func removeIfEmpty(_ path: String) -> Bool {
    unsafe rmdir(path) == 0
  }

  private static func open(_ path: String) throws(StorageError) -> CInt {
    try systemCall("open", path) {
      unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
  }

  private static func removeContents(of directory: CInt, path: String) throws(StorageError) {
    for name in try names(in: directory, path: path) {
      let inner = path + "/" + String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      var failure: StorageError?
      unsafe name.withUnsafeBufferPointer { name in
        // The array ends with a NUL, so it has a base address.
        guard let pointer = name.baseAddress else { return }
        do throws(StorageError) {
          unsafe try remove(pointer, in: directory, path: inner)
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
    }
  }

  private static func remove(
    _ name: UnsafePointer<CChar>, in directory: CInt, path: String
  ) throws(StorageError) {
    let child: CInt
    do {
      child = try systemCall("remove", path) {
        unsafe openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
    } catch {
      guard error.errno == .notDirectory || error.errno == .tooManySymbolicLinkLevels else { throw error }
      try systemCall("remove", path) { unsafe unlinkat(directory, name, 0) }
      return
    }
    defer { close(child) }
    try removeContents(of: child, path: path)
    try systemCall("remove", path) { unsafe unlinkat(directory, name, AT_REMOVEDIR) }
  }

  /// The names in an open directory, each with its NUL at the end.
  private static func names(in directory: CInt, path: String) throws(StorageError) -> [[CChar]] {
    // A second descriptor with its own position: a directory is listed more than once.
    let copy = try systemCall("open", path) {
      unsafe openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    guard let stream = unsafe fdopendir(copy) else {
      close(copy)
      throw StorageError(operation: "list", path: path, errno: Errno(rawValue: errno))
    }
    defer { unsafe closedir(stream) }
    var names: [[CChar]] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        // d_name is a C string of at most 256 bytes, imported as a tuple of as many.
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe [CChar](UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
        }
      }
      if name != [0x2E, 0] && name != [0x2E, 0x2E, 0] { names.append(name) }
    }
    if errno != 0 { throw StorageError(operation: "list", path: path, errno: Errno(rawValue: errno)) }
    return names
  }
}
