import Compression
import Storage
import Testing

@Suite struct ContainerTests {
  /// A container is told by its magic number and by nothing else.
  @Test func magicNumbers() throws {
    func detect(_ bytes: [UInt8]) -> Container { Container.detect(bytes.span) }
    #expect(detect(try encode([1], .gzip)) == .gzip)
    #expect(detect(try encode([1], .zstd)) == .zstd)
    for kind in UInt8(0x50)...0x5F { #expect(detect([kind, 0x2A, 0x4D, 0x18, 0, 0, 0, 0]) == .zstd) }
    #expect(detect([0x60, 0x2A, 0x4D, 0x18]) == .plain)
    #expect(detect(Array("PK\u{3}\u{4}".utf8)) == .zip)
    #expect(detect(Array("PK\u{5}\u{6}".utf8)) == .zip)
    #expect(detect(Array("PK\u{7}\u{8}PK\u{3}\u{4}".utf8)) == .zip)
    #expect(detect(Array("PK\u{7}\u{8}".utf8)) == .plain)
    for text in ["", "[", "{\"a\":1}", "PK"] { #expect(detect(Array(text.utf8)) == .plain) }
  }

  /// Looking ahead loses nothing, however the source gives its bytes.
  @Test func peekingLosesNothing() throws {
    let bytes = annotationRows(20)
    for piece in [1, 3, 4096] {
      let stream = PeekedStream(MemoryStream(bytes, piece: piece))
      #expect(try stream.peek(8) == Array(bytes[..<8]))
      #expect(try stream.peek(3) == Array(bytes[..<3]))
      #expect(try stream.readAll(5) == bytes)
      #expect(try stream.peek(4).isEmpty)
    }
    let short = PeekedStream(MemoryStream([1, 2]))
    #expect(try short.peek(8) == [1, 2])
    #expect(try short.readAll(1) == [1, 2])
    #expect(try PrefixedStream([1, 2], MemoryStream([3])).readAll(1) == [1, 2, 3])
  }

  /// Messages name container, entry, place and cause.
  @Test func messages() {
    let error = CompressionError(.truncated, container: .zip, entry: "a.json", offset: 12)
    #expect(error.description == #"zip entry "a.json", compressed byte 12: the data is cut short"#)
  }
}
