// One file, read once: summed on its way into the decoder, and its lines counted on their way out.

internal import Storage
internal import SystemPackage

/// Checks one listed file that is there and has the right size.
struct PartCheck {
  let file: ManifestContents.File
  let decode: PartDecoder
  let progress: @Sendable (Int) -> Void

  /// The first of hash, frame and rows that is wrong.
  func run(_ path: FilePath) throws -> VerifyOutcome.Problem? {
    let source = try openForReading(path)
    let stored = SummingStream(SequentialReader(source), progress: progress)
    guard let rows = file.rows else {
      try stored.drain()
      return stored.sha256 == file.sha256 ? nil : .hash
    }
    let lines = try countLines(of: stored)
    // Whatever the decoder made of it: bytes that changed are the cause, not the lines they gave.
    try stored.drain()
    if stored.count != file.bytes { return .size }
    if stored.sha256 != file.sha256 { return .hash }
    guard let lines, let format = PartFormat(path: file.path), try FrameCheck.passes(source, format) else {
      return .frame
    }
    return lines.count == rows && lines.bytes == file.rawBytes && lines.endsWithNewline ? nil : .rows
  }

  /// Nil where the bytes can't be decoded; a file that can't be read throws.
  private func countLines(of stored: SummingStream) throws -> LineCount? {
    guard let format = PartFormat(path: file.path) else { return nil }
    do {
      return try LineCount(format == .plain ? stored : decode(stored, format))
    } catch {
      if let failure = stored.failure { throw failure }
      return nil
    }
  }
}

/// The lines of a stream.
struct LineCount {
  private(set) var count = 0
  /// How many bytes they have, newlines included.
  private(set) var bytes = 0
  private(set) var endsWithNewline = false

  init(_ stream: any ByteStream) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { unsafe buffer.deallocate() }
    while true {
      let filled = try unsafe stream.read(into: buffer)
      if filled == 0 { return }
      let piece = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<filled])
      count += unsafe piece.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
      bytes += filled
      endsWithNewline = unsafe piece.last == 0x0A
    }
  }
}

/// Passes a stream on and sums it.
final class SummingStream: ByteStream {
  private let base: any ByteStream
  private let progress: @Sendable (Int) -> Void
  private var sum = RunningSum()
  /// What the file system said, if it failed: no fault of the bytes.
  private(set) var failure: (any Error)?

  init(_ base: any ByteStream, progress: @escaping @Sendable (Int) -> Void) {
    self.base = base
    self.progress = progress
  }

  var count: Int { sum.count }
  var sha256: String { sum.sha256 }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    do {
      let filled = try unsafe base.read(into: buffer)
      unsafe sum.add(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
      progress(filled)
      return filled
    } catch {
      failure = error
      throw error
    }
  }

  /// Reads what a decoder left.
  func drain() throws { _ = try LineCount(self) }
}
