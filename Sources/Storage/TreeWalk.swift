// What is in a tree, told one name at a time: of a tree with millions of names none is held.

public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Directory {
  /// Visits everything below a directory, in no order; symbolic links are told and never followed.
  ///
  /// - Parameters:
  ///   - path: The directory; the last component must not be a symbolic link.
  ///   - visit: Gets a path relative to the directory and what it is, and says of a directory whether to go into
  ///     it.
  /// - Throws: `StorageError`.
  public static func forEachEntry(
    below path: FilePath, _ visit: (_ relative: [UInt8], _ status: FileStatus) -> Bool
  ) throws(StorageError) {
    let descriptor = try systemCall("open", path) {
      unsafe open($0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
    try walk(descriptor, path: path, relative: [], visit)
  }

  /// Walks through an open directory, and closes it.
  private static func walk(
    _ descriptor: CInt, path: FilePath, relative: [UInt8],
    _ visit: (_ relative: [UInt8], _ status: FileStatus) -> Bool
  ) throws(StorageError) {
    guard let stream = unsafe fdopendir(descriptor) else {
      let code = Errno(rawValue: errno)
      close(descriptor)
      throw StorageError(operation: "list", path: path, errno: code)
    }
    defer { unsafe closedir(stream) }
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe name(of: &entry.pointee)
      if name == [0x2E, 0] || name == [0x2E, 0x2E, 0] { continue }
      let inner = relative + (relative.isEmpty ? [] : [0x2F]) + name.dropLast().map { UInt8(bitPattern: $0) }
      guard let status = try status(of: name, in: descriptor, path: path), visit(inner, status),
        status.kind == .directory
      else { continue }
      let child = try systemCall("open", path) {
        unsafe openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
      try walk(child, path: path, relative: inner, visit)
    }
    if errno != 0 { throw StorageError(operation: "list", path: path, errno: Errno(rawValue: errno)) }
  }

  /// A name with its NUL at the end.
  static func name(of entry: inout dirent) -> [CChar] {
    unsafe withUnsafePointer(to: &entry.d_name) {
      // d_name is a C string of at most 256 bytes, imported as a tuple of as many.
      unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
        unsafe [CChar](UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
      }
    }
  }

  /// What a name in an open directory is; nil if it has gone meanwhile.
  static func status(
    of name: [CChar], in directory: CInt, path: FilePath
  ) throws(StorageError) -> FileStatus? {
    var status = stat()
    do {
      try systemCall("look into", path) { unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) }
    } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
    return FileStatus(status)
  }
}
