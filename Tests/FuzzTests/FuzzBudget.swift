// How long a fuzz test runs. In `make test` each does a fixed number of executions from a fixed seed, the same
// on every machine. With SLUICE_FUZZ_SECONDS set (`make fuzz`) it goes on until the time is up, from
// SLUICE_FUZZ_SEED or else a seed of its own. Every find names the seed that brings it back at once; should the
// process crash, the seed of the execution is in sluice-fuzz-NAME.seed in the temporary directory.

import Foundation
import Testing

/// The loop of a fuzz test.
struct FuzzBudget {
  private static let environment = ProcessInfo.processInfo.environment
  /// How long the long form runs; nil in the short form.
  static let seconds = environment["SLUICE_FUZZ_SECONDS"].flatMap { Double($0) }
  /// Where the long form starts.
  static let seed = environment["SLUICE_FUZZ_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)

  /// Runs `body` with one random source an execution until the budget is spent or something was found.
  ///
  /// - Parameters:
  ///   - name: What the figures are printed under.
  ///   - count: How many executions the short form does.
  ///   - body: One execution; returns a description of what it found, if anything.
  static func spend(_ name: String, count: Int, _ body: (inout SplitMix64) throws -> String?) rethrows {
    let deadline = Self.seconds.map { Date.now.addingTimeInterval($0) }
    let note = FileManager.default.temporaryDirectory.appending(path: "sluice-fuzz-\(name).seed")
    var executions: UInt64 = 0
    var finds = 0
    while deadline.map({ Date.now < $0 }) ?? (executions < count) {
      let seed = (deadline == nil ? 0 : Self.seed) &+ executions
      var random = SplitMix64(state: SplitMix64.mix(seed))
      executions += 1
      if deadline != nil { try? Data("\(seed)\n".utf8).write(to: note) }
      if let find = try body(&random) {
        finds += 1
        Issue.record("\(name), SLUICE_FUZZ_SEED=\(seed): \(find)")
        if finds == 5 { break }
      }
    }
    if deadline == nil { return }
    try? FileManager.default.removeItem(at: note)
    print("fuzz: \(name): \(executions) executions, \(finds) finds, seed \(Self.seed)")
  }
}

/// A small seeded generator, the same on every machine.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  static func mix(_ word: UInt64) -> UInt64 {
    var mixed = word
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True once in `count` times.
  mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  /// One of `choices`, which are not empty.
  mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: Int.random(in: 0..<choices.count, using: &self))]
  }

  /// Ends of random pieces of `count` bytes, the last one excepted; empty pieces among them.
  mutating func cuts(of count: Int) -> [Int] {
    (0..<Int.random(in: 0...8, using: &self)).map { _ in Int.random(in: 0...count, using: &self) }.sorted()
  }
}
