import ByteScan
import TestSupport
import Testing

@Suite struct JSONCheckTests {
  /// Values of every kind that are right, as data is and as nobody writes it.
  static let valid = [
    "{}", "[]", " [ ] ", "0", "-0", "-0.5e+10", "1E5", "10.25", "true", "false", "null", "\"\"", "\"a b\"",
    "[1,2.5,-3e-7,true,false,null,\"x\",{},[]]", "{\"a\":1,\"b\":[{\"c\":null}],\"d\":{\"e\":\"f\"}}",
    " { \"a\" : [ 1 , { } , [ ] , \"x\" ] ,\r\n\t\"b\" : true } ", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u12aF\"",
    "\"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"", "[\"[{,:]}\",\"\\\\\"]", "[\"\\ud800\"]",
    "{\"\":\"\",\"\":\"\"}", "[[[[[[[[[[]]]]]]]]]]", "[0e0,0.0,-0e-0,123456789012345678901234567890]",
  ]

  /// Texts that are one token away from being right.
  static let invalid = [
    "", " ", "{", "}", "[", "]", ",", ":", "[}", "{]", "[[]", "[]]", "{}{}", "[] 1", "1 2", "[1 2]", "[,]",
    "[1,]",
    "[1,,2]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\":1:2}",
    "{1:2}",
    "{\"a\":1,2}", "{[]:1}", "[\"a\":1]", "\"a\":1", "{\"a\":\"b\":1}", "1,2", "[1:2]", "{\"a\",\"b\"}",
    "{true}",
    "01", "-", "-01", "1.", ".5", "1.e5", "1e", "1e+", "1.2.3", "1e5.3", "1e5e6", "+1", "1-2", "--1", "1e5-",
    "00",
    "tru", "trux", "truee", "nul", "nulll", "falsee", "fals", "t", "True", "tr ue", "true1", "1true",
    "truefalse",
    "[true false]", "NaN", "\"", "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\\u123\"", "\"\n\"", "\"\t\"",
    "\"\u{0}\"",
    "\"a\"\"b\"", "\"a\"1", "1\"a\"", "\"a\"[]", "\u{B}1", "1\u{C}", "\u{FEFF}1", "[1]\u{A0}", "\\\"a\"",
    "[\\n]",
    "{\"a\":1]", "[{\"a\":1]}", "'a'", "[1}", "{{}}", "{\"a\"::1}", "{:1}", "]1[", "}{", ",1",
  ]

  /// What is right is certain and what is wrong is not, in every kernel, wherever it lies in a block of 64 and
  /// wherever it is cut.
  @Test(arguments: ScanKernel.available)
  func verdicts(kernel: ScanKernel) {
    for (texts, isValid) in [(Self.valid, true), (Self.invalid, false)] {
      for text in texts {
        for offset in 0..<128 {
          let bytes = Array(repeating: UInt8(ascii: " "), count: offset) + Array(text.utf8)
          #expect(isCertain(bytes, kernel) == isValid, "\(text) at \(offset)")
          if offset % 16 == 0 {
            for cut in offset...bytes.count {
              #expect(isCertain(bytes, kernel, cuts: [cut]) == isValid, "\(text) at \(offset), cut at \(cut)")
            }
          }
        }
        let bytes = Array(text.utf8)
        #expect(isCertain(bytes, kernel, cuts: Array(0..<bytes.count)) == isValid, "\(text) byte by byte")
      }
    }
  }

  /// The same inside an object, behind a string that pushes it over the border of a block.
  @Test(arguments: ScanKernel.available)
  func verdictsInside(kernel: ScanKernel) {
    // What is wrong alone may be right in here, such as `1,"a":2`.
    let invalid = Self.invalid.filter {
      !$0.contains("\":1") && !$0.contains("\"b\"") && !$0.hasPrefix("\"a\":")
    }
    for (texts, isValid) in [(Self.valid, true), (invalid, false)] {
      for text in texts {
        for offset in 0..<128 {
          let bytes = Array("{\"\(String(repeating: "k", count: offset))\":\(text)}".utf8)
          #expect(isCertain(bytes, kernel) == isValid, "\(text) at \(offset)")
        }
      }
    }
  }

  /// A value of every first, second, third and fourth byte that a character can have: what is UTF-8 is as Swift
  /// has it, which takes neither overlong forms nor surrogates.
  @Test(arguments: ScanKernel.available)
  func utf8(kernel: ScanKernel) {
    let telling: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0, 0xFF]
    for first in UInt8(0x80)...0xFF {
      for second in telling {
        for tail in [[], [0x80], [0xBF], [0x41], [0x80, 0x80], [0x80, 0xBF], [0xBF, 0x80, 0x80]] as [[UInt8]]
        {
          let text = [first, second] + tail
          if text.contains(0) { continue }
          let isValid = String(validating: text, as: UTF8.self) != nil
          for offset in [0, 58, 59, 60, 61, 62, 63] {
            let pad = [UInt8](repeating: UInt8(ascii: "a"), count: offset)
            let bytes = Array("\"".utf8) + pad + text + Array("\"".utf8)
            #expect(isCertain(bytes, kernel) == isValid, "\(text) at \(offset)")
          }
        }
      }
    }
  }

