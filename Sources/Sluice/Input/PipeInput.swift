// An input that is read from front to back, once: a pipe, a terminal, a file that was read from before.

internal import Storage
internal import SystemPackage

/// A pipe.
final class PipeInput: ByteSource {
  private let pipe: CountedStream

  init(_ descriptor: FileDescriptor, name: InputName, gate: ReadGate?, counting: @escaping (Int) -> Void) {
    pipe = CountedStream(FileStream(descriptor, name: name.shownPath, gate: gate), counting)
  }

  var size: Int? { nil }

  var bytes: DataInput.Bytes { .stream(pipe) }

  func peek(_ count: Int) throws -> [UInt8] { try pipe.peek(count) }

  func hasChanged() -> Bool { false }

  func edges() -> SourceEdges { SourceEdges(size: pipe.length, first: pipe.first, last: pipe.last) }
}

/// A pipe that counts what is read of it, remembers its ends, and can be looked into.
private final class CountedStream: ByteStream {
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

  var last: [UInt8] { recent.suffix(SourceEdges.length) }

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
    if first.count < SourceEdges.length {
      unsafe first.append(contentsOf: bytes.prefix(SourceEdges.length - first.count))
    }
    unsafe recent.append(contentsOf: bytes.suffix(SourceEdges.length))
    if recent.count > 4 * SourceEdges.length { recent.removeFirst(recent.count - SourceEdges.length) }
  }
}
