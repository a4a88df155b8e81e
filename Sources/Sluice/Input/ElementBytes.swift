// Bytes of an element, wherever they are: in blocks that are held, or where they can be read again.

internal import Sharding
internal import Storage

/// Bytes of the input that can be visited as often as wanted.
protocol ElementBytes: Sendable {
  /// Visits the bytes at `range` of the input in order.
  ///
  /// - Parameters:
  ///   - range: Which bytes, as offsets in the input.
  ///   - body: Gets each run of bytes and the offset of its first.
  /// - Throws: What reading or `body` throws.
  func visit(_ range: Range<Int>, _ body: (_ bytes: Span<UInt8>, _ offset: Int) throws -> Void) throws
}

extension Extent: ElementBytes {
  func visit(_ range: Range<Int>, _ body: (Span<UInt8>, Int) throws -> Void) throws {
    try forEachRun(in: range) { bytes, offset in try body(bytes, offset) }
  }
}

/// Bytes that are read again block by block.
struct ReadAgain: ElementBytes {
  let bytes: RereadableBytes
  let pool: BlockPool

  func visit(_ range: Range<Int>, _ body: (Span<UInt8>, Int) throws -> Void) throws {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let block = try bytes.block(at: offset, below: range.upperBound, from: pool)
      try block.withBytes { try body($0, offset) }
      offset += block.count
    }
  }
}

/// Bytes of an input that can be read again, at offsets of the input.
struct RereadableBytes: Sendable {
  var source: any RandomAccessSource
  /// The input's offset of the source's first byte.
  var base: Int

  /// Reads up to the pool's block size, from `offset` of the input and below `end`.
  func block(at offset: Int, below end: Int, from pool: BlockPool) throws -> Block {
    let wanted = min(pool.blockSize, end - offset)
    return try unsafe Block(from: pool, offset: offset) { buffer in
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
      let count = try unsafe source.read(into: part, at: offset - base)
      guard count == wanted else { throw InputChanged() }
      return count
    }
  }
}

/// The input has become shorter while it was read.
struct InputChanged: RunErrorConvertible {
  var runError: RunError {
    RunError(
      .inputChanged, "changed while it was read",
      hint: "Wait until the export is complete, then run again.")
  }
}
