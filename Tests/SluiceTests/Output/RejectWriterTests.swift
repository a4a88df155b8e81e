import Foundation
import SystemPackage
import Testing

@testable import Sluice

@Suite struct Base64Tests {
  /// The examples of RFC 4648, and every byte.
  @Test func examples() {
    let words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
    let expected = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]
    for (word, code) in zip(words, expected) {
      #expect(String(decoding: Base64.encode(Array(word.utf8)), as: UTF8.self) == code)
    }
    let all = Array(UInt8.min...UInt8.max)
    #expect(String(decoding: Base64.encode(all), as: UTF8.self) == Data(all).base64EncodedString())
  }
}

@Suite struct RejectWriterTests {
  private let position = InputPosition(input: "in", entry: nil, byte: 10, line: 2, column: 3, asset: 4)

  /// The line of one reject, and the files beside it.
  private func reject(_ bytes: [UInt8], isLost: Bool = false) throws -> (JSONTree, files: [String: [UInt8]]) {
    let tree = try TestTree()
    let transaction = try OutputTransaction(directory: FilePath(tree.path("out")))
    let writer = RejectWriter(scratch: Scratch(directory: transaction.scratchDirectory)) {
      try HashingFile($0, transaction)
    }
    let fault = ElementFault(offset: 12, line: 2, column: 5, code: "trailing-content", message: "why")
    let collector = writer.begin(at: position, fault)
    // However the bytes are cut.
    for start in stride(from: 0, to: bytes.count, by: 100_003) {
      collector.append(bytes.span.extracting(start..<min(start + 100_003, bytes.count)))
    }
    try writer.finish(collector, isLost: isLost)
    let listed = try writer.finish()
    try transaction.commit(manifest: [], report: [])
    var files: [String: [UInt8]] = [:]
    for reject in listed {
      let content = [UInt8](try Data(contentsOf: URL(filePath: tree.path("out/\(reject.path)"))))
      #expect(reject.bytes == content.count && reject.sha256 == Digest.sha256(content))
      files[reject.path] = content
    }
    let line = try #require(files["rejects/rejects.jsonl"])
    #expect(line.last == 0x0A && line.count { $0 == 0x0A } == 1)
    return (try #require(JSONTree(line)), files)
  }

  /// Text stands as a string, trailing white space taken off, and says where it was.
  @Test func text() throws {
    let (line, files) = try reject(Array("{\"a\":\"\u{e9}\"\u{1}} \r\n\t".utf8))
    #expect(line["raw"]?.text == "{\"a\":\"\u{e9}\"\u{1}}")
    #expect(line["length"]?.integer == 11)
    #expect(line["byte"]?.integer == 10 && line["errorByte"]?.integer == 12)
    #expect(line["rawBase64"]?.text == nil && line["rawFile"]?.text == nil)
    #expect(files.count == 1)
  }

  /// What is no text stands in Base64.
  @Test func noText() throws {
    let (line, _) = try reject([0x7B, 0xFF, 0x7D])
    #expect(line["raw"]?.text == nil)
    #expect(line["rawBase64"]?.text == "e/99")
  }

  /// What is longer than a MiB stands in a file of its own, to the last byte.
  @Test func long() throws {
    let bytes = (0...(1 << 20)).map { UInt8(truncatingIfNeeded: $0 * 7 | 1) }
    let (line, files) = try reject(bytes)
    #expect(line["rawFile"]?.text == "reject-0.bin")
    #expect(line["length"]?.integer == bytes.count)
    #expect(files["rejects/reject-0.bin"] == bytes)
  }

  /// White space behind an element does not count, however much there is of it.
  @Test(arguments: [1 << 20, 1 << 20 + 1]) func spaceBehind(length: Int) throws {
    let bytes = [UInt8](repeating: 0x61, count: length)
    let (line, files) = try reject(bytes + [UInt8](repeating: 0x20, count: 300_000))
    #expect(line["length"]?.integer == length)
    if length > 1 << 20 {
      #expect(files["rejects/reject-0.bin"] == bytes)
    } else {
      #expect(line["rawFile"]?.text == nil && files.count == 1)
    }
  }

  /// Of an input whose rest is lost the first 64 KiB are kept, and no length is claimed.
  @Test func lost() throws {
    let (line, _) = try reject([UInt8](repeating: 0x61, count: 70_000), isLost: true)
    #expect(line["raw"]?.text?.utf8.count == 65_536)
    #expect(line["length"]?.integer == nil)
  }
}
