import Compression
import Testing

@Suite struct ZstdDecoderTests {
  static let text = annotationRows(12)

  private func decode(_ bytes: [UInt8], piece: Int = .max, buffer: Int = 4096) throws -> [UInt8] {
    try ZstdDecoder(MemoryStream(bytes, piece: piece)).readAll(buffer)
  }

  private func skippable(_ length: Int, kind: UInt8 = 0) -> [UInt8] {
    [0x50 | kind, 0x2A, 0x4D, 0x18, UInt8(length), 0, 0, 0] + [UInt8](repeating: 0x28, count: length)
  }

  /// Frames in a row are one stream, with skippable frames first, between and last.
  @Test func framesInAnyPieces() throws {
    let a = try encode(Self.text, .zstd)
    let b = try encode([1, 2, 3], .zstd)
    let stream = skippable(9) + a + skippable(0, kind: 15) + (try encode([], .zstd)) + b + skippable(5)
    for piece in [1, 2, 3, 5, 4096] {
      for buffer in [1, 2, 7, 4096] {
        #expect(try decode(stream, piece: piece, buffer: buffer) == Self.text + [1, 2, 3])
      }
    }
    #expect(try decode(skippable(3)).isEmpty)
  }

  /// A short input is never taken for a whole one, inside skippable frames neither.
  @Test func everyTruncationIsAnError() throws {
    let frame = try encode(Self.text, .zstd)
    for whole in [frame, skippable(9)] {
      for length in 0..<whole.count {
        let error = #expect(throws: CompressionError.self) { try decode([UInt8](whole[..<length])) }
        #expect(error?.code == .truncated)
        if length > 0 { #expect(throws: CompressionError.self) { try decode(frame + whole[..<length]) } }
      }
    }
  }

  /// A flipped bit is noticed, or it is in a field that carries no data.
  @Test func everyBitFlipIsHarmlessOrAnError() throws {
    let whole = try encode(Self.text, .zstd)
    var errors = 0
    for bit in 0..<whole.count * 8 {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if let bytes = try? decode(damaged) { #expect(bytes == Self.text) } else { errors += 1 }
    }
    #expect(errors > (whole.count - 6) * 8)
  }

  /// A frame that holds less than it says is damaged, however it is read: with and without a checksum, which is
  /// that of nothing.
  @Test(arguments: [[0x20, 4, 1, 0, 0], [0x24, 4, 1, 0, 0, 0x99, 0xE9, 0xD8, 0x51]])
  func lessThanDeclared(rest: [UInt8]) throws {
    let frame = [0x28, 0xB5, 0x2F, 0xFD] + rest
    for piece in 1...frame.count {
      for buffer in [1, 3, 4, 4096] {
        let error = #expect(throws: CompressionError.self) { try decode(frame, piece: piece, buffer: buffer) }
        #expect(error?.code == .corrupt, "pieces of \(piece) into \(buffer)")
      }
    }
  }

  /// Errors say what it is: damage, a window that is too large, bytes that are no frame.
  @Test func errorsAreNamed() throws {
    var frame = try encode(Self.text, .zstd)
    let garbage = #expect(throws: CompressionError.self) { try decode(frame + [1, 2, 3, 4, 5]) }
    #expect(garbage?.code == .corrupt)
    frame[5] = 0xFF
    let window = #expect(throws: CompressionError.self) { try decode(frame) }
    #expect(window?.code == .windowTooLarge)
    frame = try encode(Self.text, .zstd)
    frame[frame.count - 1] ^= 1
    let sum = #expect(throws: CompressionError.self) { try decode(frame) }
    #expect(sum?.code == .checksumMismatch)
  }
}
