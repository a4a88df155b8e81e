// The seeds of guided fuzzing and what it has found, through the checks that libFuzzer calls (Fuzzing/).

import Foundation
import FuzzChecks
import Testing

@Suite struct ReplayFuzzTests {
  /// An input for one target.
  struct Kept: Sendable, CustomTestStringConvertible {
    let target: FuzzTarget
    let file: URL
    // Told before the test starts, so that a crash has a name.
    var testDescription: String { "\(target.rawValue)/\(file.lastPathComponent)" }
  }

  private static func kept(in folder: String) -> [Kept] {
    let parent = Corpus.fixtures.deletingLastPathComponent().appending(path: folder)
    return FuzzTarget.allCases.flatMap { target in
      let directory = parent.appending(path: target.rawValue)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
      return names.sorted().map { Kept(target: target, file: directory.appending(path: $0)) }
    }
  }

  /// Nothing is wrong with what fuzzing starts from, of which each target has some.
  @Test(arguments: kept(in: "Fuzzing/corpus")) func seeds(_ seed: Kept) throws {
    #expect(seed.target.check([UInt8](try Data(contentsOf: seed.file))) == nil)
  }

  /// What was found stays fixed.
  @Test(arguments: kept(in: "Fixtures/fuzz-finds")) func finds(_ find: Kept) throws {
    #expect(find.target.check([UInt8](try Data(contentsOf: find.file))) == nil)
  }

  /// An input may be of any length: options that it lacks are 0.
  @Test(arguments: FuzzTarget.allCases) func shortInputs(_ target: FuzzTarget) {
    for count in 0...20 {
      #expect(target.check([UInt8](repeating: 0, count: count)) == nil, "\(count) zeros")
      #expect(target.check([UInt8](repeating: 0xFF, count: count)) == nil, "\(count) times FF")
    }
  }

  /// No target is without seeds, and what was found has not been lost.
  @Test func keptInputsAreThere() {
    #expect(Set(Self.kept(in: "Fuzzing/corpus").map(\.target)) == Set(FuzzTarget.allCases))
    #expect(!Self.kept(in: "Fixtures/fuzz-finds").isEmpty)
    #expect(!Corpus.regressions.isEmpty)
  }
}
