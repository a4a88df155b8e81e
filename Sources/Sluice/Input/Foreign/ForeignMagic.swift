// Formats that start with bytes of their own.

/// Compressed data, archives, tables, pictures: whatever is no text.
enum ForeignMagic {
  private struct Magic: Sendable {
    let bytes: [UInt8]
    let offset: Int
    let content: ForeignContent

    init(_ bytes: [UInt8], at offset: Int = 0, _ what: String, _ wayOut: ForeignContent.WayOut) {
      self.bytes = bytes
      self.offset = offset
      content = ForeignContent(what, wayOut)
    }

    init(_ text: String, at offset: Int = 0, _ what: String, _ wayOut: ForeignContent.WayOut) {
      self.init(Array(text.utf8), at: offset, what, wayOut)
    }

    func matches(_ window: [UInt8]) -> Bool { window.dropFirst(offset).starts(with: bytes) }
  }

  private static let compressed: [Magic] = [
    Magic([0x1F, 0x8B], "gzip data within a container", .filter("gzip -dc")),
    Magic([0x28, 0xB5, 0x2F, 0xFD], "zstd data within a container", .filter("zstd -dc")),
    Magic([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz-compressed data", .filter("xz -dc")),
    Magic("BZh", "bzip2-compressed data", .filter("bzip2 -dc")),
    Magic([0x04, 0x22, 0x4D, 0x18], "lz4-compressed data", .filter("lz4 -dc")),
    Magic([0x02, 0x21, 0x4C, 0x18], "lz4-compressed data", .filter("lz4 -dc")),
    Magic("LZIP", "lzip-compressed data", .filter("lzip -dc")),
    Magic([0x89, 0x4C, 0x5A, 0x4F, 0], "lzop-compressed data", .filter("lzop -dc")),
    Magic(
      [0xFF, 0x06, 0, 0, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59], "snappy-compressed data",
      .filter("snzip -dc")),
    Magic([0x1F, 0x9D], "data of the program compress", .filter("gzip -dc")),
  ]

  private static let archives: [Magic] = [
    Magic(
      [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive",
      .file("7z x -so", otherwise: "Unpack it with 7z, and name what comes out.")),
    Magic(
      "Rar!\u{1A}\u{7}", "a RAR archive",
      .file("unrar p -inul", otherwise: "Unpack it with unrar, and name what comes out.")),
    Magic("PK\u{3}\u{4}", "a ZIP archive within a container", unzip),
    Magic("PK\u{1}\u{2}", "a part of a ZIP archive", .advice("Fetch the whole archive again.")),
    Magic("PK\u{7}\u{8}", "a part of a ZIP archive", .advice("Fetch the whole archive again.")),
    Magic("ustar", at: 257, "a tar archive", .program(file: "tar -xOf", standardInput: "tar -xOf -")),
  ]

  private static let tables: [Magic] = [
    Magic("PAR1", "a Parquet file", tableAdvice), Magic("PARE", "an encrypted Parquet file", tableAdvice),
    Magic("Obj\u{1}", "an Avro file", tableAdvice),
    Magic("ARROW1", "an Arrow file", tableAdvice),
    Magic("SQLite format 3\0", "an SQLite database", tableAdvice),
    Magic([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "an HDF5 file", tableAdvice),
    Magic([0xD0, 0xCF, 0x11, 0xE0], "an Office document", tableAdvice),
  ]

  private static let media: [Magic] = [
    Magic("%PDF-", "a PDF document", mediaAdvice), Magic([0xFF, 0xD8, 0xFF], "a JPEG image", mediaAdvice),
    Magic([0x89, 0x50, 0x4E, 0x47], "a PNG image", mediaAdvice), Magic("GIF8", "a GIF image", mediaAdvice),
    Magic([0x49, 0x49, 0x2A, 0], "a TIFF image", mediaAdvice),
    Magic([0x4D, 0x4D, 0, 0x2A], "a TIFF image", mediaAdvice),
    Magic("WEBP", at: 8, "a WebP image", mediaAdvice), Magic("ftyp", at: 4, "a video", mediaAdvice),
    Magic([0x1A, 0x45, 0xDF, 0xA3], "a video", mediaAdvice),
    Magic("DICM", at: 128, "a DICOM image", mediaAdvice),
    Magic([0x7F, 0x45, 0x4C, 0x46], "a program", .advice("Name the export.")),
  ]

  private static let tableAdvice = ForeignContent.WayOut.advice(
    "Sluice reads the JSON that Ango Hub exports: export the project again as JSON.")
  private static let mediaAdvice = ForeignContent.WayOut.advice(
    "This may be one of the data that were annotated: name the export, which is JSON.")
  private static let unzip = ForeignContent.WayOut.file(
    "unzip -p", otherwise: "Unpack it, and name what comes out.")

  /// Names a format with bytes of its own.
  static func recognise(_ window: [UInt8]) -> ForeignContent? {
    for table in [compressed, archives, tables, media] {
      if let magic = table.first(where: { $0.matches(window) }) { return magic.content }
    }
    // Three letters are the start of many a word.
    if window.starts(with: "ORC".utf8), ForeignContent.isBinary(window) {
      return ForeignContent("an ORC file", tableAdvice)
    }
    if isLZMA(window) { return ForeignContent("lzma-compressed data", .filter("xz --format=lzma -dc")) }
    if isOldTar(window) {
      return ForeignContent("a tar archive", .program(file: "tar -xOf", standardInput: "tar -xOf -"))
    }
    return nil
  }

  /// Names what has no bytes of its own and is no text.
  static func unknownBinary(_ window: [UInt8]) -> ForeignContent {
    if window.allSatisfy({ $0 == 0 }) {
      return ForeignContent(
        "nothing but zero bytes", .advice("The file was made, and not filled: fetch the export again."))
    }
    if contains(Array("PK\u{3}\u{4}".utf8), in: window) {
      return ForeignContent("a ZIP archive with something in front of it", unzip)
    }
    if isZlib(window) {
      let inflate = "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))"
      return ForeignContent("zlib-compressed data", .standardInput("python3 -c '\(inflate)'"))
    }
    return ForeignContent(
      "binary data of a kind that has no mark",
      .advice("If it is Brotli, which has none, unpack it first: brotli -dc FILE | sluice run -"))
  }

  /// Its properties, the size of its dictionary, and a length that no one has: 8 bytes, or all ones.
  private static func isLZMA(_ window: [UInt8]) -> Bool {
    guard window.count >= 13, window[0] == 0x5D, window[1] == 0, window[2] == 0 else { return false }
    let length = window[5..<13]
    return length.allSatisfy { $0 == 0xFF } || length.suffix(2).allSatisfy { $0 == 0 }
  }

  /// A tar archive of before POSIX: its header's sum is right.
  private static func isOldTar(_ window: [UInt8]) -> Bool {
    guard window.count >= 512, window[0] != 0 else { return false }
    var sum = 0
    for index in 0..<512 { sum += 148..<156 ~= index ? 0x20 : Int(window[index]) }
    let digits = window[148..<156].filter { UInt8(ascii: "0")...UInt8(ascii: "7") ~= $0 }
    return Int(String(decoding: digits, as: UTF8.self), radix: 8) == sum
  }

  private static func isZlib(_ window: [UInt8]) -> Bool {
    guard window.count >= 2, window[0] == 0x78 else { return false }
    return (Int(window[0]) << 8 | Int(window[1])) % 31 == 0
  }

  private static func contains(_ part: [UInt8], in window: [UInt8]) -> Bool {
    window.indices.contains { window[$0...].starts(with: part) }
  }
}
