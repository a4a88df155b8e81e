// The entries of a ZIP archive in the order of the file, each told by its content. From a file the directory
// at its end says where they are; from a pipe they are read as they come, and only an entry whose end cannot
// be known has the rest of the archive spooled.

internal import Compression
internal import Storage

/// An archive of exports.
struct ZipInput {
  private let name: InputName
  private let scratch: Scratch
  private let allowance: InputAllowance

  /// Reads the archive that is called `name`.
  init(_ name: InputName, scratch: Scratch, allowance: InputAllowance) {
    self.name = name
    self.scratch = scratch
    self.allowance = allowance
  }

  /// Visits the entries that hold exports.
  ///
  /// - Parameters:
  ///   - bytes: The archive.
  ///   - skipped: Gets the names of the others.
  ///   - body: Reads one; false ends the visit.
  /// - Throws: `RunError` if there is none, `CompressionError`.
  func forEachEntry(
    _ bytes: DataInput.Bytes, skipped: (String) -> Void, _ body: (DataInput) throws -> Bool
  ) throws {
    var found = 0
    let count = { (data: DataInput) in
      found += 1
      return try body(data)
    }
    switch bytes {
    case .random(let source): _ = try read(ZipArchive(source), skipped: skipped, count)
    case .stream(let stream): try read(ZipStreamReader(stream), skipped: skipped, count)
    }
    if found == 0 {
      throw RunError(
        .emptyArchive, "\(name): the archive holds no export",
        hint: "An export starts with '[' or '{'; the archive's entries do not.")
    }
  }

  private func read(
    _ archive: ZipArchive, skipped: (String) -> Void, _ body: (DataInput) throws -> Bool
  ) throws -> Bool {
    for entry in archive.entries {
      let isRead = try open(entry.name, isDirectory: entry.isDirectory, skipped: skipped, body) {
        PeekedStream(LimitedStream(try archive.open(entry), allowance))
      }
      if !isRead { return false }
    }
    return true
  }

  private func read(
    _ reader: ZipStreamReader, skipped: (String) -> Void, _ body: (DataInput) throws -> Bool
  ) throws {
    // Entries that are passed over are decompressed as well.
    reader.decoded = allowance.take
    while true {
      switch try reader.nextEntry() {
      case .end: return
      case .entry(let entry):
        let isRead = try open(entry.name, isDirectory: entry.isDirectory, skipped: skipped, body) {
          PeekedStream(reader)
        }
        if !isRead { return }
      case .needsRandomAccess:
        let rest = reader.takeRemainder()
        let spool = try scratch.makeSpool()
        try spool.append(all: rest.stream, allowance)
        _ = try read(ZipArchive(spool, missing: rest.offset, seen: reader.seen), skipped: skipped, body)
        return
      }
    }
  }

  /// Reads an entry if it holds an export.
  ///
  /// - Returns: Whether to go on.
  private func open(
    _ entry: String, isDirectory: Bool, skipped: (String) -> Void, _ body: (DataInput) throws -> Bool,
    _ makeStream: () throws -> PeekedStream
  ) throws -> Bool {
    if isDirectory || entry.hasPrefix("__MACOSX/") {
      skipped(entry)
      return true
    }
    let stream = try makeStream()
    guard try Self.startsExport(stream) else {
      skipped(entry)
      return true
    }
    return try body(DataInput(name: name, entry: entry, container: .zip, bytes: .stream(stream)))
  }

  /// Whether the first byte that is no white space, behind a byte order mark, starts an array or an object.
  private static func startsExport(_ stream: PeekedStream) throws -> Bool {
    var length = 64
    while true {
      let bytes = try stream.peek(length)
      let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
      if let first = text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
        return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
      }
      if bytes.count < length || length > 1 << 20 { return false }
      length *= 2
    }
  }
}

extension SpoolFile {
  /// Appends a stream to its end, which may be as long as what is in it.
  fileprivate func append(all stream: any ByteStream, _ allowance: InputAllowance) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe stream.read(into: $0) }
      if count == 0 { return }
      try allowance.check(size + count)
      try append(buffer.span.extracting(0..<count))
    }
  }
}
