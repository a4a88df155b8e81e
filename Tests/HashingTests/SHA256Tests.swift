import Foundation
import Testing

@testable import Hashing

/// The examples of FIPS 180-4 as NIST publishes them, and that neither pieces nor looks in between matter.
@Suite struct SHA256Tests {
  @Test(
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func examples(text: String, sum: String) { #expect(hexadecimal(SHA256.hash(Array(text.utf8).span)) == sum) }

  @Test func aMillionTimesA() {
    var hash = SHA256()
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    for _ in 0..<1000 { hash.update(piece.span) }
    #expect(
      hexadecimal(hash.finalize()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func lookingDoesNotEndIt() {
    var hash = SHA256()
    hash.update(Array("ab".utf8).span)
    let early = hash.finalize()
    hash.update(Array("c".utf8).span)
    #expect(early == SHA256.hash(Array("ab".utf8).span))
    #expect(hash.finalize() == SHA256.hash(Array("abc".utf8).span))
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }
}
