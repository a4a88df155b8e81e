// A ZIP archive that can be read anywhere. The central directory at its end is the authority; the local
// headers are checked against it, so that an archive that means different things to different readers is
// refused.

public import Storage

/// One entry of an archive.
public struct ZipEntry: Hashable, Sendable {
  /// The name, made printable.
  public let name: String
  /// Whether it stands for a directory.
  public let isDirectory: Bool
  /// The compression method's number: 0 stored, 8 deflated.
  public let method: UInt16
  /// The length of its data in the archive.
  public let compressedSize: Int
  /// The length of its data decompressed.
  public let size: Int
  /// The CRC-32 of its data decompressed.
  public let crc32: UInt32
  /// Whether a password is needed.
  public let isEncrypted: Bool
  /// Where its local header stands in the source.
  public let headerOffset: Int
  /// Where its data stand in the source.
  public let dataOffset: Int

  /// Where its bytes can be read as they are, if it is stored.
  ///
  /// Whoever reads them so has to compare `crc32` itself.
  public var storedRange: Range<Int>? {
    method == 0 && !isEncrypted && size == compressedSize ? dataOffset..<dataOffset + size : nil
  }
}

/// A ZIP archive in a random-access source.
public final class ZipArchive: Sendable {
  /// The entries in the order of their data.
  public let entries: [ZipEntry]
  private let source: any RandomAccessSource

  /// Reads the central directory and the local headers.
  ///
  /// Bytes before the archive and a comment behind it are allowed.
  ///
  /// - Parameters:
  ///   - source: The archive.
  ///   - missing: How many bytes of the archive's front the source lacks, as after spooling what
  ///     `ZipStreamReader.takeRemainder()` gave; entries that stood there are left out.
  ///   - seen: What was read of them; nil if nobody knows.
  ///   - admit: Gets the number of entries before they are read.
  /// - Throws: `CompressionError`, or what the source or `admit` throws.
  public init(
    _ source: any RandomAccessSource, missing: Int = 0, seen: ZipListing? = nil,
    admit: (_ entries: Int) throws -> Void = { _ in }
  ) throws {
    self.source = source
    let directory = try ZipDirectory(source, missing: missing)
    try admit(directory.count)
    let input = InputBuffer(SourceRange(source, directory.range), at: directory.range.lowerBound)
    var entries: [ZipEntry] = []
    var before = ZipListing()
    for _ in 0..<directory.count {
      guard try input.fill(4), input.copy(0..<4).u32(0) == ZipSignature.centralHeader else {
        throw zipError(.corrupt, at: input.offset, detail: "an entry of the directory is missing")
      }
      let record = try ZipRecord.central(input)
      if record.headerOffset >= missing {
        entries.append(try Self.locate(record, shift: directory.shift, in: source))
      } else {
        before.add(record)
      }
    }
    guard try !input.fill() else {
      throw zipError(.corrupt, at: input.offset, detail: "the directory is longer than its entries")
    }
    guard seen == nil || seen == before else {
      throw zipError(.corrupt, at: directory.range.lowerBound, detail: "the directory lists other entries")
    }
    entries.sort { $0.headerOffset < $1.headerOffset }
    self.entries = entries
    try Self.checkOverlap(entries, end: directory.range.lowerBound)
  }

  /// The decompressed bytes of an entry; sum and length are verified at the end.
  ///
  /// - Parameter entry: One of `entries`.
  /// - Returns: A stream, independent of others of the same archive.
  /// - Throws: `CompressionError` if the entry is encrypted or its method unknown.
  public func open(_ entry: ZipEntry) throws -> any ByteStream {
    try checkReadable(entry.name, entry.method, entry.isEncrypted, at: entry.headerOffset)
    let range = entry.dataOffset..<entry.dataOffset + entry.compressedSize
    let input = InputBuffer(SourceRange(source, range), at: entry.dataOffset)
    let inflater = entry.method == 8 ? try Inflater(windowBits: -15, container: .zip) : nil
    let reader = ZipEntryReader(
      input, inflater: inflater, compressedSize: entry.compressedSize, name: entry.name)
    return ZipEntryStream(entry, reader)
  }

  /// Finds an entry's data and compares its local header with the directory.
  private static func locate(
    _ record: ZipRecord, shift: Int, in source: any RandomAccessSource
  ) throws -> ZipEntry {
    let name = decodeZipName(record.name)
    let (offset, overflow) = record.headerOffset.addingReportingOverflow(shift)
    guard !overflow, offset >= 0, offset < source.size else {
      throw zipError(.corrupt, name, at: nil, detail: "it lies outside the archive")
    }
    let fixed = try source.bytes(30, at: offset)
    guard fixed.count == 30, fixed.u32(0) == ZipSignature.localHeader else {
      throw zipError(.corrupt, name, at: offset, detail: "no header where the directory says")
    }
    let nameLength = Int(fixed.u16(26))
    guard try source.bytes(nameLength, at: offset + 30) == record.name,
      fixed.u16(8) == record.method, fixed.u16(6) & 1 == record.flags & 1
    else {
      throw zipError(.corrupt, name, at: offset, detail: "header and directory differ")
    }
    return ZipEntry(
      name: name, isDirectory: record.isDirectory, method: record.method,
      compressedSize: record.compressedSize, size: record.size, crc32: record.crc32,
      isEncrypted: record.isEncrypted, headerOffset: offset,
      dataOffset: offset + 30 + nameLength + Int(fixed.u16(28)))
  }

  /// Entries that share bytes are how archives are made that grow without bound.
  private static func checkOverlap(_ entries: [ZipEntry], end: Int) throws {
    for (index, entry) in entries.enumerated() {
      let limit = index + 1 < entries.count ? entries[index + 1].headerOffset : end
      guard entry.dataOffset <= limit, entry.compressedSize <= limit - entry.dataOffset else {
        throw zipError(
          .corrupt, entry.name, at: entry.headerOffset, detail: "it overlaps what stands behind it")
      }
    }
  }
}

/// Throws what keeps an entry from being read.
func checkReadable(_ name: String, _ method: UInt16, _ isEncrypted: Bool, at offset: Int) throws {
  if isEncrypted { throw zipError(.encrypted, name, at: offset) }
  guard ZipEntryReader.supports(method) else {
    throw zipError(.unsupported, name, at: offset, detail: "compression method \(method)")
  }
}

/// An entry's data, with a last look at sum and length.
private final class ZipEntryStream: ByteStream {
  private let entry: ZipEntry
  private let reader: ZipEntryReader

  init(_ entry: ZipEntry, _ reader: ZipEntryReader) {
    self.entry = entry
    self.reader = reader
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try unsafe reader.read(into: buffer)
    if count == 0, reader.size != entry.size || reader.crc.value != entry.crc32 {
      throw zipError(.checksumMismatch, entry.name, at: entry.dataOffset + reader.compressedSize)
    }
    return count
  }
}

extension RandomAccessSource {
  /// Copies up to `count` bytes.
  func bytes(_ count: Int, at offset: Int) throws -> [UInt8] {
    try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try unsafe read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
  }
}
