// Finding the central directory: the end record is looked for from the end of the archive backwards, since
// a comment of unknown length may follow it.

internal import Storage

/// Where the central directory stands.
struct ZipDirectory {
  /// The directory's bytes in the source.
  let range: Range<Int>
  /// How many entries it says it has.
  let count: Int
  /// What is added to the archive's offsets to get the source's.
  let shift: Int

  init(_ source: any RandomAccessSource, missing: Int) throws {
    let tailStart = max(0, source.size - (22 + 0xFFFF + 20 + 56))
    let tail = try source.bytes(source.size - tailStart, at: tailStart)
    guard let end = Self.findEnd(tail) else {
      throw zipError(
        .truncated, at: source.size, detail: "the directory at the end of the archive is missing")
    }
    var count = Int(tail.u16(end + 10))
    var size = UInt64(tail.u32(end + 12))
    var offset = UInt64(tail.u32(end + 16))
    var directoryEnd = tailStart + end
    var oneDisk = tail.u16(end + 4) == 0 && tail.u16(end + 6) == 0 && tail.u16(end + 8) == tail.u16(end + 10)
    if end >= 20, tail.u32(end - 20) == ZipSignature.endLocator64 {
      let (position, record) = try Self.record64(
        source, locatorAt: tailStart + end - 20, said: tail.u64(end - 12), missing: missing)
      oneDisk = record.u32(16) == 0 && record.u32(20) == 0 && record.u64(24) == record.u64(32)
      count = Int(clamping: record.u64(32))
      size = record.u64(40)
      offset = record.u64(48)
      directoryEnd = position
    }
    guard oneDisk else {
      throw zipError(.unsupported, at: directoryEnd, detail: "the archive has several parts")
    }
    guard size <= UInt64(directoryEnd), offset <= UInt64(Int.max) else {
      throw zipError(.corrupt, at: directoryEnd, detail: "the directory lies outside the archive")
    }
    // Each has a header of 46 bytes at least.
    guard count <= Int(size) / 46 else {
      throw zipError(.corrupt, at: directoryEnd, detail: "an entry of the directory is missing")
    }
    let start = directoryEnd - Int(size)
    shift = start - Int(offset)
    guard missing > 0 ? shift == -missing : shift >= 0 else {
      throw zipError(.corrupt, at: directoryEnd, detail: "the directory is not where it should be")
    }
    range = start..<directoryEnd
    self.count = count
  }

  /// The last end record whose comment ends exactly where the archive does.
  private static func findEnd(_ tail: [UInt8]) -> Int? {
    var position = tail.count - 22
    while position >= 0 {
      if tail[position] == 0x50, tail.u32(position) == ZipSignature.endOfDirectory,
        position + 22 + Int(tail.u16(position + 20)) == tail.count
      {
        return position
      }
      position -= 1
    }
    return nil
  }

  /// The ZIP64 end record: right before its locator as a rule, else where the locator says.
  private static func record64(
    _ source: any RandomAccessSource, locatorAt locator: Int, said: UInt64, missing: Int
  ) throws -> (Int, [UInt8]) {
    for position in [locator - 56, Int(clamping: said) - missing] where 0...max(0, locator - 56) ~= position {
      let record = try source.bytes(56, at: position)
      if record.count == 56, record.u32(0) == ZipSignature.endOfDirectory64 { return (position, record) }
    }
    throw zipError(.corrupt, at: locator, detail: "the ZIP64 end record is missing")
  }
}
