// A ZIP archive from a pipe, read by its local headers as the bytes come. The directory at the end arrives
// too late to help, but it is read and must list what was seen, so that a cut or doctored archive fails.

public import Storage

/// What a local header says of an entry.
public struct ZipStreamEntry: Hashable, Sendable {
  /// The name, made printable.
  public let name: String
  /// Whether it stands for a directory.
  public let isDirectory: Bool
  /// The compression method's number: 0 stored, 8 deflated.
  public let method: UInt16
  /// Whether a password is needed.
  public let isEncrypted: Bool
  /// The length of its data decompressed, nil if told only behind them.
  public let size: Int?
  /// Where its local header stands in the archive.
  public let headerOffset: Int
}

/// What comes next in an archive from a pipe.
public enum ZipStreamItem: Hashable, Sendable {
  /// An entry whose bytes `read(into:)` gives.
  case entry(ZipStreamEntry)
  /// A stored entry whose length stands only behind its data: take the remainder, spool it and read it
  /// with `ZipArchive`. No byte of the entry was taken.
  case needsRandomAccess(ZipStreamEntry)
  /// The archive was read to its end.
  case end
}

/// Reads a ZIP archive from front to back.
public final class ZipStreamReader: ByteStream {
  private enum State { case betweenEntries, inEntry(ZipRecord, ZipEntryReader?), spool(ZipRecord), end }

  private let input: InputBuffer
  private let inflater: Inflater
  private var state = State.betweenEntries
  /// What was read so far; behind `takeRemainder()` what `ZipArchive` must find before the remainder.
  public private(set) var seen = ZipListing()
  /// Gets how many bytes were decompressed, each time, those of entries that are passed over too; what it
  /// throws ends the reading.
  public var decoded: (Int) throws -> Void = { _ in }

  /// Reads `source`, which starts with an archive.
  ///
  /// - Throws: `CompressionError` when there is no memory.
  public init(_ source: any ByteStream) throws(CompressionError) {
    input = InputBuffer(source)
    inflater = try Inflater(windowBits: -15, container: .zip)
  }

  /// How many bytes of the archive were taken so far.
  public var compressedOffset: Int { input.offset }

  /// Goes on to the next entry; what was not read of the current one is read and verified first.
  ///
  /// - Returns: The entry, or the end.
  /// - Throws: `CompressionError`, or what the source throws.
  public func nextEntry() throws -> ZipStreamItem {
    try finishEntry()
    guard case .betweenEntries = state else { return .end }
    if input.offset == 0, try peekSignature() == ZipSignature.spanned { input.consume(4) }
    guard try peekSignature() == ZipSignature.localHeader else {
      let listed = try ZipListing(directory: input)
      guard listed == seen else {
        throw zipError(.corrupt, at: input.offset, detail: "the directory lists other entries")
      }
      state = .end
      return .end
    }
    return try startEntry(try ZipRecord.local(input))
  }

