// Whether a part is framed as every engine can read it. Only the skeleton is walked, a few bytes per
// 128 KiB block; what is inside is the decoder's business. Numbers are from RFC 8878 (zstd, sections
// 3.1.1 and 3.1.1.2) and RFC 1952 (gzip, section 2.3).

internal import Storage

/// How a part is compressed, told by its name.
package enum PartFormat: Hashable, Sendable {
  /// One zstd frame, `.jsonl.zst`.
  case zstd
  /// One gzip member, `.jsonl.gz`.
  case gzip
  /// As it is, `.jsonl`.
  case plain

  /// Tells the format by a part's name; nil for any other name.
  ///
  /// - Parameter path: The part's path.
  package init?(path: String) {
    let bytes = Array(path.utf8)
    func ends(with suffix: String) -> Bool { bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
    if ends(with: ".jsonl.zst") {
      self = .zstd
    } else if ends(with: ".jsonl.gz") {
      self = .gzip
    } else if ends(with: ".jsonl") {
      self = .plain
    } else {
      return nil
    }
  }
}

/// Walks the frames of a part.
enum FrameCheck {
  /// The largest window that Trino's and Athena's decoder takes.
  static let largestWindow = 8 << 20

  /// Whether `source` is framed as a part has to be.
  static func passes(_ source: any RandomAccessSource, _ format: PartFormat) throws -> Bool {
    switch format {
    case .zstd: try isOneZstdFrame(source)
    // Where the member ends only inflating tells: the decoder refuses what comes after it.
    case .gzip: try isPlainGzipHeader(source)
    case .plain: true
    }
  }

  private static func bytes(_ source: any RandomAccessSource, _ offset: Int, _ count: Int) throws -> [UInt8] {
    try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try unsafe source.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
  }

  private static func isPlainGzipHeader(_ source: any RandomAccessSource) throws -> Bool {
    // Magic, deflate, no flags (so no name), no time.
    try bytes(source, 0, 8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]
  }

  /// One frame with a checksum and a small enough window, and nothing before or after it.
  private static func isOneZstdFrame(_ source: any RandomAccessSource) throws -> Bool {
    guard var offset = try zstdHeaderLength(source) else { return false }
    while true {
      let header = try bytes(source, offset, 3)
      guard header.count == 3 else { return false }
      let value = Int(header[0]) | Int(header[1]) << 8 | Int(header[2]) << 16
      let type = value >> 1 & 3
      guard type != 3 else { return false }
      // A run-length block stores one byte whatever its size says.
      offset += 3 + (type == 1 ? 1 : value >> 3)
      if value & 1 == 1 { break }
    }
    return offset + 4 == source.size
  }

  /// The length of the frame header, nil if it isn't one that a part may have.
  private static func zstdHeaderLength(_ source: any RandomAccessSource) throws -> Int? {
    let start = try bytes(source, 0, 14)
    guard start.count >= 6, start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) else { return nil }
    let descriptor = start[4]
    // Checksum on; the reserved bit and the dictionary bits off.
    guard descriptor & 0b0000_1111 == 0b0000_0100 else { return nil }
    let isSingleSegment = descriptor & 0b0010_0000 != 0
    let sizeFlag = Int(descriptor >> 6)
    let sizeLength = sizeFlag == 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag
    let window: Int
    if isSingleSegment {
      // Then the window is as large as the content.
      let field = start.dropFirst(5).prefix(sizeLength)
      guard field.count == sizeLength, field.dropFirst(4).allSatisfy({ $0 == 0 }) else { return nil }
      window = field.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) } + (sizeLength == 2 ? 256 : 0)
    } else {
      let base = 1 << (10 + Int(start[5] >> 3))
      window = base + base / 8 * Int(start[5] & 7)
    }
    return window <= largestWindow ? 5 + (isSingleSegment ? 0 : 1) + sizeLength : nil
  }
}
