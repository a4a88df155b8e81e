// What once was found stays fixed: every input of Fixtures/regressions goes through all kernels, all cuts, all
// judges of JSON and both engines. The command's tests hold the same inputs to their expected answers.

import ByteScan
import FuzzChecks
import Sharding
import Sluice
import Testing

@Suite struct RegressionFuzzTests {
  /// No kernel differs.
  @Test func kernels() {
    for (name, bytes) in Corpus.regressions {
      for state in [ScanState(), ScanState(inString: true), ScanState(escaped: true, depth: 1)] {
        for offset in 0...min(bytes.count, 64) {
          let differing = KernelCase(bytes, from: offset, state: state, target: 0).differing
          #expect(differing == nil, "\(name) from \(offset), \(state)")
        }
      }
    }
  }

  /// No cut changes the elements or the verdict.
  @Test func cuts() {
    for (name, bytes) in Corpus.regressions {
      for size in 1...max(1, min(bytes.count, 80)) {
        let cuts = Array(stride(from: 0, to: bytes.count, by: size))
        for framing in [Framing.array, .sequence] {
          let whole = Framed(whole: bytes, framing)
          #expect(Framed(cut: bytes, at: cuts, framing, .best) == whole, "\(name), blocks of \(size)")
        }
        for several in [false, true] {
          let found = JSONCase(bytes, cuts: cuts, maxDepth: 512, several: several).difference
          #expect(found == nil, "\(name), chunks of \(size)")
        }
      }
    }
  }

  /// The engines agree, whatever the blocks and the memory.
  @Test func engines() throws {
    for (name, bytes) in Corpus.regressions {
      for blockSize in [1, 2, 3, 5, 7, 16, 64, 1000] {
        for (policy, memory) in [(ErrorPolicy.stop, 1), (.skip, 1), (.skip, 256_000_000)] {
          for way in [Way.file, .pipe] {
            var plan = EngineCase()
            plan.way = way
            plan.options.onError = policy
            plan.options.resources.memory = memory
            plan.options.resources.blockSize = blockSize
            plan.options.resources.workers = 2
            plan.options.resources.validation = .all
            plan.options.selection.titles = ["car"]
            plan.options.rows.prune = true
            plan.options.rows.stripURLQuery = true
            let found = try plan.difference(bytes)
            #expect(found == nil, "\(name), blocks of \(blockSize), \(policy), memory \(memory), \(way)")
          }
        }
      }
    }
  }
}
