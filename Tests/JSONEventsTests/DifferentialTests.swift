import Testing

@testable import JSONEvents

/// yajl with its corrections and our own grammar must agree on every text.
@Suite struct DifferentialTests {
  static let seeds = [
    #"{"assetId":"64f0","batches":["rain",null,"Ä€𝄞"],"task":{"stage":"Complete","x":[-1.5e-7,0,10]}}"#,
    #"[true,false,null,{"a":{"b":[[],{}]}},"\ud83d\ude00\n\"\\",0.25,[1E+2 , -0]]"#,
    #"  [ {"k" : "v"} , [ ] , 1.0 ]  "#,
    #""text é\u00e9""#,
    "-12.5e10",
    #"{} [1] "x" true 0 {"a":[1,2]}"#,
  ]

  /// Bytes that mean something to a JSON reader come up far more often than by chance.
  static let telling =
    Array("{}[]:,\"\\/u0123456789abefnrtlsE.+- \n\t".utf8) + [
      0x00, 0x0B, 0x0C, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0xED, 0xA0, 0xF0, 0xF4, 0x90, 0xF5, 0xFF,
    ]

  /// Changes one to four places of `text`: replaced, removed, inserted, doubled or cut off.
  static func mutated(_ text: [UInt8], with random: inout SplitMix64) -> [UInt8] {
    var bytes = text
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let byte = telling[Int.random(in: 0..<telling.count, using: &random)]
      switch Int.random(in: 0..<9, using: &random) {
      case 0...3: bytes[place] = byte
      case 4, 5: bytes.insert(byte, at: place)
      case 6: bytes.remove(at: place)
      case 7:
        let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }

  /// The same verdict from parser, validator and grammar, for one value and for several, whole and cut.
  @Test(arguments: [1, 2, 3] as [UInt64]) func sameVerdict(seed: UInt64) {
    var random = SplitMix64(state: seed)
    var valid = 0
    for round in 0..<10_000 {
      let text = Array(Self.seeds[round % Self.seeds.count].utf8)
      let bytes = round < Self.seeds.count ? text : Self.mutated(text, with: &random)
      let several = round / Self.seeds.count % 2 == 0
      let expected = fault(of: bytes, mode: several ? .severalValues : .oneValue) == nil
      let cuts = [Int.random(in: 0...bytes.count, using: &random)]
      let whole = parsed(bytes, cuts: [], several: several)
      valid += expected ? 1 : 0
      #expect(whole.isValid == expected, "\(String(decoding: bytes, as: UTF8.self)) \(bytes)")
      #expect(parsed(bytes, cuts: cuts, several: several) == whole, "\(cuts) \(bytes)")
      #expect(validates(bytes, cuts: [], several: several) == expected, "\(bytes)")
      #expect(validates(bytes, cuts: cuts, several: several) == expected, "\(cuts) \(bytes)")
    }
    // Neither verdict may be rare, or the test would say little.
    #expect(valid > 500 && valid < 9_500)
  }

  /// Every byte at every place of a short text, so that no class of bytes is forgotten.
  @Test func everyByteEverywhere() {
    let text = Array(#"{"a\n":[-1.5e+2,"\u00e9é",true]}"#.utf8)
    for place in text.indices {
      for byte in UInt8.min...UInt8.max {
        var bytes = text
        bytes[place] = byte
        let expected = fault(of: bytes) == nil
        let whole = parsed(bytes, cuts: [])
        #expect(whole.isValid == expected, "\(byte) at \(place)")
        #expect(parsed(bytes, cuts: [place]) == whole, "\(byte) at \(place)")
        #expect(validates(bytes, cuts: [place + 1]) == expected, "\(byte) at \(place)")
      }
    }
  }

  /// A fault's byte is the first that no valid text has there: what stands before it can still be completed.
  @Test func faultIsTheFirstImpossibleByte() {
    var random = SplitMix64(state: 99)
    for _ in 0..<3_000 {
      let seed = Int.random(in: 0..<5, using: &random)
      let bytes = Self.mutated(Array(Self.seeds[seed].utf8), with: &random)
      guard let found = fault(of: bytes), found.code != .truncated, found.code != .invalidUTF8 else {
        continue
      }
      var before = JSONGrammar()
      #expect(before.consume(bytes.span.extracting(0..<found.offset)) == nil)
      var with = JSONGrammar()
      #expect(with.consume(bytes.span.extracting(0...found.offset)) == found)
    }
  }
}