  /// Reads decompressed bytes of the current entry.
  ///
  /// - Parameter buffer: Where the bytes go; not empty.
  /// - Returns: How many, 0 only at the entry's end, when its sum and length are verified.
  /// - Throws: `CompressionError`, also if the entry is encrypted or its method unknown.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard case .inEntry(let record, let reader) = state else { return 0 }
    let name = decodeZipName(record.name)
    try checkReadable(name, record.method, record.isEncrypted, at: record.headerOffset)
    guard let reader else { return 0 }
    let count = try unsafe reader.read(into: buffer)
    try decoded(count)
    if count == 0 { try verify(record, reader, name) }
    return count
  }

  /// Hands over what is left after `.needsRandomAccess`, from the entry's header on.
  ///
  /// The reader is at its end then.
  ///
  /// - Returns: The bytes, and how many of the archive stood before them: `ZipArchive`'s `missing`.
  public func takeRemainder() -> (stream: any ByteStream, offset: Int) {
    guard case .spool(let record) = state else { preconditionFailure("nothing needs random access") }
    state = .end
    return (PrefixedStream(record.raw, input.remainder()), record.headerOffset)
  }

  private func startEntry(_ record: ZipRecord) throws -> ZipStreamItem {
    // A directory has no data, whatever its flags say.
    let isOpen = record.hasDescriptor && record.compressedSize == 0 && !record.isDirectory
    let entry = ZipStreamEntry(
      name: decodeZipName(record.name), isDirectory: record.isDirectory, method: record.method,
      isEncrypted: record.isEncrypted, size: isOpen ? nil : record.size, headerOffset: record.headerOffset)
    if isOpen, record.method == 0, !record.isEncrypted {
      state = .spool(record)
      return .needsRandomAccess(entry)
    }
    var reader: ZipEntryReader?
    if ZipEntryReader.supports(record.method), !record.isEncrypted {
      inflater.reset()
      let unknown = record.hasDescriptor && record.compressedSize == 0 && record.method == 8
      reader = ZipEntryReader(
        input, inflater: record.method == 8 ? inflater : nil,
        compressedSize: unknown ? nil : record.compressedSize, name: entry.name)
    }
    state = .inEntry(record, reader)
    return .entry(entry)
  }

  /// Reads what is left of the current entry; one that cannot be decoded is passed over by its length.
  private func finishEntry() throws {
    switch state {
    case .betweenEntries, .end: return
    case .spool: preconditionFailure("the remainder must be taken")
    case .inEntry(let record, let reader):
      let name = decodeZipName(record.name)
      guard reader == nil else {
        // The buffer lives for the closure.
        try unsafe withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { scratch in
          while try unsafe read(into: scratch) > 0 {}
        }
        return
      }
      if record.hasDescriptor {
        try checkReadable(name, record.method, record.isEncrypted, at: record.headerOffset)
      }
      guard try input.skip(record.compressedSize) else {
        throw zipError(.truncated, name, at: input.offset)
      }
      seen.add(record)
      state = .betweenEntries
    }
  }

  /// Compares what was decoded with the header or the descriptor behind the data.
  private func verify(_ record: ZipRecord, _ reader: ZipEntryReader, _ name: String) throws {
    var actual = record
    actual.crc32 = reader.crc.value
    actual.size = reader.size
    actual.compressedSize = reader.compressedSize
    if record.hasDescriptor {
      try skipDescriptor(actual, name)
    } else if actual.crc32 != record.crc32 || actual.size != record.size {
      throw zipError(.checksumMismatch, name, at: input.offset)
    }
    seen.add(actual)
    state = .betweenEntries
  }

  /// Passes over a data descriptor of any of the four kinds that writers make.
  ///
  /// Nothing says which kind it is, but the values are known by now, and so is that a record follows.
  private func skipDescriptor(_ actual: ZipRecord, _ name: String) throws {
    _ = try input.fill(28)
    let bytes = input.copy(0..<min(28, input.available))
    let sum = littleEndianBytes(actual.crc32)
    let mark = littleEndianBytes(ZipSignature.dataDescriptor)
    let narrow =
      littleEndianBytes(UInt32(truncatingIfNeeded: actual.compressedSize))
      + littleEndianBytes(UInt32(truncatingIfNeeded: actual.size))
    let wide =
      littleEndianBytes(UInt64(actual.compressedSize)) + littleEndianBytes(UInt64(actual.size))
    for form in [mark + sum + narrow, mark + sum + wide, sum + narrow, sum + wide]
    where bytes.starts(with: form) && bytes.count >= form.count + 4 {
      if ZipListing.recordSignatures.contains(bytes.u32(form.count)) {
        input.consume(form.count)
        return
      }
    }
    throw zipError(bytes.count < 28 ? .truncated : .checksumMismatch, name, at: input.offset)
  }

  private func peekSignature() throws -> UInt32 {
    guard try input.fill(4) else { throw zipError(.truncated, at: input.offset + input.available) }
    return input.copy(0..<4).u32(0)
  }
}

/// A number's bytes, the lowest first.
private func littleEndianBytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  stride(from: 0, to: T.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> T($0)) }
}
