// A ZIP writer for tests, able to write what real ones do and what none should.

import Compression

/// How the lengths of an entry are told.
enum ZipLengths: CaseIterable {
  case header, header64, descriptor, bareDescriptor, descriptor64, bareDescriptor64

  var isDescriptor: Bool { self != .header && self != .header64 }
}

struct ZipWriter {
  private(set) var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// Deflated bytes: a gzip part without its header and trailer.
  static func deflate(_ bytes: [UInt8]) throws -> [UInt8] {
    try Array(encode(bytes, .gzip).dropFirst(10).dropLast(8))
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
  }

  mutating func add(
    _ name: [UInt8], _ content: [UInt8], deflated: Bool = true, lengths: ZipLengths = .header,
    flags: UInt16 = 0, method: UInt16? = nil, wideDirectory: Bool = false
  ) throws {
    let data = deflated ? try Self.deflate(content) : content
    let flags = flags | (lengths.isDescriptor ? 8 : 0)
    let method = method ?? (deflated ? 8 : 0)
    let sum = Self.crc32(content)
    let offset = bytes.count
    let wide = le(UInt16(1)) + le(UInt16(16)) + le(UInt64(content.count)) + le(UInt64(data.count))
    let extra = lengths == .header64 ? wide : []
    let told = (UInt32(data.count), UInt32(content.count))
    let (small, big): (UInt32, UInt32) =
      lengths == .header64 ? (.max, .max) : lengths.isDescriptor ? (0, 0) : told
    bytes += le(UInt32(0x0403_4B50)) + le(UInt16(20)) + le(flags) + le(method) + le(UInt32(0))
    bytes += le(lengths.isDescriptor ? 0 : sum) + le(small) + le(big)
    bytes += le(UInt16(name.count)) + le(UInt16(extra.count)) + name + extra + data
    switch lengths {
    case .header, .header64: break
    case .descriptor: bytes += le(UInt32(0x0807_4B50)) + le(sum) + le(told.0) + le(told.1)
    case .bareDescriptor: bytes += le(sum) + le(told.0) + le(told.1)
    case .descriptor64:
      bytes += le(UInt32(0x0807_4B50)) + le(sum) + le(UInt64(told.0)) + le(UInt64(told.1))
    case .bareDescriptor64: bytes += le(sum) + le(UInt64(told.0)) + le(UInt64(told.1))
    }
    let far = wideDirectory ? le(UInt16(1)) + le(UInt16(24)) + wide[4...] + le(UInt64(offset)) : []
    directory += le(UInt32(0x0201_4B50)) + le(UInt16(20)) + le(UInt16(20)) + le(flags) + le(method)
    directory +=
      le(UInt32(0)) + le(sum) + le(wideDirectory ? .max : told.0) + le(wideDirectory ? .max : told.1)
    directory += le(UInt16(name.count)) + le(UInt16(far.count)) + le(UInt16(0)) + le(UInt16(0))
    directory += le(UInt16(0)) + le(UInt32(0)) + le(wideDirectory ? .max : UInt32(offset)) + name + far
    count += 1
  }

  mutating func add(_ name: String, _ content: [UInt8], deflated: Bool = true, lengths: ZipLengths = .header)
    throws
  {
    try add(Array(name.utf8), content, deflated: deflated, lengths: lengths)
  }

  func archive(zip64: Bool = false, comment: [UInt8] = []) -> [UInt8] {
    var out = bytes + directory
    let size = directory.count
    if zip64 {
      let end = out.count
      out += le(UInt32(0x0606_4B50)) + le(UInt64(44)) + le(UInt16(45)) + le(UInt16(45))
      out += le(UInt32(0)) + le(UInt32(0)) + le(UInt64(count)) + le(UInt64(count))
      out += le(UInt64(size)) + le(UInt64(bytes.count))
      out += le(UInt32(0x0706_4B50)) + le(UInt32(0)) + le(UInt64(end)) + le(UInt32(1))
    }
    out += le(UInt32(0x0605_4B50)) + le(UInt32(0))
    out += le(zip64 ? .max : UInt16(count)) + le(zip64 ? .max : UInt16(count))
    out += le(zip64 ? .max : UInt32(size)) + le(zip64 ? .max : UInt32(bytes.count))
    return out + le(UInt16(comment.count)) + comment
  }
}

/// A number's bytes, the lowest first.
func le<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  stride(from: 0, to: T.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> T($0)) }
}

/// All files of an archive, read at random.
func readArchive(
  _ bytes: [UInt8], missing: Int = 0, seen: ZipListing? = nil
) throws -> [String: [UInt8]] {
  let archive = try ZipArchive(MemorySource(bytes), missing: missing, seen: seen)
  var files: [String: [UInt8]] = [:]
  for entry in archive.entries { files[entry.name] = try archive.open(entry).readAll() }
  return files
}

/// All files of an archive, read from a pipe, the rest at random where it must be.
func streamArchive(_ bytes: [UInt8], piece: Int = .max, buffer: Int = 4096) throws -> [String: [UInt8]] {
  let reader = try ZipStreamReader(MemoryStream(bytes, piece: piece))
  var files: [String: [UInt8]] = [:]
  while true {
    switch try reader.nextEntry() {
    case .entry(let entry): files[entry.name] = try reader.readAll(buffer)
    case .end: return files
    case .needsRandomAccess:
      let (rest, offset) = reader.takeRemainder()
      let others = try readArchive(rest.readAll(buffer), missing: offset, seen: reader.seen)
      return files.merging(others) { old, _ in old }
    }
  }
}
