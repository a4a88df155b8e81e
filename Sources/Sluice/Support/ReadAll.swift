// Small files are read whole, and the first bytes of others: journals, the start of a manifest. Whoever reads says how
// much at most: the file may be of any size.

internal import Storage
internal import SystemPackage

/// The bytes of a regular file, at most `limit` of them; a symbolic link is refused.
func readAll(_ path: FilePath, limit: Int) throws -> [UInt8] {
  let source = try openForReading(path)
  let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: min(source.size, limit)) { buffer, count in
    count = try unsafe source.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
  }
  guard bytes.count == min(source.size, limit) else {
    throw StorageError(operation: "read all of", path: path, errno: .ioError)
  }
  return bytes
}

/// Opens a file for reading; a symbolic link is refused.
func openForReading(_ path: FilePath) throws(StorageError) -> FileSource {
  let descriptor: FileDescriptor
  do {
    // Nonblocking, so that a pipe planted under that name can't hold us up; for files it means nothing.
    descriptor = try FileDescriptor.open(
      path, .readOnly, options: [.noFollow, .closeOnExec, .nonBlocking])
  } catch {
    throw StorageError(operation: "open", path: path, errno: error as? Errno ?? .ioError)
  }
  return try FileSource(descriptor, name: path)
}
