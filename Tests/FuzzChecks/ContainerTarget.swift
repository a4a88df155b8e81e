// Target `containers`. As they come, the bytes must give data or a `CompressionError`, the same however they
// are read, and never data where something is missing. Wrapped up first, they must come back; cut or changed
// after that, they must not come back as something else.

import Compression
import Storage

extension FuzzTarget {
  func checkContainers(_ input: inout FuzzInput) -> String? {
    let mode = input.byte() % 4
    let piece = max(1, input.byte())
    let room = max(1, input.byte())
    let cuts = input.cuts()
    let damage = (place: input.word(), bits: input.byte())
    let bytes = input.rest
    let sizes = ReadSizes(piece: piece, room: room)
    do {
      switch mode {
      case 0: return try Self.raw(bytes, sizes, cutAt: damage.place)
      case 1, 2:
        let format = mode == 1 ? CompressionFormat.gzip : .zstd
        return try Self.wrapped(bytes, format, cuts.ends(in: bytes.count), sizes, damage)
      default: return try Self.zipped(bytes, cuts.ends(in: bytes.count), sizes, damage)
      }
    } catch {
      return "no CompressionError: \(error)"
    }
  }

  private static func raw(_ bytes: [UInt8], _ sizes: ReadSizes, cutAt place: Int) throws -> String? {
    let cut = place % (bytes.count + 1)
    switch Container.detect(bytes.span) {
    case .plain: return nil
    case .zip: return try archive(bytes, sizes, cutAt: cut)
    case .gzip: return try stream(.gzip, bytes, sizes, cutAt: cut)
    case .zstd: return try stream(.zstd, bytes, sizes, cutAt: cut)
    }
  }

  /// A stream that is cut is an error, unless it falls into two that are both whole.
  private static func stream(
    _ format: CompressionFormat, _ bytes: [UInt8], _ sizes: ReadSizes, cutAt cut: Int
  ) throws -> String? {
    let whole = try Decoded(format, bytes)
    let pieces = try Decoded(format, bytes, sizes)
    if whole.isBomb || pieces.isBomb { return nil }
    if whole != pieces { return "\(format): \(pieces), not \(whole), by pieces of \(sizes)" }
    guard whole.error == nil, cut < bytes.count else { return nil }
    let front = try Decoded(format, Array(bytes[..<cut]), sizes)
    guard front.error == nil else { return nil }
    let back = Array(bytes[cut...])
    if format == .gzip, back.allSatisfy({ $0 == 0 }) {
      return front == whole ? nil : "gzip: padding counts"
    }
    let rest = try Decoded(format, back, sizes)
    return rest.error == nil && front.bytes + rest.bytes == whole.bytes
      ? nil : "\(format): whole when cut at \(cut), where \(rest) is left"
  }

  private static func wrapped(
    _ bytes: [UInt8], _ format: CompressionFormat, _ ends: [Int], _ sizes: ReadSizes,
    _ damage: (place: Int, bits: Int)
  ) throws -> String? {
    let encoder = try PartEncoder(CompressionOptions(format: format, level: 1, workers: 1))
    var stored: [UInt8] = []
    var start = 0
    // Each piece costs a context's reset, so there are few.
    for end in ends.prefix(4) + [bytes.count] {
      stored += try encoder.compress(Array(bytes[start..<end]))
      start = end
    }
    let whole = try Decoded(format, stored, sizes)
    if whole.bytes != bytes || whole.error != nil { return "\(format): \(whole), not what was compressed" }
    let place = damage.place % stored.count
    if let found = try stream(format, stored, sizes, cutAt: place) { return found }
    var changed = stored
    changed[place] ^= UInt8(damage.bits)
    let found = try Decoded(format, changed, sizes)
    return found.error != nil || found.bytes == bytes || found.isBomb
      ? nil : "\(format): byte \(place) changed by \(damage.bits) gives \(found)"
  }
}

/// How a stream is read.
struct ReadSizes {
  /// How many bytes the source gives at a time.
  var piece = Int.max
  /// How many bytes the reader takes at a time.
  var room = 1 << 16
}

/// What a stream came to.
struct Decoded: Equatable {
  /// More than any test needs: what decodes to more is no longer looked at.
  private static let limit = 1 << 20

  private(set) var bytes: [UInt8] = []
  private(set) var error: CompressionError.Code?
  private(set) var isBomb = false
  private var isZstd = false

  init(_ format: CompressionFormat, _ stored: [UInt8], _ sizes: ReadSizes = ReadSizes()) throws {
    let source = ArrayStream(stored, piece: sizes.piece)
    try self.init(format == .gzip ? GzipDecoder(source) : ZstdDecoder(source), sizes)
  }

  /// Reads to the end.
  ///
  /// - Throws: Any error that is no `CompressionError`.
  init(_ stream: @autoclosure () throws -> any ByteStream, _ sizes: ReadSizes) throws {
    do {
      let stream = try stream()
      var room = [UInt8](repeating: 0, count: sizes.room)
      while true {
        let count = try unsafe room.withUnsafeMutableBytes { try unsafe stream.read(into: $0) }
        if count == 0 { return }
        bytes += room[..<count]
        if bytes.count > Self.limit {
          isBomb = true
          return
        }
      }
    } catch let failure as CompressionError {
      error = failure.code
      isZstd = failure.container == .zstd
    }
  }
}

extension Decoded {
  /// How much comes out before an error depends on how it is read, and so does what libzstd calls damaged first
  /// where a frame holds less than it says: its length or its checksum.
  static func == (one: Decoded, other: Decoded) -> Bool {
    one.fault == other.fault && one.isBomb == other.isBomb && (one.error != nil || one.bytes == other.bytes)
  }

  private var fault: CompressionError.Code? { isZstd && error == .checksumMismatch ? .corrupt : error }
}

extension Decoded: CustomStringConvertible {
  var description: String { "\(bytes.count) bytes" + (error.map { " and \($0)" } ?? "") }
}

/// Bytes in memory as a stream that gives at most `piece` at a time.
final class ArrayStream: ByteStream {
  private let bytes: [UInt8]
  private let piece: Int
  private var position = 0

  init(_ bytes: [UInt8], piece: Int) {
    self.bytes = bytes
    self.piece = piece
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(piece, buffer.count, bytes.count - position)
    unsafe buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

/// Bytes in memory that can be read anywhere.
final class ArraySource: RandomAccessSource {
  private let bytes: [UInt8]
  var size: Int { bytes.count }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    precondition(offset >= 0, "before the first byte")
    let count = max(0, min(buffer.count, bytes.count - offset))
    if count > 0 { unsafe buffer.copyBytes(from: bytes[offset..<offset + count]) }
    return count
  }
}

extension PartEncoder {
  /// One part in memory.
  func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    var stored: [UInt8] = []
    begin()
    try write(bytes.span) { piece in for index in piece.indices { stored.append(piece[index]) } }
    try finish { piece in for index in piece.indices { stored.append(piece[index]) } }
    return stored
  }
}
