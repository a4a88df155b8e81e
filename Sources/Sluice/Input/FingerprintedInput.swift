// An input as it is stored: opened once, known by a hash of its ends, and read either anywhere or from front
// to back.

internal import Compression
internal import Hashing
internal import Storage
internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The stored bytes of one input.
final class FingerprintedInput {
  private static let edge = 64 << 10

  /// The length, unless it is a pipe.
  let size: Int?
  /// What the file was when it was opened.
  private let opened: FileVersion?
  private let name: InputName
  private let file: CountedSource?
  private let pipe: CountedStream?

  /// Opens an input.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - gate: Says how long a pipe is waited for.
  ///   - counting: Gets how many bytes were read, each time.
  /// - Throws: `StorageError`.
  init(_ name: InputName, gate: ReadGate? = nil, counting: @escaping @Sendable (Int) -> Void) throws {
    let descriptor: FileDescriptor
    switch name {
    case .standardInput: descriptor = try Self.duplicate(.standardInput)
    case .path(let path): descriptor = try Self.open(path)
    }
    self.name = name
    let version: FileVersion
    do {
      version = try FileVersion(of: descriptor, path: name.shownPath)
    } catch {
      try? descriptor.close()
      throw error
    }
    // A file on standard input may have been read from already; then it is like a pipe.
    let position = try? descriptor.seek(offset: 0, from: .current)
    if position == 0, version.isFile {
      opened = version
      let source = CountedSource(try FileSource(descriptor, name: name.shownPath), counting)
      file = source
      pipe = nil
      size = source.size
    } else {
      opened = nil
      file = nil
      pipe = CountedStream(FileStream(descriptor, name: name.shownPath, gate: gate), counting)
      size = nil
    }
  }

  private static func open(_ path: FilePath) throws -> FileDescriptor {
    do {
      return try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    } catch {
      throw StorageError(operation: "open", path: path, errno: error as? Errno ?? .ioError)
    }
  }

  private static func duplicate(_ descriptor: FileDescriptor) throws -> FileDescriptor {
    do {
      return try descriptor.duplicate()
    } catch {
      throw StorageError(operation: "open", path: "-", errno: error as? Errno ?? .ioError)
    }
  }

  /// Tells the container by the first bytes, which are read again later.
  func detectContainer() throws -> Container {
    let prefix =
      try file.map { try Self.read($0, 0..<Container.detectionLength) }
      ?? pipe?.peek(Container.detectionLength) ?? []
    return Container.detect(prefix.span)
  }

  /// The bytes, read anywhere if possible.
  var bytes: DataInput.Bytes {
    if let file { return .random(file) }
    guard let pipe else { preconditionFailure("an input is a file or a pipe") }
    return .stream(pipe)
  }

  /// The bytes from front to back.
  var stream: any ByteStream {
    switch bytes {
    case .random(let source): SequentialReader(source)
    case .stream(let stream): stream
    }
  }

  /// Whether it is a file that is no longer what it was when it was opened.
  ///
  /// - Throws: `StorageError`.
  func hasChanged() throws -> Bool {
    guard let file else { return false }
    return try opened != file.version()
  }

  /// A hash of the length and the first and last 64 KiB, and the length.
  ///
  /// Of a pipe all must have been read. A file must still be what it was when it was opened: one that is
  /// still being written would be taken for complete.
  func fingerprint() throws -> (fingerprint: String, bytes: Int) {
    if try hasChanged() { throw InputChanged() }
    var (length, first, last) = (0, [UInt8](), [UInt8]())
    if let file {
      length = file.size
      first = try Self.read(file, 0..<Self.edge)
      last = try Self.read(file, max(0, length - Self.edge)..<length)
    } else if let pipe {
      (length, first, last) = (pipe.length, pipe.first, pipe.last)
    }
    var hash = SHA256()
    hash.update(first.span)
    hash.update(last.span)
    var number = UInt64(length).littleEndian
    unsafe withUnsafeBytes(of: &number) { unsafe hash.update($0) }
    return (Digest.hexadecimal(hash.finalize()), length)
  }

  private static func read(_ source: any RandomAccessSource, _ range: Range<Int>) throws -> [UInt8] {
    let count = max(0, min(range.upperBound, source.size) - range.lowerBound)
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try unsafe bytes.withUnsafeMutableBytes {
      try unsafe source.read(into: $0, at: range.lowerBound)
    }
    guard read == count else { throw InputChanged() }
    return bytes
  }
}

/// A file that counts what is read of it.
private final class CountedSource: RandomAccessSource {
  private let source: FileSource
  private let counting: @Sendable (Int) -> Void

  init(_ source: FileSource, _ counting: @escaping @Sendable (Int) -> Void) {
    self.source = source
    self.counting = counting
  }

  var size: Int { source.size }

  func version() throws -> FileVersion { try source.version() }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    let count = try unsafe source.read(into: buffer, at: offset)
    counting(count)
    return count
  }
}

/// A pipe that counts what is read of it, remembers its ends, and can be looked into.
private final class CountedStream: ByteStream {
  private static let edge = 64 << 10
  private let stream: FileStream
  private let counting: (Int) -> Void
  private var peeked: [UInt8] = []
  private(set) var length = 0
  /// The first and the last 64 KiB.
  private(set) var first: [UInt8] = []
  private var recent: [UInt8] = []

  init(_ stream: FileStream, _ counting: @escaping (Int) -> Void) {
    self.stream = stream
    self.counting = counting
  }

  var last: [UInt8] { recent.suffix(Self.edge) }

  /// The next bytes, which stay to be read; fewer only at the end.
  func peek(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let filled = try unsafe bytes.withUnsafeMutableBytes { try unsafe stream.readFully(into: $0) }
    peeked = Array(bytes[..<filled])
    return peeked
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count: Int
    if peeked.isEmpty {
      count = try unsafe stream.read(into: buffer)
    } else {
      count = min(peeked.count, buffer.count)
      unsafe buffer.copyBytes(from: peeked[..<count])
      peeked.removeFirst(count)
    }
    unsafe note(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    return count
  }

  private func note(_ bytes: UnsafeRawBufferPointer) {
    length += bytes.count
    counting(bytes.count)
    if first.count < Self.edge { unsafe first.append(contentsOf: bytes.prefix(Self.edge - first.count)) }
    unsafe recent.append(contentsOf: bytes.suffix(Self.edge))
    if recent.count > 4 * Self.edge { recent.removeFirst(recent.count - Self.edge) }
  }
}
