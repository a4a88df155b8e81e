import Storage
import Testing

@testable import Sluice

@Suite struct FrameCheckTests {
  /// Bytes in memory as a source.
  private final class Bytes: RandomAccessSource {
    let bytes: [UInt8]
    var size: Int { bytes.count }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
      let rest = bytes.dropFirst(offset).prefix(buffer.count)
      unsafe buffer.copyBytes(from: rest)
      return rest.count
    }
  }

  /// A frame of one run-length block and one raw block of three bytes; the sum is not looked at here.
  private func frame(
    descriptor: UInt8 = 0b100, fields: [UInt8] = [0x58], magic: UInt8 = 0x28
  ) -> [UInt8] {
    [magic, 0xB5, 0x2F, 0xFD, descriptor] + fields + [0b10 | 0xF8, 0xFF, 0x0F, 7] + [0b001 | 3 << 3, 0, 0]
      + [1, 2, 3] + [9, 9, 9, 9]
  }

  private func passes(_ bytes: [UInt8]) throws -> Bool { try FrameCheck.passes(Bytes(bytes), .zstd) }

  /// One frame with a sum and a window of 2 MiB passes; cut anywhere, or longer, it doesn't.
  @Test func takesOneWholeFrame() throws {
    #expect(try passes(frame()))
    for count in 0..<frame().count { #expect(try !passes(Array(frame().prefix(count)))) }
    #expect(try !passes(frame() + [0]))
    #expect(try !passes(frame() + frame()))
  }

  /// Each of the shapes that some engine refuses is found.
  @Test func refusesWhatEnginesRefuse() throws {
    let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 7]
    #expect(try !passes(skippable + frame()))
    #expect(try !passes(frame() + skippable))
    #expect(try !passes(frame(descriptor: 0)), "no checksum")
    #expect(try !passes(frame(descriptor: 0b101, fields: [0x58, 1])), "a dictionary")
    #expect(try !passes(frame(descriptor: 0b1100)), "the reserved bit")
    #expect(try !passes(frame(magic: 0x29)))
  }

  /// Windows up to 8 MiB pass, whether written down or given by the content's size.
  @Test func measuresTheWindow() throws {
    #expect(try passes(frame(fields: [13 << 3])))
    #expect(try !passes(frame(fields: [13 << 3 | 1])))
    #expect(try passes(frame(descriptor: 0b1010_0100, fields: [0, 0, 0x80, 0])))
    #expect(try !passes(frame(descriptor: 0b1010_0100, fields: [1, 0, 0x80, 0])))
    #expect(try !passes(frame(descriptor: 0b1110_0100, fields: [0, 0, 0, 0, 1, 0, 0, 0])))
    #expect(try passes(frame(descriptor: 0b0010_0100, fields: [255])))
    #expect(try passes(frame(descriptor: 0b0110_0100, fields: [255, 255])))
    #expect(try passes(frame(descriptor: 0b1100_0100, fields: [0x58, 255, 255, 255, 255, 255, 0, 0, 0])))
  }

  /// A gzip member has neither name nor time.
  @Test func looksAtTheGzipHeader() throws {
    let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    #expect(try FrameCheck.passes(Bytes(header), .gzip))
    for index in 0..<8 {
      var other = header
      other[index] ^= 1
      #expect(try !FrameCheck.passes(Bytes(other), .gzip))
    }
  }

  /// The name tells the format, whatever else it holds.
  @Test func tellsFormatsByName() {
    #expect(PartFormat(path: "data/a.jsonl.zst") == .zstd)
    #expect(PartFormat(path: "data/a.jsonl.gz") == .gzip)
    #expect(PartFormat(path: "data/a.jsonl") == .plain)
    #expect(PartFormat(path: "data/a.json") == nil)
  }
}
