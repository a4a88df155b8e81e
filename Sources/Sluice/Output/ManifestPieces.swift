// A manifest as it is read: piece by piece, since it may list a million files, and summed on the way, since its last
// member is the sum of all before.

internal import Storage

/// Gives the bytes of a file to `body` in pieces, each with its offset.
///
/// - Throws: What reading and `body` throw.
func forEachPiece(
  of source: any RandomAccessSource, _ body: (Span<UInt8>, Int) throws -> Void
) throws {
  var offset = 0
  while offset < source.size {
    let piece = try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
      count = try unsafe source.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    if piece.isEmpty { return }
    try body(piece.span, offset)
    offset += piece.count
  }
}

/// Compares the last bytes of a manifest with the sum of all before them.
struct SealReader {
  private let start: Int
  private var sum = RunningSum()
  private var end: [UInt8] = []

  init(size: Int) { start = max(0, size - ManifestSeal.count) }

  mutating func add(_ bytes: Span<UInt8>, at offset: Int) {
    let cut = min(max(start - offset, 0), bytes.count)
    // Read before the span ends.
    unsafe bytes.extracting(..<cut).withUnsafeBytes { unsafe sum.add($0) }
    for index in cut..<bytes.count { end.append(bytes[index]) }
  }

  /// Whether the seal holds the sum of what is before it.
  var isRight: Bool { end == ManifestSeal(sha256: sum.sha256).bytes }

  /// Whether it also is the sum that the manifest's member says.
  func isRight(_ text: String) -> Bool { sum.sha256 == text && isRight }
}
