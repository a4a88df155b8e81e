// The two records that describe a ZIP entry, the local header before its data and the one in the central
// directory, read from a buffer. Both readers of archives share them.

/// What a local or central header says of its entry.
struct ZipRecord {
  var flags: UInt16
  var method: UInt16
  var crc32: UInt32
  var compressedSize: Int
  var size: Int
  var headerOffset: Int
  var name: [UInt8]
  /// The bytes of a local header as they stand, so that it can be read again.
  var raw: [UInt8] = []

  var isEncrypted: Bool { flags & 0x0001 != 0 }
  var hasDescriptor: Bool { flags & 0x0008 != 0 }
  var isDirectory: Bool { name.last == UInt8(ascii: "/") }

  /// A number that stands for name, method, sum and sizes; sums of it compare two lists in any order.
  var digest: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    name.forEach(add)
    for word in [UInt64(method), UInt64(crc32), UInt64(compressedSize), UInt64(size)] {
      for shift in stride(from: 0 as UInt64, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return hash
  }

  /// Reads a local header, whose signature stands at the front of `input`.
  static func local(_ input: InputBuffer) throws -> ZipRecord {
    let offset = input.offset
    let fixed = try take(30, input)
    let name = try take(Int(fixed.u16(26)), input)
    let extra = try take(Int(fixed.u16(28)), input)
    var record = ZipRecord(
      flags: fixed.u16(6), method: fixed.u16(8), crc32: fixed.u32(14), compressedSize: 0, size: 0,
      headerOffset: offset, name: name, raw: fixed + name + extra)
    try record.setSizes(
      extra, size: fixed.u32(22), compressed: fixed.u32(18), header: 0, at: offset)
    record.headerOffset = offset
    return record
  }

  /// Reads a record of the central directory, whose signature stands at the front of `input`.
  static func central(_ input: InputBuffer) throws -> ZipRecord {
    let offset = input.offset
    let fixed = try take(46, input)
    let name = try take(Int(fixed.u16(28)), input)
    let extra = try take(Int(fixed.u16(30)), input)
    guard try input.skip(Int(fixed.u16(32))) else { throw zipError(.truncated, at: input.offset) }
    guard fixed.u16(34) == 0 || fixed.u16(34) == 0xFFFF else {
      throw zipError(.unsupported, at: offset, detail: "the archive has several parts")
    }
    var record = ZipRecord(
      flags: fixed.u16(8), method: fixed.u16(10), crc32: fixed.u32(16), compressedSize: 0, size: 0,
      headerOffset: 0, name: name)
    try record.setSizes(
      extra, size: fixed.u32(24), compressed: fixed.u32(20), header: fixed.u32(42), at: offset)
    return record
  }

  /// Sets what a ZIP64 field may have to say in place of 32 bits.
  private mutating func setSizes(
    _ extra: [UInt8], size: UInt32, compressed: UInt32, header: UInt32, at offset: Int
  ) throws {
    var wide = zip64Field(extra)[...]
    func resolve(_ narrow: UInt32) throws -> Int {
      guard narrow == .max else { return Int(narrow) }
      guard wide.count >= 8, let value = Int(exactly: Array(wide.prefix(8)).u64(0)) else {
        throw zipError(.corrupt, decodeZipName(name), at: offset, detail: "a ZIP64 field is missing")
      }
      wide = wide.dropFirst(8)
      return value
    }
    self.size = try resolve(size)
    compressedSize = try resolve(compressed)
    headerOffset = try resolve(header)
  }

  private func zip64Field(_ extra: [UInt8]) -> [UInt8] {
    var position = 0
    while position + 4 <= extra.count {
      let end = position + 4 + Int(extra.u16(position + 2))
      guard end <= extra.count else { return [] }
      if extra.u16(position) == 1 { return [UInt8](extra[(position + 4)..<end]) }
      position = end
    }
    return []
  }

  private static func take(_ count: Int, _ input: InputBuffer) throws -> [UInt8] {
    guard try input.fill(count) else {
      throw zipError(.truncated, at: input.offset + input.available)
    }
    let bytes = input.copy(0..<count)
    input.consume(count)
    return bytes
  }
}

func zipError(
  _ code: CompressionError.Code, _ entry: String? = nil, at offset: Int?, detail: String = ""
) -> CompressionError {
  CompressionError(code, container: .zip, entry: entry, offset: offset, detail: detail)
}

extension [UInt8] {
  func u16(_ at: Int) -> UInt16 { UInt16(self[at]) | UInt16(self[at + 1]) << 8 }
  func u32(_ at: Int) -> UInt32 { UInt32(u16(at)) | UInt32(u16(at + 2)) << 16 }
  func u64(_ at: Int) -> UInt64 { UInt64(u32(at)) | UInt64(u32(at + 4)) << 32 }
}
