public import SystemPackage

/// A regular file, read at any offset by any thread.
public final class FileSource: RandomAccessSource {
  /// The name it was opened by.
  public let name: FilePath
  /// The length in bytes when it was opened.
  public let size: Int
  private let descriptor: FileDescriptor

  /// Takes over an open descriptor and closes it in the end.
  ///
  /// - Throws: `StorageError` when the length cannot be told.
  public init(_ descriptor: FileDescriptor, name: FilePath) throws(StorageError) {
    self.descriptor = descriptor
    self.name = name
    do {
      size = Int(try descriptor.seek(offset: 0, from: .end))
    } catch {
      try? descriptor.close()
      throw StorageError(operation: "seek in", path: name, errno: error as? Errno ?? .ioError)
    }
  }

  deinit { try? descriptor.close() }

  /// What the file is now.
  ///
  /// - Throws: `StorageError` when the system refuses to tell.
  public func version() throws(StorageError) -> FileVersion {
    try FileVersion(of: descriptor, path: name)
  }

  /// Fills `buffer` from `offset` on, or as far as there are bytes, and says how many there were.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    try unsafe readFully(descriptor, path: name, into: buffer, at: offset)
  }
}

/// Reads until `buffer` is full or the file ends.
func readFully(
  _ descriptor: FileDescriptor, path: FilePath, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
) throws(StorageError) -> Int {
  var filled = 0
  while filled < buffer.count {
    let count: Int
    do {
      count = try unsafe descriptor.read(
        fromAbsoluteOffset: Int64(offset + filled),
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    } catch {
      throw StorageError(operation: "read", path: path, errno: error as? Errno ?? .ioError)
    }
    if count == 0 { break }
    filled += count
  }
  return filled
}

/// A pipe, a terminal or a file, read from front to back.
public final class FileStream: ByteStream {
  /// The name it was opened by.
  public let name: FilePath
  private let descriptor: FileDescriptor
  private let closes: Bool
  private let gate: ReadGate?

  /// Reads from `descriptor`, which is closed in the end unless `closes` is false.
  ///
  /// - Parameters:
  ///   - descriptor: What is read.
  ///   - name: What messages call it.
  ///   - closes: Whether it is closed in the end.
  ///   - gate: Says how long to wait for bytes; nil waits for ever.
  public init(_ descriptor: FileDescriptor, name: FilePath, closes: Bool = true, gate: ReadGate? = nil) {
    self.descriptor = descriptor
    self.name = name
    self.closes = closes
    self.gate = gate
  }

  deinit { if closes { try? descriptor.close() } }

  /// Reads the next bytes into `buffer` and says how many; 0 only at the end.
  ///
  /// - Throws: `StorageError`, or `ReadPause` where the gate says so.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try gate?.pass(descriptor)
    do {
      return try unsafe descriptor.read(into: buffer)
    } catch {
      throw StorageError(operation: "read", path: name, errno: error as? Errno ?? .ioError)
    }
  }
}

/// A random-access source read from front to back.
public final class SequentialReader: ByteStream {
  private let source: any RandomAccessSource
  private var offset: Int

  /// Starts at `offset` of `source`.
  public init(_ source: any RandomAccessSource, from offset: Int = 0) {
    self.source = source
    self.offset = offset
  }

  /// Reads the next bytes into `buffer` and says how many; 0 only at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try unsafe source.read(into: buffer, at: offset)
    offset += count
    return count
  }
}
