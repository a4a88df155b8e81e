// The fast engine against the reference engine: rows, report and error, whatever the options, blocks, workers,
// memory, container and way in. A find of the long form is written, reduced, to Fixtures/regressions/, in the
// layout of a case but for its `expected` answers; `make test` fails until those are there.

import Foundation
import FuzzChecks
import Sluice
import Testing

@Suite struct EngineFuzzTests {
  /// Both engines deliver the same.
  @Test func engines() throws {
    try FuzzBudget.spend("engines", count: 250) { random in
      let input = Mutator.mutate(Corpus.random(&random), using: &random)
      let plan = EngineCase(&random)
      guard let difference = try plan.difference(input) else { return nil }
      let small = Shrinker.shrink(input) { smaller in
        // A try that cannot be made is no find.
        guard let found = try? plan.difference(smaller) else { return false }
        return !found.isEmpty
      }
      let last = try plan.difference(small) ?? "no longer: \(difference)"
      // A case is a run; what inspecting has found is brought back by its seed.
      if FuzzBudget.seconds != nil, !plan.inspects { try keep(small, plan, last) }
      return "\(plan.way) \(plan.arguments.replacing("\n", with: " ")): \(literal(small)): \(last)"
    }
  }

  private func keep(_ input: [UInt8], _ plan: EngineCase, _ difference: String) throws {
    var hash: UInt64 = 0
    for byte in input { hash = SplitMix64.mix(hash &+ UInt64(byte)) }
    let name = "found-" + String(hash, radix: 36)
    let directory = Corpus.fixtures.appending(path: "regressions/\(name)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try Data(input).write(to: directory.appending(path: "input.json"))
    if let second = plan.second { try Data(second).write(to: directory.appending(path: "second.json")) }
    try Data(plan.arguments.utf8).write(to: directory.appending(path: "args"))
    try Data("\(plan.way): \(difference)\n".utf8).write(to: directory.appending(path: "rule"))
  }
}
