// What a path is, and the few questions about paths that a run asks before it touches anything.

internal import CStorage
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What stands behind a path.
public struct FileStatus: Hashable, Sendable {
  /// What it is.
  public let kind: DirectoryEntry.Kind
  /// The length in bytes of a file.
  public let size: Int
  /// The permission bits.
  public let permissions: UInt32
  /// The device and the number there: what two names have in common if they are one file.
  public let identity: FileIdentity

  init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .directory
    case S_IFLNK: kind = .symbolicLink
    default: kind = .other
    }
    size = Int(status.st_size)
    permissions = UInt32(status.st_mode & 0o7777)
    identity = FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }

  /// Asks what stands behind `path`; nil where there is nothing.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - followingLinks: Whether a symbolic link stands for what it leads to.
  /// - Throws: `StorageError` when the system refuses to tell.
  public init?(of path: FilePath, followingLinks: Bool) throws(StorageError) {
    var status = stat()
    do {
      try systemCall("look at", path) {
        unsafe followingLinks ? stat($0, &status) : lstat($0, &status)
      }
    } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
    self.init(status)
  }
}

extension FileStatus {
  /// Asks what an open descriptor leads to.
  ///
  /// - Parameters:
  ///   - descriptor: The descriptor.
  ///   - path: What messages call it.
  /// - Throws: `StorageError` when the system refuses to tell.
  public init(of descriptor: FileDescriptor, path: FilePath) throws(StorageError) {
    var status = stat()
    try systemCall("look at", path) { unsafe fstat(descriptor.rawValue, &status) }
    self.init(status)
  }
}

/// What tells whether an open file has changed: its length and when it was last written to.
public struct FileVersion: Hashable, Sendable {
  /// Whether it is a regular file.
  public let isFile: Bool
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// Asks what an open descriptor leads to.
  ///
  /// - Parameters:
  ///   - descriptor: The descriptor.
  ///   - path: What messages call it.
  /// - Throws: `StorageError` when the system refuses to tell.
  public init(of descriptor: FileDescriptor, path: FilePath) throws(StorageError) {
    var status = stat()
    try systemCall("look at", path) { unsafe fstat(descriptor.rawValue, &status) }
    isFile = FileStatus(status).kind == .file
    size = Int(status.st_size)
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}

/// The device and the number of a file: equal for two names of one file.
public struct FileIdentity: Hashable, Sendable {
  /// The device.
  public let device: UInt64
  /// The number on the device.
  public let number: UInt64
}

/// What `FilePath` does not say of a path: it knows names, not files.
///
/// A path is bytes: names that aren't valid UTF-8 pass through unchanged. `FilePath` takes slashes that stand for
/// nothing away, several in a row and those at the end.
public enum Path {
  /// The path without its last component: `/` for `/a`, `.` for `a`.
  public static func parent(of path: FilePath) -> FilePath {
    let bytes = path.bytes
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == 0 ? "/" : FilePath(bytes: bytes[..<slash])
  }

  /// The absolute path without links, `.` and `..`.
  ///
  /// - Parameter path: Something that exists.
  /// - Returns: Its one true name.
  /// - Throws: `StorageError`.
  public static func resolve(_ path: FilePath) throws(StorageError) -> FilePath {
    guard let resolved = unsafe path.withPlatformString({ unsafe realpath($0, nil) }) else {
      throw StorageError(operation: "resolve", path: path, errno: Errno(rawValue: errno))
    }
    defer { unsafe free(resolved) }
    return unsafe FilePath(platformString: resolved)
  }

  /// Whether a file system is mounted at `path`, so that nothing can be renamed over it.
  ///
  /// - Parameter path: A directory.
  /// - Returns: False also where the system doesn't tell.
  public static func isMountPoint(_ path: FilePath) -> Bool {
    unsafe path.withPlatformString { unsafe cstorage_is_mount_root($0) } == 1
  }
}

extension FilePath {
  /// A path of these bytes, which hold no NUL.
  public init(bytes: some Sequence<UInt8>) {
    let name = bytes.map { CChar(bitPattern: $0) } + [0]
    self.init(platformString: name)
  }
}

extension FilePath {
  /// The path's bytes.
  public var bytes: [UInt8] {
    unsafe withPlatformString { unsafe [UInt8](UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
  }
}

extension FilePath.Component {
  /// A name of these bytes; nil if they are none, or more than one.
  public init?(bytes: some Sequence<UInt8>) {
    let name = bytes.map { CChar(bitPattern: $0) } + [0]
    self.init(platformString: name)
  }

  /// The name's bytes as they are on disk.
  public var bytes: [UInt8] {
    unsafe withPlatformString { unsafe [UInt8](UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
  }
}

/// Space left on a file system.
public enum FreeSpace {
  /// How many bytes an ordinary user may still write.
  ///
  /// - Parameter path: Any file or directory there.
  /// - Returns: Bytes.
  /// - Throws: `StorageError`.
  public static func bytes(at path: FilePath) throws(StorageError) -> Int {
    var status = statvfs()
    try systemCall("ask for the free space of", path) { unsafe statvfs($0, &status) }
    return Int(
      clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }
}
