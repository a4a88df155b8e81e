// Small readers that tell whether an answer is right.

import Compression
import JSONEvents
import Storage

/// Counts events, and assets among them: the objects right in the outermost array.
final class EventCounter: JSONEventHandler {
  private(set) var assets = 0
  private(set) var events = 0
  private var depth = 0

  func startObject(at offset: Int) {
    events += 1
    depth += 1
    if depth == 2 { assets += 1 }
  }

  func startArray(at offset: Int) {
    events += 1
    depth += 1
  }

  func endObject(at offset: Int) { depth -= 1 }
  func endArray(at offset: Int) { depth -= 1 }
  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) { events += 1 }
  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    events += 1
  }
  func number(_ raw: Span<UInt8>, at range: Range<Int>) { events += 1 }
  func boolean(_ value: Bool, at range: Range<Int>) { events += 1 }
  func null(at range: Range<Int>) { events += 1 }
  func oversizedString(isKey: Bool, at range: Range<Int>) { events += 1 }
  func oversizedNumber(at range: Range<Int>) { events += 1 }
}

/// Bytes in memory as a stream.
final class MemoryStream: ByteStream {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - position)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

extension ByteStream {
  /// How many bytes it has, as long as they are those of `wanted`; -1 if they are not.
  func count(of wanted: [UInt8]) throws -> Int {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var total = 0
    while true {
      let read = try buffer.withUnsafeMutableBytes { try self.read(into: $0) }
      if read == 0 { return total }
      if total + read > wanted.count || buffer[..<read] != wanted[total..<total + read] { return -1 }
      total += read
    }
  }
}
