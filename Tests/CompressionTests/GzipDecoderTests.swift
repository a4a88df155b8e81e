import Compression
import Testing

@Suite struct GzipDecoderTests {
  static let text = annotationRows(12)

  private func decode(_ bytes: [UInt8], piece: Int = .max, buffer: Int = 4096) throws -> [UInt8] {
    try GzipDecoder(MemoryStream(bytes, piece: piece)).readAll(buffer)
  }

  /// Members in a row are one stream, with zero padding behind; no cut of input or output changes that.
  @Test func membersAndPaddingInAnyPieces() throws {
    let a = try encode(Self.text, .gzip)
    let stream = a + (try encode([], .gzip)) + (try encode([1, 2, 3], .gzip)) + [0, 0, 0]
    for piece in [1, 2, 3, 5, 4096] {
      for buffer in [1, 2, 7, 4096] {
        #expect(try decode(stream, piece: piece, buffer: buffer) == Self.text + [1, 2, 3])
      }
    }
  }

  /// A short input is never taken for a whole one.
  @Test func everyTruncationIsAnError() throws {
    let whole = try encode(Self.text, .gzip)
    for length in 0..<whole.count {
      let error = #expect(throws: CompressionError.self) { try decode([UInt8](whole[..<length])) }
      #expect(error?.code == .truncated)
      let second = whole + whole[..<length]
      if length > 0 { #expect(throws: CompressionError.self) { try decode(second) } }
    }
  }

  /// A flipped bit is noticed, or it is in a field that carries no data.
  @Test func everyBitFlipIsHarmlessOrAnError() throws {
    let whole = try encode(Self.text, .gzip)
    var errors = 0
    for bit in 0..<whole.count * 8 {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if let bytes = try? decode(damaged) { #expect(bytes == Self.text) } else { errors += 1 }
    }
    #expect(errors > (whole.count - 10) * 8)
  }

  /// Bytes behind the last member are not passed over in silence, behind zero padding neither.
  @Test(arguments: [[65], [0, 65], [0x1F], [0, 0x1F, 0x8B]] as [[UInt8]])
  func trailingGarbage(tail: [UInt8]) throws {
    let whole = try encode(Self.text, .gzip)
    let error = #expect(throws: CompressionError.self) { try decode(whole + tail) }
    #expect(error?.container == .gzip)
    #expect((error?.offset ?? 0) >= whole.count)
  }

  /// Where one member is all there may be, a second is an error, and so is padding.
  @Test(arguments: [[], [0]] as [[UInt8]])
  func oneMember(padding: [UInt8]) throws {
    let whole = try encode(Self.text, .gzip)
    #expect(try GzipDecoder(MemoryStream(whole), isOneMember: true).readAll() == Self.text)
    let more = padding.isEmpty ? whole + (try encode([], .gzip)) : whole + padding
    #expect(throws: CompressionError.self) {
      try GzipDecoder(MemoryStream(more), isOneMember: true).readAll()
    }
  }

  /// Checksum and length are told apart from broken structure.
  @Test func checksumMismatchIsNamed() throws {
    var whole = try encode(Self.text, .gzip)
    whole[whole.count - 8] ^= 1
    let error = #expect(throws: CompressionError.self) { try decode(whole) }
    #expect(error?.code == .checksumMismatch)
  }
}
