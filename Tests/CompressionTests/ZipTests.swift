import Compression
import Testing

@Suite struct ZipTests {
  static let text = annotationRows(12)

  /// Every kind of entry, in one archive.
  private func sample(comment: [UInt8] = [], zip64: Bool = false, stored: Bool = true) throws -> ZipWriter {
    var writer = ZipWriter()
    try writer.add("dir/", [], deflated: false)
    for (index, lengths) in ZipLengths.allCases.enumerated() {
      try writer.add("dir/\(index).json", Self.text + [UInt8(index)], lengths: lengths)
      try writer.add("empty\(index)", [], lengths: lengths)
    }
    if stored {
      try writer.add("stored", Self.text, deflated: false)
      try writer.add("stored64", Self.text, deflated: false, lengths: .header64)
    }
    return writer
  }

  private func expected() -> [String: [UInt8]] {
    var files: [String: [UInt8]] = ["dir/": [], "stored": Self.text, "stored64": Self.text]
    for index in ZipLengths.allCases.indices {
      files["dir/\(index).json"] = Self.text + [UInt8(index)]
      files["empty\(index)"] = []
    }
    return files
  }

  /// Both readers give the same files, with and without ZIP64 ends and comments, in any pieces.
  @Test func bothReadersAgree() throws {
    for zip64 in [false, true] {
      let bytes = try sample().archive(zip64: zip64, comment: Array("PK\u{5}\u{6} hello".utf8))
      #expect(try readArchive(bytes) == expected())
      for piece in [1, 3, 4096] {
        for buffer in [1, 7, 4096] {
          #expect(try streamArchive(bytes, piece: piece, buffer: buffer) == expected())
        }
      }
    }
  }

  /// ZIP64 sizes and offsets in the directory, whatever the archive's length.
  @Test func wideDirectory() throws {
    var writer = ZipWriter()
    try writer.add([65], Self.text, wideDirectory: true)
    try writer.add([66], Self.text, deflated: false, wideDirectory: true)
    #expect(try readArchive(writer.archive(zip64: true)) == ["A": Self.text, "B": Self.text])
    #expect(try streamArchive(writer.archive(zip64: true)) == ["A": Self.text, "B": Self.text])
  }

  /// An archive behind other bytes is found; an empty one is an archive; a spanned mark is passed over.
  @Test func prependedEmptyAndSpanned() throws {
    let bytes = try sample().archive()
    #expect(try readArchive(Array("#!/bin/sh\n".utf8) + bytes) == expected())
    #expect(try readArchive(ZipWriter().archive()).isEmpty)
    #expect(try streamArchive(ZipWriter().archive(zip64: true)).isEmpty)
    #expect(try streamArchive(le(UInt32(0x0807_4B50)) + bytes) == expected())
    #expect(try readArchive(le(UInt32(0x0807_4B50)) + bytes) == expected())
  }

  /// A stored entry with its length behind it is refused before a byte of it, and the rest can be spooled.
  @Test func storedWithDescriptorNeedsRandomAccess() throws {
    var writer = ZipWriter()
    try writer.add("first", Self.text)
    let offset = writer.bytes.count
    try writer.add("second", Self.text, deflated: false, lengths: .descriptor)
    try writer.add("third", [7])
    let reader = try ZipStreamReader(MemoryStream(writer.archive(), piece: 5))
    _ = try reader.nextEntry()
    guard case .needsRandomAccess(let entry) = try reader.nextEntry() else {
      Issue.record("it was streamed")
      return
    }
    #expect(entry.name == "second")
    let (rest, start) = reader.takeRemainder()
    #expect(start == offset)
    let spooled = try rest.readAll()
    #expect(spooled == Array(writer.archive()[offset...]))
    #expect(try readArchive(spooled, missing: start) == ["second": Self.text, "third": [7]])
    #expect(try reader.nextEntry() == .end)
  }

  /// Where the rest of an archive is spooled, the directory must still list what was read before.
  @Test func directoryListsWhatWasStreamed() throws {
    var writer = ZipWriter()
    try writer.add("first", Self.text)
    try writer.add("second", Self.text, deflated: false, lengths: .descriptor)
    var bytes = writer.archive()
    #expect(try streamArchive(bytes) == ["first": Self.text, "second": Self.text])
    // The first letter of the first name, before the data alone.
    bytes[30] ^= 1
    let error = #expect(throws: CompressionError.self) { try streamArchive(bytes) }
    #expect(error?.code == .corrupt)
  }

  /// Entries come in the order of their data, and a stored one tells where its bytes are.
  @Test func entriesAreDescribed() throws {
    let bytes = try sample().archive()
    let archive = try ZipArchive(MemorySource(bytes))
    #expect(archive.entries.map(\.headerOffset) == archive.entries.map(\.headerOffset).sorted())
    #expect(archive.entries.first?.isDirectory == true)
    let stored = try #require(archive.entries.first { $0.name == "stored" }?.storedRange)
    #expect(Array(bytes[stored]) == Self.text)
    #expect(archive.entries[1].storedRange == nil)
  }

