// An input that is a file: read anywhere by any worker, and watched for changes.

internal import Storage
internal import SystemPackage

/// A regular file.
final class FileInput: ByteSource {
  private let file: CountedSource
  /// What the file was when it was opened.
  private let opened: FileVersion

  /// Takes over a descriptor that stands at the start of a file.
  ///
  /// - Throws: `StorageError`.
  init(
    _ descriptor: FileDescriptor, _ version: FileVersion, name: InputName,
    counting: @escaping @Sendable (Int) -> Void
  ) throws {
    opened = version
    file = CountedSource(try FileSource(descriptor, name: name.shownPath), counting)
  }

  var size: Int? { file.size }

  var bytes: DataInput.Bytes { .random(file) }

  func peek(_ count: Int) throws -> [UInt8] { try read(0..<count) }

  func hasChanged() throws -> Bool { try opened != file.version() }

  func edges() throws -> SourceEdges {
    SourceEdges(
      size: file.size, first: try read(0..<SourceEdges.length),
      last: try read(max(0, file.size - SourceEdges.length)..<file.size))
  }

  private func read(_ range: Range<Int>) throws -> [UInt8] {
    let count = max(0, min(range.upperBound, file.size) - range.lowerBound)
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try unsafe bytes.withUnsafeMutableBytes {
      try unsafe file.read(into: $0, at: range.lowerBound)
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
