// The way bytes leave a run. A sink beyond files (S3) is one more conformance.

internal import Synchronization
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Somewhere bytes can be appended to.
public protocol ByteSink: AnyObject, Sendable {
  /// Appends all of `bytes` or throws.
  ///
  /// - Parameter bytes: What to write; may be empty.
  /// - Throws: `StorageError` when the system refuses.
  func append(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
  /// Appends all of `bytes` or throws.
  ///
  /// - Parameter bytes: What to write; may be empty.
  /// - Throws: `StorageError` when the system refuses.
  public func append(_ bytes: Span<UInt8>) throws {
    try unsafe bytes.withUnsafeBufferPointer { try unsafe append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends all of `bytes` or throws.
  ///
  /// - Parameter bytes: What to write; may be empty.
  /// - Throws: `StorageError` when the system refuses.
  public func append(_ bytes: [UInt8]) throws {
    try append(bytes.span)
  }
}

/// A new file, written from front to back.
///
/// The lock is for the compiler, not for sharing: one thread at a time hands a sink on to the next.
public final class FileSink: ByteSink {
  /// The name it was created by.
  public let path: FilePath
  private let state: Mutex<State>

  private struct State {
    var descriptor: FileDescriptor?
    var written = 0
    var isFinished = false
  }

  /// Creates the file; one that exists, or a symbolic link, is refused.
  ///
  /// - Parameters:
  ///   - path: Where the file goes.
  ///   - permissions: The mode before the umask.
  /// - Throws: `StorageError`, with `.fileExists` when something has that name.
  public init(creating path: FilePath, permissions: FilePermissions = .init(rawValue: 0o666))
    throws(StorageError)
  {
    self.path = path
    let descriptor = try systemCall("create", path) {
      unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions.rawValue)
    }
    state = Mutex(State(descriptor: FileDescriptor(rawValue: descriptor)))
  }

  deinit { state.withLock { try? $0.descriptor?.close() } }

  /// How many bytes the file has taken.
  public var bytesWritten: Int { state.withLock { $0.written } }

  /// Whether `finish()` has made the file durable.
  public var isFinished: Bool { state.withLock { $0.isFinished } }

  /// Appends all of `bytes`; a `StorageError` says how far it got when the disk is full.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    try state.withLock { state in
      guard let descriptor = state.descriptor else {
        throw StorageError(operation: "write", path: path, errno: .badFileDescriptor)
      }
      try unsafe writeAll(bytes, to: descriptor, path: path, written: &state.written)
    }
  }

  /// Makes the file durable and closes it; a second call does nothing.
  ///
  /// - Throws: `StorageError`; network file systems report a full disk only here.
  public func finish() throws(StorageError) {
    do {
      try state.withLock { state in
        guard let descriptor = state.descriptor else { return }
        try synchronize(descriptor.rawValue, path: path)
        state.descriptor = nil
        try systemClose(descriptor, path: path)
        state.isFinished = true
      }
    } catch {
      throw error as? StorageError
        ?? StorageError(operation: "synchronize", path: path, errno: .ioError)
    }
  }
}

/// Standard output or another descriptor that is not ours to close.
public final class DescriptorSink: ByteSink {
  /// What messages call it.
  public let name: FilePath
  private let descriptor: FileDescriptor
  private let written = Mutex(0)

  /// Writes to `descriptor`, which stays open.
  public init(_ descriptor: FileDescriptor, name: FilePath) {
    self.descriptor = descriptor
    self.name = name
  }

  /// How many bytes the descriptor has taken.
  public var bytesWritten: Int { written.withLock { $0 } }

  /// Appends all of `bytes`; a `StorageError` says how far it got when the disk is full.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    try written.withLock { written in
      try unsafe writeAll(bytes, to: descriptor, path: name, written: &written)
    }
  }
}

/// Closes for good: Linux has let go of the descriptor even when it reports a failure.
func systemClose(_ descriptor: FileDescriptor, path: FilePath) throws(StorageError) {
  if close(descriptor.rawValue) == -1, errno != EINTR {
    throw StorageError(operation: "close", path: path, errno: Errno(rawValue: errno))
  }
}
