// What the tests of all containers share: seeded data, streams over arrays, reading in pieces.

import Compression
import Foundation
import Storage

/// A small generator with a fixed sequence for each seed.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Bytes in memory as a stream that gives at most `piece` at a time, or as a random-access source.
final class MemoryStream: ByteStream {
  private let bytes: [UInt8]
  private let piece: Int
  private var position = 0

  init(_ bytes: [UInt8], piece: Int = .max) {
    self.bytes = bytes
    self.piece = piece
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(piece, buffer.count, bytes.count - position)
    unsafe buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

final class MemorySource: RandomAccessSource {
  let bytes: [UInt8]
  var size: Int { bytes.count }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    let count = max(0, min(buffer.count, bytes.count - offset))
    if count > 0 { unsafe buffer.copyBytes(from: bytes[offset..<offset + count]) }
    return count
  }
}

extension ByteStream {
  /// Reads all there is through a buffer of `size` bytes.
  func readAll(_ size: Int = 64 << 10) throws -> [UInt8] {
    var all: [UInt8] = []
    var room = [UInt8](repeating: 0, count: size)
    while true {
      let count = try unsafe room.withUnsafeMutableBytes { try unsafe read(into: $0) }
      if count == 0 { return all }
      all += room[..<count]
    }
  }
}

/// Rows that look like annotations: keys that repeat, numbers and ids that don't.
func annotationRows(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var random = SplitMix64(seed)
  var rows: [UInt8] = []
  for row in 0..<count {
    let x = Double(random.next() >> 11) / 4e12
    let id = String(random.next(), radix: 16)
    rows += Array(
      #"{"bounding-box":{"x":\#(x),"width":12.5},"objectId":"\#(id)","title":"Vehicle","page":\#(row)}"#.utf8)
    rows.append(10)
  }
  return rows
}

/// Compresses `bytes` as one part, in writes of `piece` bytes, with checkpoints before some raw positions.
func encode(
  _ bytes: [UInt8], with encoder: PartEncoder, piece: Int = .max, checkpoints: [Int] = []
) throws -> [UInt8] {
  var out: [UInt8] = []
  encoder.begin()
  var position = 0
  var stops = checkpoints[...]
  while true {
    if let stop = stops.first, stop == position {
      stops.removeFirst()
      let reported = try encoder.checkpoint { span in for i in span.indices { out.append(span[i]) } }
      precondition(reported == out.count)
    }
    guard position < bytes.count else { break }
    let end = min(position + min(piece, bytes.count), stops.first ?? .max, bytes.count)
    try encoder.write(bytes.span.extracting(position..<end)) { span in
      for i in span.indices { out.append(span[i]) }
    }
    position = end
  }
  try encoder.finish { span in for i in span.indices { out.append(span[i]) } }
  return out
}

func encode(_ bytes: [UInt8], _ format: CompressionFormat, level: Int? = nil) throws -> [UInt8] {
  try encode(bytes, with: PartEncoder(CompressionOptions(format: format, level: level)))
}
