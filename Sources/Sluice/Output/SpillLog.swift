// Where rows wait whose partition has no open compressor: one file for all partitions, so that ten thousand
// of them need one descriptor. What a partition spills at one time is an extent, and each extent knows where
// the one before it is, so that while rows come memory holds one offset a partition however much is spilled.
//
//     extent:  offset of the partition's extent before (8 bytes, 0 for none)   length (8 bytes)   bytes

internal import Storage
internal import SystemPackage

/// Bytes of many partitions in one file.
final class SpillLog: Sendable {
  /// What one partition has in the log.
  struct Chain: Sendable {
    fileprivate var last = 0
    /// How many bytes there are.
    fileprivate(set) var count = 0
  }

  private static let headerSize = 16
  private let file: SpoolFile

  /// Writes to `file`, which is empty.
  init(_ file: SpoolFile) throws {
    self.file = file
    // Offset 0 means "none", so no extent may start there.
    try file.append([UInt8](repeating: 0, count: Self.headerSize))
  }

  /// Adds an extent.
  func append(_ bytes: [UInt8], to chain: inout Chain) throws {
    let offset = file.size
    try file.append(Self.encode(chain.last) + Self.encode(bytes.count))
    try file.append(bytes)
    chain.last = offset
    chain.count += bytes.count
  }

  /// Reads a chain from its front, in pieces of at most `pieceSize` bytes; any thread may.
  ///
  /// - Complexity: Two reads an extent, and memory for one offset an extent.
  func read(_ chain: Chain, pieceSize: Int, _ body: (Span<UInt8>) throws -> Void) throws {
    var extents: [(offset: Int, count: Int)] = []
    var offset = chain.last
    while offset > 0 {
      let header = try readExactly(Self.headerSize, at: offset)
      extents.append((offset + Self.headerSize, Self.decode(header[8..<16])))
      offset = Self.decode(header[0..<8])
    }
    for extent in extents.reversed() {
      var done = 0
      while done < extent.count {
        let piece = try readExactly(min(extent.count - done, pieceSize), at: extent.offset + done)
        try body(piece.span)
        done += piece.count
      }
    }
  }

  private func readExactly(_ count: Int, at offset: Int) throws -> [UInt8] {
    var failure: (any Error)?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do {
        filled = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard bytes.count == count else {
      throw StorageError(operation: "read back spilled rows in", path: file.directory, errno: .ioError)
    }
    return bytes
  }

  private static func encode(_ value: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private static func decode(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