  /// A byte changed, left out or put in anywhere leads to the portable kernel's verdict in all others.
  @Test(arguments: ScanKernel.available)
  func likePortable(kernel: ScanKernel) {
    var generator = SplitMix64(seed: 11)
    let telling =
      Array("{}[]:,\"\\/u0123456789abefnrtlsE.+- \n\t\r".utf8) + [0x00, 0x0B, 0x1F, 0x80, 0xC3, 0xED]
    for text in Self.valid {
      for _ in 0..<60 {
        var bytes =
          Array(repeating: UInt8(ascii: " "), count: .random(in: 0...70, using: &generator))
          + Array(text.utf8)
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let byte = telling.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default: bytes.remove(at: place)
        }
        let cuts = [Int.random(in: 0...bytes.count, using: &generator)]
        #expect(isCertain(bytes, kernel, cuts: cuts) == isCertain(bytes, .portable), "\(bytes)")
      }
    }
  }

  /// What is as deep as allowed is certain, what is deeper is not, and nothing deeper than 62 ever is.
  @Test(arguments: ScanKernel.available)
  func depth(kernel: ScanKernel) {
    for depth in [1, 2, 61, 62, 63, 64, 65, 127, 128, 129, 200] {
      for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let inner = open == "[" ? "" : "1"
        let text =
          String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
        let bytes = Array(text.utf8)
        #expect(isCertain(bytes, kernel, maxDepth: 512) == (depth <= 62), "\(depth)")
        #expect(isCertain(bytes, kernel, maxDepth: depth) == (depth <= 62), "\(depth)")
        #expect(!isCertain(bytes, kernel, maxDepth: depth - 1), "\(depth)")
      }
    }
    for maxDepth in [0, -1, -1000] {
      #expect(isCertain(Array("1".utf8), kernel, maxDepth: maxDepth))
      #expect(!isCertain(Array("[]".utf8), kernel, maxDepth: maxDepth))
    }
  }

  /// Strings, keys and numbers may be of any length, over many blocks.
  @Test(arguments: ScanKernel.available)
  func longTokens(kernel: ScanKernel) {
    for length in [62, 63, 64, 65, 127, 128, 1000] {
      let text = String(repeating: "x", count: length)
      let digits = String(repeating: "7", count: length)
      #expect(isCertain(Array("{\"\(text)\" : \"\(text)\"}".utf8), kernel))
      #expect(isCertain(Array("[\(digits).\(digits)e\(digits),-\(digits)]".utf8), kernel))
      #expect(!isCertain(Array("[\(digits).\(digits)e\(digits).\(digits)]".utf8), kernel))
      #expect(!isCertain(Array("[\(digits).\(digits).\(digits)]".utf8), kernel))
      #expect(!isCertain(Array("[\"\(text)\":1]".utf8), kernel))
      #expect(!isCertain(Array("{\"\(text)\",1}".utf8), kernel))
      let spaces = String(repeating: " \n", count: length)
      #expect(
        isCertain(
          Array("{\(spaces)\"a\"\(spaces):\(spaces)1\(spaces),\"b\":2\(spaces)}\(spaces)".utf8), kernel))
      #expect(!isCertain(Array("[1\(spaces)2]".utf8), kernel))
      #expect(!isCertain(Array("[]\(spaces)[]".utf8), kernel))
    }
  }

  private func isCertain(_ bytes: [UInt8], _ kernel: ScanKernel, maxDepth: Int = 512, cuts: [Int] = [])
    -> Bool
  {
    var check = JSONCheck(kernel: kernel, maxDepth: maxDepth)
    bytes.forEachPiece(cutAt: cuts) { piece, _ in check.feed(piece) }
    return check.finish()
  }
}
