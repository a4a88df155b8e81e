// Where malformed elements go: a line of JSON each, from which the bytes can be had back.

internal import Storage
internal import SystemPackage

/// Writes `rejects/rejects.jsonl` and the files beside it.
final class RejectWriter {
  /// The longest element that stands in its line.
  private static let longestInline = 1 << 20
  /// How much is kept where structure is lost.
  private static let lostLength = 64 << 10

  private let scratch: Scratch
  private let create: (_ path: String) throws -> HashingFile
  private var lines: HashingFile?
  private var files: [HashingFile] = []

  /// Writes to files that `create` makes, below `rejects/`; long elements wait in `scratch`.
  init(scratch: Scratch, create: @escaping (_ path: String) throws -> HashingFile) {
    self.scratch = scratch
    self.create = create
  }

  /// Starts an element, whose first byte is at `position`.
  func begin(at position: InputPosition, _ fault: ElementFault) -> RejectCollector {
    RejectCollector(position, fault, limit: Self.longestInline, scratch: scratch) { [self] in
      let file = try create("rejects/reject-\(files.count).bin")
      files.append(file)
      return file
    }
  }

  /// Ends an element.
  func finish(_ collector: RejectCollector, isLost: Bool) throws {
    let record = try collector.record(lostLength: isLost ? Self.lostLength : nil)
    let lines = try self.lines ?? create("rejects/rejects.jsonl")
    self.lines = lines
    try lines.append(record.utf8 + [UInt8(ascii: "\n")])
  }

  /// Ends all; the files for the manifest.
  func finish() throws -> [ManifestReject] {
    try ([lines].compactMap { $0 } + files).map { file in
      try file.finish()
      return ManifestReject(path: file.path, bytes: file.count, sha256: file.sha256)
    }
  }
}

/// The bytes of one malformed element.
final class RejectCollector {
  private let position: InputPosition
  private let fault: ElementFault
  private let limit: Int
  private let scratch: Scratch
  private let makeFile: () throws -> HashingFile
  private var bytes: [UInt8] = []
  /// What comes before `bytes`.
  ///
  /// Only at the element's end is it known whether all of it is kept, so a file
  /// of the output is not made before.
  private var spool: SpoolFile?
  private var failure: (any Error)?
  private var count = 0
  /// How many bytes of white space were last: those before the line where reading goes on belong to no element.
  private var spaceBehind = 0

  fileprivate init(
    _ position: InputPosition, _ fault: ElementFault, limit: Int, scratch: Scratch,
    makeFile: @escaping () throws -> HashingFile
  ) {
    self.position = position
    self.fault = fault
    self.limit = limit
    self.scratch = scratch
    self.makeFile = makeFile
  }

  /// Adds the bytes that follow.
  func append(_ more: Span<UInt8>) {
    var space = 0
    while space < more.count, [0x20, 0x09, 0x0A, 0x0D].contains(more[more.count - 1 - space]) { space += 1 }
    spaceBehind = space < more.count ? space : spaceBehind + space
    count += more.count
    // The bytes are copied within the call.
    unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    // A long element is put aside, piece by piece.
    if bytes.count > limit, failure == nil {
      do { try flush() } catch { failure = error }
    }
  }

  private func flush() throws {
    let spool = try self.spool ?? scratch.makeSpool()
    self.spool = spool
    try spool.append(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Copies an element that is too long for its line to a file of its own, which is then closed: there may
  /// be many.
  private func store() throws -> HashingFile? {
    guard count > limit else {
      try cut(to: count)
      return nil
    }
    try flush()
    guard let spool else { return nil }
    let file = try makeFile()
    let reader = SequentialReader(spool)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var left = count
    while left > 0 {
      let read = try unsafe buffer.withUnsafeMutableBytes { try unsafe reader.read(into: $0) }
      guard read > 0 else { throw Self.lostSpool(spool) }
      try file.append(Array(buffer[..<min(read, left)]))
      left -= read
    }
    try file.finish()
    return file
  }

  /// Fewer bytes come back than were put aside.
  private static func lostSpool(_ spool: SpoolFile) -> StorageError {
    StorageError(operation: "read back a malformed asset in", path: spool.directory, errno: .ioError)
  }

  /// Forgets all but the first bytes.
  private func cut(to length: Int) throws {
    if let spool {
      bytes = [UInt8](repeating: 0, count: min(length, spool.size))
      let read = try unsafe bytes.withUnsafeMutableBytes { try unsafe spool.read(into: $0, at: 0) }
      guard read == bytes.count else { throw Self.lostSpool(spool) }
      self.spool = nil
    }
    bytes.removeSubrange(min(bytes.count, length)...)
  }

  /// The line for the element.
  fileprivate func record(lostLength: Int?) throws -> JSONText {
    if let failure { throw failure }
    count = lostLength.map { min($0, count) } ?? count - spaceBehind
    let file = try store()
    let isText = file == nil && String(validating: bytes, as: UTF8.self) != nil
    return .object([
      ("input", .text(position.input)), ("entry", .text(position.entry)), ("asset", .int(position.asset)),
      ("byte", .int(position.byte)), ("length", lostLength == nil ? .int(count) : .null),
      ("line", .int(position.line)), ("column", .int(position.column)), ("errorByte", .int(fault.offset)),
      ("code", .text(fault.code)), ("message", .text(fault.message)),
      ("raw", isText ? .string(bytes) : .null),
      ("rawBase64", isText || file != nil ? .null : .string(Base64.encode(bytes))),
      ("rawFile", .text(file.map { String($0.path.dropFirst("rejects/".count)) })),
    ])
  }
}

/// RFC 4648, with padding.
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
      let value = padded.reduce(0) { $0 << 8 | Int($1) }
      for index in 0..<4 {
        text.append(index <= group.count ? digits[value >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
      }
    }
    return text
  }
}
