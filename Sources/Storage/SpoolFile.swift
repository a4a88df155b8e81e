// Bytes put aside: what a pipe delivered and has to be read again, rows that wait for a compressor.
// The file has no name, so that even `kill -9` gives the space back.

internal import CStorage
internal import Synchronization
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A nameless temporary file: appended to, and read at any offset that was written.
public final class SpoolFile: ByteSink, RandomAccessSource {
  /// The directory whose space it takes, for messages.
  public let directory: FilePath
  private let descriptor: FileDescriptor
  private let written = Mutex(0)

  /// Makes an empty spool file.
  ///
  /// - Parameter directory: Where its bytes go; it must exist.
  /// - Throws: `StorageError` when the system refuses.
  public init(in directory: FilePath) throws(StorageError) {
    self.directory = directory
    descriptor = FileDescriptor(rawValue: try Self.open(in: directory))
  }

  /// Opens a file that never had a name; where the file system cannot do that, one that loses it at once.
  private static func open(in directory: FilePath) throws(StorageError) -> CInt {
    do {
      return try systemCall(creating, directory) { unsafe cstorage_open_nameless($0) }
    } catch {
      guard [.notSupported, .isDirectory].contains(error.errno) else { throw error }
      return try openAndUnlink(in: directory)
    }
  }

  /// A run that is killed between the two calls leaves an empty file behind.
  static func openAndUnlink(in directory: FilePath) throws(StorageError) -> CInt {
    // 64 random bits: two runs that share the directory don't meet, and if they did O_EXCL says so.
    let path = directory.appending("spool-" + hexadecimal(UInt64.random(in: 0 ... .max)))
    let descriptor = try systemCall(creating, path) {
      unsafe systemOpen($0, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600 as mode_t)
    }
    try systemCall("remove", path) { unsafe unlink($0) }
    return descriptor
  }

  private static let creating = "create a spool file in"

  deinit { try? descriptor.close() }

  /// How many bytes have been appended so far.
  public var size: Int { written.withLock { $0 } }

  /// Appends all of `bytes`; a `StorageError` says how far it got when the disk is full.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    try written.withLock { written in
      try unsafe writeAll(bytes, to: descriptor, path: directory, written: &written)
    }
  }

  /// Fills `buffer` from `offset` on, or as far as there are bytes, and says how many there were.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    try unsafe readFully(descriptor, path: directory, into: buffer, at: offset)
  }
}

/// Sixteen lower-case digits.
func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
