// An advisory lock that dies with its process, however it dies: what tells a live run from leftovers.

public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A lock file, held from its making as long as this object lives, at most to the end of the process.
public final class FileLock: Sendable {
  /// The lock file.
  public let path: FilePath
  private let descriptor: FileDescriptor

  /// Takes the lock, or gives nil while another process or another `FileLock` holds it.
  ///
  /// - Parameter path: The lock file; it is made if need be.
  /// - Throws: `StorageError` when the file can't be made or the file system has no locks.
  public init?(acquiring path: FilePath) throws(StorageError) {
    self.path = path
    while true {
      let raw = try systemCall("create", path) {
        unsafe open($0, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666 as mode_t)
      }
      do throws(StorageError) {
        try systemCall("lock", path) { flock(raw, LOCK_EX | LOCK_NB) }
        // The holder before us removes the file as it lets go. A lock on a file that has lost its
        // name keeps nobody out, so the name must still lead to what was locked.
        var status = stat()
        try systemCall("look at", path) { unsafe fstat(raw, &status) }
        if try FileStatus(of: path, followingLinks: false)?.identity == FileStatus(status).identity {
          descriptor = FileDescriptor(rawValue: raw)
          return
        }
        close(raw)
      } catch {
        close(raw)
        // Linux gives EWOULDBLOCK and EAGAIN one number.
        if error.errno == .resourceTemporarilyUnavailable { return nil }
        throw error
      }
    }
  }

  deinit { try? descriptor.close() }

  /// Removes the lock file; the lock itself goes when this object does.
  public func removeFile() {
    unsafe path.withPlatformString { _ = unsafe unlink($0) }
  }
}
