// Writes the parts of one partition. Where a part ends depends on the partition's rows and the options
// alone: the compressed size is looked at at raw offsets that follow from earlier looks, after everything up
// to there has been flushed, and the part is closed at the first row end behind the look that finds the
// target reached.
//
// A look costs a flush, which empties the compressor's pipeline, so looks are rare: none before as many raw
// bytes as the target has, then at 7/8 of the way that the ratio so far promises, at least 64 KiB apart.

internal import ByteScan
internal import Compression
internal import Storage

/// A finished part.
struct PartFile: Sendable {
  /// The file's name within its directory.
  var name: String
  var rows: Int
  var rawBytes: Int
  var bytes: Int
  /// The SHA-256 of the stored bytes, in hexadecimal.
  var sha256: String
}

/// Somewhere a part's stored bytes go.
protocol PartDestination: ByteSink {
  /// Ends the part; its bytes need not be durable yet.
  func finish() throws
}

/// Cuts one partition's rows into parts.
final class PartWriter {
  private static let leastStep = 64 << 10
  private static let job = 4 << 20

  private let options: OutputOptions
  private let encoder: PartEncoder
  private let kernel: ScanKernel
  private let create: (_ name: String) throws -> any PartDestination
  private var part: OpenPart?
  /// The finished parts, in order.
  private(set) var finished: [PartFile] = []

  private struct OpenPart {
    var name: String
    var destination: any PartDestination
    var sum = RunningSum()
    var rows = 0
    var rawBytes = 0
    var nextLook: Int
    var isFull = false

    mutating func store(_ stored: Span<UInt8>) throws {
      try destination.append(stored)
      // The sum reads the bytes before the span's lifetime ends.
      unsafe stored.withUnsafeBufferPointer { unsafe sum.add(UnsafeRawBufferPointer($0)) }
    }
  }

  /// Writes parts with `encoder`, to wherever `create` makes a place for a name.
  init(
    _ options: OutputOptions, encoder: PartEncoder, kernel: ScanKernel,
    create: @escaping (_ name: String) throws -> any PartDestination
  ) {
    self.options = options
    self.encoder = encoder
    self.kernel = kernel
    self.create = create
  }

  /// Adds bytes of rows, each ended by a newline; a row may come in pieces.
  func write(_ bytes: Span<UInt8>) throws {
    var index = 0
    while index < bytes.count {
      var open = try part ?? begin()
      part = nil
      let end = pieceEnd(in: bytes, from: index, of: open)
      let piece = bytes.extracting(index..<end)
      open.rows += kernel.countNewlines(in: piece)
      open.rawBytes += piece.count
      try encoder.write(piece) { try open.store($0) }
      if open.rawBytes == open.nextLook { try look(&open) }
      let endsRow = bytes[end - 1] == UInt8(ascii: "\n")
      part = open
      if open.isFull && endsRow { try closePart() }
      index = end
    }
  }

  /// Waits until no thread of the compressor works.
  func settle() throws {
    guard var open = part else { return }
    part = nil
    try encoder.settle { try open.store($0) }
    part = open
  }

  /// Ends the last part.
  func finish() throws {
    if part != nil { try closePart() }
  }

  /// The next piece ends at the next look, or, when the part is full, at the end of the row.
  private func pieceEnd(in bytes: Span<UInt8>, from index: Int, of open: OpenPart) -> Int {
    if open.isFull {
      for end in index..<bytes.count where bytes[end] == UInt8(ascii: "\n") { return end + 1 }
      return bytes.count
    }
    return min(bytes.count, index + open.nextLook - open.rawBytes)
  }

  private func begin() throws -> OpenPart {
    let number = String(finished.count)
    let padding = String(repeating: "0", count: max(0, 5 - number.count))
    let name = "\(options.name)-\(padding)\(number)\(options.format.coder.fileSuffix)"
    encoder.begin()
    return OpenPart(
      name: name, destination: try create(name), nextLook: max(options.targetSize, 1))
  }

  private func look(_ open: inout OpenPart) throws {
    var stored = open
    let size = try encoder.checkpoint { try stored.store($0) }
    open = stored
    if size >= options.targetSize {
      open.isFull = true
      return
    }
    let missing = Double(options.targetSize - size)
    let promised = missing * Double(open.rawBytes) / Double(max(size, 1)) * 7 / 8
    let step = max(Self.leastStep, Int(min(promised, 1e15)))
    // A look where zstd ends a job anyway costs no ratio.
    open.nextLook += step < Self.job ? step : step / Self.job * Self.job
  }

  private func closePart() throws {
    guard var open = part else { return }
    part = nil
    try encoder.finish { try open.store($0) }
    try open.destination.finish()
    finished.append(
      PartFile(
        name: open.name, rows: open.rows, rawBytes: open.rawBytes, bytes: open.sum.count,
        sha256: open.sum.sha256))
  }
}
