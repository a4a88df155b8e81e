// The entries of a ZIP archive in the order of the file, each told by its content. From a file the directory
// at its end says where they are; from a pipe they are read as they come, and only an entry whose end cannot
// be known has the rest of the archive spooled.

internal import Compression
internal import Storage

/// Gets the name of an entry that is no export, and what it is.
private typealias Skipped = (String, ForeignContent?) -> Void

/// An archive of exports.
struct ZipInput {
  private let name: InputName
  private let scratch: Scratch
  private let allowance: InputAllowance
  private let records: RecordBudget
  private let allowEmpty: Bool

  /// Reads the archive that is called `name`, whose entries may be without a byte if `allowEmpty` says so.
  init(
    _ name: InputName, scratch: Scratch, allowance: InputAllowance, records: RecordBudget, allowEmpty: Bool
  ) {
    self.name = name
    self.scratch = scratch
    self.allowance = allowance
    self.records = records
    self.allowEmpty = allowEmpty
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
    var others = OtherEntries()
    func count(_ data: DataInput) throws -> Bool {
      do {
        let goesOn = try body(data)
        found += 1
        return goesOn
      } catch let foreign as ForeignInput {
        others.add(data.place, foreign.content)
        skipped(data.entry ?? "")
        return true
      }
    }
    func skip(_ entry: String, _ content: ForeignContent?) {
      others.add(ForeignPlace(name: name, entry: entry, container: .zip), content)
      skipped(entry)
    }
    switch bytes {
    case .random(let source): try read(source, missing: 0, seen: nil, skipped: skip, count)
    case .stream(let stream): try read(ZipStreamReader(stream), skipped: skip, count)
    }
    if found == 0 { throw others.error(name) }
  }

  private func read(
    _ source: any RandomAccessSource, missing: Int, seen: ZipListing?, skipped: Skipped,
    _ body: (DataInput) throws -> Bool
  ) throws {
    var listed = 0
    defer { records.removeListing(listed) }
    let archive = try ZipArchive(source, missing: missing, seen: seen) { entries in
      try records.addListing(entries)
      listed = entries
    }
    for entry in archive.entries {
      let goesOn = try open(entry.name, isDirectory: entry.isDirectory, skipped: skipped, body) {
        PeekedStream(LimitedStream(try archive.open(entry), allowance))
      }
      if !goesOn { return }
    }
  }

  private func read(
    _ reader: ZipStreamReader, skipped: Skipped, _ body: (DataInput) throws -> Bool
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
        try read(spool, missing: rest.offset, seen: reader.seen, skipped: skipped, body)
        return
      }
    }
  }

  /// Reads an entry if it holds an export.
  ///
  /// - Returns: Whether to go on.
  private func open(
    _ entry: String, isDirectory: Bool, skipped: Skipped, _ body: (DataInput) throws -> Bool,
    _ makeStream: () throws -> PeekedStream
  ) throws -> Bool {
    if isDirectory || entry.hasPrefix("__MACOSX/") {
      skipped(entry, nil)
      return true
    }
    let stream = try makeStream()
    let data = DataInput(name: name, entry: entry, container: .zip, bytes: .stream(stream))
    switch try EntryStart(stream) {
    case .foreign(let content):
      skipped(entry, content)
      return true
    case .empty(let hasBytes) where !allowEmpty: throw EmptyInput(data.place, hasBytes: hasBytes).runError
    case .empty, .export:
      try records.addEntry(entry)
      return try body(data)
    }
  }
}

/// What was found in an archive in the place of exports.
private struct OtherEntries {
  /// The first few, in words.
  private var named: [String] = []
  private var count = 0
  private var hint: String?

  /// Adds an entry that is no export; one without content to name is not mentioned.
  mutating func add(_ place: ForeignPlace, _ content: ForeignContent?) {
    guard let content else { return }
    count += 1
    if hint == nil { hint = content.hint(place) }
    if named.count < 3 { named.append("\(place.entry ?? "") is \(content.what)") }
  }

  /// That an archive has nothing else.
  func error(_ name: InputName) -> RunError {
    let more = count > named.count ? " …" : ""
    let found = named.isEmpty ? "" : ": \(named.joined(separator: ", "))\(more)"
    return RunError(
      .emptyArchive, "\(name): the archive holds no export\(found)",
      hint: hint ?? "An export starts with '[' or '{'; the archive's entries do not.")
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
