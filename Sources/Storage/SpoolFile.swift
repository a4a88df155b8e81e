// Bytes put aside: what a pipe delivered and has to be read again, rows that wait for a compressor.
// The file loses its name as soon as it exists, so that even `kill -9` gives the space back.

import Glibc
internal import Synchronization
internal import SystemPackage

/// A nameless temporary file: appended to, and read at any offset that was written.
public final class SpoolFile: ByteSink, RandomAccessSource {
  /// The directory whose space it takes, for messages.
  public let directory: String
  private let descriptor: FileDescriptor
  private let written = Mutex(0)

  /// Makes an empty spool file.
  ///
  /// - Parameter directory: Where its bytes go; it must exist.
  /// - Throws: `StorageError` when the system refuses.
  public init(in directory: String) throws(StorageError) {
    self.directory = directory
    // 64 random bits: two runs that share the directory don't meet, and if they did O_EXCL says so.
    let path = directory + "/spool-" + hexadecimal(UInt64.random(in: 0 ... .max))
    descriptor = FileDescriptor(
      rawValue: try systemCall("create a spool file in", directory) {
        unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600 as mode_t)
      })
    try systemCall("remove", path) { unsafe unlink(path) }
  }

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
