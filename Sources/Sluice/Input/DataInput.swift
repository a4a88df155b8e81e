// From what the user names to bytes of JSON: files and pipes, plain or in a container, an archive entry by
// entry. What something is, is told by its content, never by its name.

internal import Compression
internal import Sharding
internal import Storage

/// One asset stream: an input, or an entry of an archive.
struct DataInput {
  enum Bytes {
    case random(any RandomAccessSource)
    case stream(any ByteStream)
  }

  var name: InputName
  var entry: String?
  var container: Container
  var bytes: Bytes
}

/// An input, opened.
struct OpenInput {
  let name: InputName
  private let raw: any ByteSource
  private let allowance: InputAllowance

  /// Opens an input.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - gate: Says how long a pipe is waited for.
  ///   - limit: How many bytes it may have once it is decompressed; nil for any number.
  ///   - counting: Gets how many bytes were read, each time.
  /// - Throws: `StorageError`.
  init(
    _ name: InputName, gate: ReadGate, limit: Int?, counting: @escaping @Sendable (Int) -> Void
  ) throws {
    self.name = name
    allowance = InputAllowance(name, limit: limit)
    raw = try name.open(gate: gate, counting: counting)
  }

  /// Whether the input is a file that is no longer what it was when it was opened.
  func hasChanged() throws -> Bool { try raw.hasChanged() }

  /// A hash of the length and the first and last 64 KiB, and the length; complete once all was read.
  func fingerprint() throws -> (fingerprint: String, bytes: Int) { try raw.fingerprint() }

  /// Visits what is to be read, in the order of the file.
  ///
  /// - Parameters:
  ///   - scratch: Where what cannot be streamed is spooled.
  ///   - records: Counts inputs and entries.
  ///   - allowEmpty: Whether archive entries may be without a byte.
  ///   - skipped: Gets the name of each archive entry that holds no export.
  ///   - body: Reads one asset stream; false ends the visit.
  /// - Throws: `CompressionError`, `RunError` for an archive without an export, what `body` throws.
  func forEachData(
    scratch: Scratch, records: RecordBudget, allowEmpty: Bool, skipped: (String) -> Void,
    _ body: (DataInput) throws -> Bool
  ) throws {
    try records.addEntry(nil)
    switch try raw.detectContainer() {
    case .plain: _ = try body(data(.plain, try limited(raw.bytes)))
    case .gzip: _ = try body(data(.gzip, .stream(limited(try GzipDecoder(raw.stream)))))
    case .zstd: _ = try body(data(.zstd, .stream(limited(try ZstdDecoder(raw.stream)))))
    case .zip:
      try ZipInput(
        name, scratch: scratch, allowance: allowance, records: records, allowEmpty: allowEmpty
      )
      .forEachEntry(raw.bytes, skipped: skipped, body)
    }
  }

  private func limited(_ stream: any ByteStream) -> any ByteStream { LimitedStream(stream, allowance) }

  private func limited(_ bytes: DataInput.Bytes) throws -> DataInput.Bytes {
    switch bytes {
    case .random(let source):
      try allowance.check(source.size)
      return bytes
    case .stream(let stream): return .stream(limited(stream))
    }
  }

  private func data(_ container: Container, _ bytes: DataInput.Bytes) -> DataInput {
    DataInput(name: name, entry: nil, container: container, bytes: bytes)
  }
}
