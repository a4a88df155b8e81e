import ByteScan
import Testing

@Suite struct ByteSearchTests {
  /// The first of a byte at each place of texts of each length around a vector, and none where there is none.
  @Test func findsTheFirst() {
    for count in [0, 1, 2, 15, 16, 17, 63, 64, 65, 200] {
      #expect([UInt8](repeating: 1, count: count).span.firstIndex(of: 0x0A) == nil)
      for place in 0..<count {
        var bytes = [UInt8](repeating: 1, count: count)
        bytes[place] = 0x0A
        bytes[count - 1] = 0x0A
        #expect(bytes.span.firstIndex(of: 0x0A) == place)
        // What lies behind a span is not looked at.
        #expect(bytes.span.extracting(..<place).firstIndex(of: 0x0A) == nil)
      }
    }
  }
}
