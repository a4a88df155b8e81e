import TestSupport
import Testing

@testable import JSONEvents

/// The corpus of `Fixtures/conformance`, in each of the three judges.
@Suite struct ConformanceTests {
  /// Every file has its line in the table and every line its file, so that no case is lost.
  @Test func tableIsWhole() throws {
    let files = try ConformanceCorpus.names(in: "reject")
    #expect(try files == ConformanceCorpus.rejected().map(\.name).sorted())
    #expect(files.count > 100)
    #expect(try ConformanceCorpus.accepted().count > 100)
  }

  /// What RFC 8259 allows is taken by all three, wherever it is cut.
  @Test func acceptsWhatIsValid() throws {
    for test in try ConformanceCorpus.accepted() {
      let (name, bytes) = (test.name, test.bytes)
      #expect(fault(of: bytes, cuts: evenCuts(bytes.count, size: 1)) == nil, "\(name)")
      #expect(parsed(bytes, cuts: evenCuts(bytes.count, size: 1)).isValid, "\(name)")
      #expect(validates(bytes, cuts: evenCuts(bytes.count, size: 1)), "\(name)")
      let whole = parsed(bytes, cuts: [])
      for cut in 0...bytes.count {
        #expect(fault(of: bytes, cuts: [cut]) == nil, "\(name) cut at \(cut)")
        #expect(parsed(bytes, cuts: [cut]) == whole, "\(name) cut at \(cut)")
        #expect(validates(bytes, cuts: [cut]), "\(name) cut at \(cut)")
      }
    }
  }

  /// What it forbids is refused by all three, wherever it is cut, and the grammar names the byte and the reason.
  @Test func rejectsWhatIsNot() throws {
    for test in try ConformanceCorpus.rejected() {
      let (name, bytes) = (test.name, test.bytes)
      let whole = parsed(bytes, cuts: [])
      for cuts in [evenCuts(bytes.count, size: 1)] + (0...bytes.count).map({ [$0] }) {
        let found = fault(of: bytes, cuts: cuts)
        #expect(found?.offset == test.offset, "\(name) cut at \(cuts)")
        #expect(found?.code.name == test.code, "\(name) cut at \(cuts)")
        #expect(parsed(bytes, cuts: cuts) == whole, "\(name) cut at \(cuts)")
        #expect(!validates(bytes, cuts: cuts), "\(name) cut at \(cuts)")
      }
      #expect(!whole.isValid, "\(name)")
    }
  }
}

/// The fault that `JSONGrammar` finds in `bytes` cut at `cuts`.
func fault(of bytes: [UInt8], cuts: [Int] = [], mode: JSONGrammar.Mode = .oneValue) -> JSONFault? {
  var grammar = JSONGrammar(mode: mode)
  bytes.forEachPiece(cutAt: cuts) { piece, _ in _ = grammar.consume(piece) }
  return grammar.finish()
}
