// Whether a part is what lakes can read: one frame, a checksum, a small window, whole rows.

internal import ByteScan
internal import Compression
internal import Storage

/// Reads one part.
struct PartCheck {
  let path: String

  /// Reads the part to its end.
  ///
  /// - Returns: What is wrong with its frame or its rows.
  func problem(rows: Int, rawBytes: Int) throws -> FileProblem? {
    let source = try openForReading(path)
    var found = 0
    var length = 0
    var last: UInt8?
    do {
      guard let stream = try decoder(source) else { return .frame }
      try stream.forEachPiece { piece in
        found += ScanKernel.best.countNewlines(in: piece)
        length += piece.count
        last = piece[piece.count - 1]
      }
    } catch is CompressionError {
      return .frame
    }
    return found == rows && length == rawBytes && last == UInt8(ascii: "\n") ? nil : .rows
  }

  /// The rows of the part; nil if its frame is not as we write it.
  private func decoder(_ source: FileSource) throws -> (any ByteStream)? {
    let stream = SequentialReader(source)
    if path.hasSuffix(CompressionFormat.zstd.fileSuffix) {
      guard try ZstdFrameHeader(of: source)?.isReadableByLakes == true,
        try ZstdFrameHeader.frameCount(of: source) == 1
      else { return nil }
      return try ZstdDecoder(stream)
    }
    if path.hasSuffix(CompressionFormat.gzip.fileSuffix) { return try GzipDecoder(stream) }
    return stream
  }
}

/// The start of a zstd frame (RFC 8878, section 3.1.1.1).
struct ZstdFrameHeader {
  let hasChecksum: Bool
  let windowSize: Int
  /// Where its first block starts.
  let length: Int

  /// Reads the header at the start of a file; nil if there is none.
  init?(of source: any RandomAccessSource) throws {
    let bytes = try Self.read(source, 18, at: 0)
    guard bytes.count >= 6, bytes[0..<4].elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) else { return nil }
    let descriptor = bytes[4]
    let isSingleSegment = descriptor & 0x20 != 0
    hasChecksum = descriptor & 0x04 != 0
    let contentSizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
    let dictionaryLength = [0, 1, 2, 4][Int(descriptor & 3)]
    length = 5 + (isSingleSegment ? 0 : 1) + dictionaryLength + contentSizeLength
    guard bytes.count >= length else { return nil }
    if isSingleSegment {
      let size = bytes[(length - contentSizeLength)..<length].reversed().reduce(0) { $0 << 8 | Int($1) }
      windowSize = size + (contentSizeLength == 2 ? 256 : 0)
    } else {
      let base = 1 << (10 + Int(bytes[5] >> 3))
      windowSize = base + base / 8 * Int(bytes[5] & 7)
    }
  }

  /// Checksum on, and a window that every reader takes.
  var isReadableByLakes: Bool { hasChecksum && windowSize <= 8 << 20 }

  /// How many frames a file has, found by walking over block headers; 2 stands for more than one, or for
  /// anything else behind the first.
  static func frameCount(of source: any RandomAccessSource) throws -> Int {
    guard let header = try ZstdFrameHeader(of: source) else { return 0 }
    var offset = header.length
    while true {
      let bytes = try read(source, 3, at: offset)
      guard bytes.count == 3 else { return 0 }
      let block = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
      // A run of one byte is stored as that byte.
      offset += 3 + (block >> 1 & 3 == 1 ? 1 : block >> 3)
      if block & 1 == 1 { break }
    }
    return offset + (header.hasChecksum ? 4 : 0) == source.size ? 1 : 2
  }

  private static func read(_ source: any RandomAccessSource, _ count: Int, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try unsafe bytes.withUnsafeMutableBytes { try unsafe source.read(into: $0, at: offset) }
    return Array(bytes[..<read])
  }
}