  /// The number of entries is told before they are read, and is never more than the directory has room for.
  @Test func entriesAreAdmitted() throws {
    struct TooMany: Error {}
    let bytes = try sample().archive()
    let count = try ZipArchive(MemorySource(bytes)).entries.count
    #expect(throws: TooMany.self) {
      try ZipArchive(MemorySource(bytes)) { entries in
        #expect(entries == count)
        throw TooMany()
      }
    }
    var claiming = bytes
    let end = bytes.count - 22
    for field in [8, 10] { claiming.replaceSubrange(end + field..<end + field + 2, with: [0xFF, 0xFF]) }
    let error = #expect(throws: CompressionError.self) {
      try ZipArchive(MemorySource(claiming)) { _ in Issue.record("it was believed") }
    }
    #expect(error?.code == .corrupt)
  }

  /// What is not supported is refused by name, but can be passed over.
  @Test(arguments: [(UInt16(1), UInt16(8), "encrypted"), (0, 12, "unsupported")])
  func unreadableEntries(flags: UInt16, method: UInt16, code: String) throws {
    var writer = ZipWriter()
    try writer.add(Array("secret.json".utf8), Self.text, flags: flags, method: method)
    try writer.add("open.json", Self.text)
    let archive = try ZipArchive(MemorySource(writer.archive()))
    let error = #expect(throws: CompressionError.self) { try archive.open(archive.entries[0]) }
    #expect(error?.code.description == code)
    #expect(error?.entry == "secret.json")
    #expect(try archive.open(archive.entries[1]).readAll() == Self.text)
    let reader = try ZipStreamReader(MemoryStream(writer.archive()))
    _ = try reader.nextEntry()
    let streamed = #expect(throws: CompressionError.self) { try reader.readAll() }
    #expect(streamed?.code.description == code)
    _ = try reader.nextEntry()
    #expect(try reader.readAll() == Self.text)
    #expect(try reader.nextEntry() == .end)
  }

  /// Names come out printable: UTF-8 with or without its flag, CP437 otherwise, controls as pictures.
  @Test func namesArePrintable() throws {
    var writer = ZipWriter()
    try writer.add(Array("ü.json".utf8), [], flags: 0x800)
    try writer.add(Array("日本.json".utf8), [])
    try writer.add([0x81, 0x2E, 0x6A], [])
    try writer.add([0x61, 0x1B, 0x0A], [])
    let names = try ZipArchive(MemorySource(writer.archive())).entries.map(\.name)
    #expect(names == ["ü.json", "日本.json", "ü.j", "a\u{241B}\u{240A}"])
  }

  /// A short archive is never taken for a whole one, by neither reader.
  @Test func everyTruncationIsAnError() throws {
    let whole = try sample().archive(zip64: true, comment: [1, 2, 3])
    for length in 0..<whole.count {
      let bytes = Array(whole[..<length])
      #expect(throws: CompressionError.self, "\(length)") { try readArchive(bytes) }
      #expect(throws: CompressionError.self, "\(length)") { try streamArchive(bytes) }
    }
  }

  /// A flipped bit is noticed, or it is in a field that carries no data.
  @Test(arguments: [false, true])
  func everyBitFlipIsHarmlessOrAnError(zip64: Bool) throws {
    var writer = ZipWriter()
    try writer.add("a.json", [UInt8](Self.text[..<150]), lengths: .descriptor)
    try writer.add("b.json", [UInt8](Self.text[..<60]), deflated: false, lengths: zip64 ? .header64 : .header)
    let whole = writer.archive(zip64: zip64)
    let expected = try readArchive(whole)
    for bit in 0..<whole.count * 8 {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if let files = try? readArchive(damaged) { #expect(files == expected, "random, bit \(bit)") }
      if let files = try? streamArchive(damaged) { #expect(files == expected, "stream, bit \(bit)") }
    }
  }

  /// Entries that share bytes are refused: that is how small archives grow without bound.
  @Test func overlapIsRefused() throws {
    var writer = ZipWriter()
    try writer.add("a", Self.text)
    try writer.add("a", Self.text)
    var bytes = writer.archive()
    // The second directory record is pointed at the first entry.
    let second = bytes.count - 22 - 47
    bytes.replaceSubrange(second + 42..<second + 46, with: [0, 0, 0, 0])
    let error = #expect(throws: CompressionError.self) { try readArchive(bytes) }
    #expect(error?.code == .corrupt)
    #expect(error.map { "\($0)".hasPrefix("zip entry \"a\"") } == true)
  }
}
