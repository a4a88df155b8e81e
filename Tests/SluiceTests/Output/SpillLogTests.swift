import Storage
import SystemPackage
import Testing

@testable import Sluice

@Suite struct SpillLogTests {
  /// Each chain gives back its bytes in order, in pieces no longer than asked for, however they were mixed.
  @Test(arguments: [1, 7, 1000]) func chains(pieceSize: Int) throws {
    let tree = try TestTree()
    let log = try SpillLog(Scratch(directory: FilePath(tree.root)).makeSpool())
    #expect(try tree.names() == [], "a spill file has no name")
    var chains = [SpillLog.Chain](repeating: SpillLog.Chain(), count: 5)
    var expected = [[UInt8]](repeating: [], count: 5)
    for number in 0..<200 {
      let which = number * number % 5
      let bytes = (0..<(number * 37 % 90)).map { UInt8(truncatingIfNeeded: $0 &+ number) }
      try log.append(bytes, to: &chains[which])
      expected[which] += bytes
    }
    for (chain, bytes) in zip(chains, expected) {
      var found: [UInt8] = []
      try log.read(chain, pieceSize: pieceSize) { piece in
        #expect(!piece.isEmpty && piece.count <= pieceSize)
        for index in piece.indices { found.append(piece[index]) }
      }
      #expect(found == bytes)
      #expect(chain.count == bytes.count)
    }
  }
}
