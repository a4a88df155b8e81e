import Pipeline
import Testing

@Suite struct WorkerGroupTests {
  /// Every index is worked on once, whatever the number of workers.
  @Test(arguments: [1, 2, 8]) func everyIndexOnce(workers: Int) throws {
    let seen = Monitor([Int](repeating: 0, count: 1000))
    try WorkerGroup(count: workers, label: "test").forEach(below: 1000) { index in
      seen.withLock { $0[index] += 1 }
    }
    #expect(seen.withLock { $0 } == [Int](repeating: 1, count: 1000))
  }

  /// What a worker makes for itself it makes once, and not at all if it gets no index.
  @Test func oneToolAWorker() throws {
    let made = Monitor(0)
    let make: @Sendable () -> Int = {
      made.withLock {
        $0 += 1; return $0
      }
    }
    try WorkerGroup(count: 4, label: "test").forEach(below: 1000, with: make) { tool, _ in
      #expect(1...4 ~= tool)
    }
    #expect(1...4 ~= made.withLock { $0 })
    made.withLock { $0 = 0 }
    try WorkerGroup(count: 4, label: "test").forEach(below: 0, with: make) { _, _ in }
    #expect(made.withLock { $0 } == 0)
  }

  /// Of several failures the one with the lowest index is reported.
  @Test func lowestFailureWins() {
    struct Failure: Error, Equatable { var index: Int }
    #expect(throws: Failure(index: 0)) {
      try WorkerGroup(count: 4, label: "test").forEach(below: 4) { index in throw Failure(index: index) }
    }
  }

  /// A waiting worker is woken by a change made by another.
  @Test func waitingSeesChange() {
    let turn = Monitor(0)
    WorkerGroup(count: 2, label: "test").run { worker in
      for round in 0..<100 {
        turn.wait { $0 == round * 2 + worker ? () : nil }
        turn.withLock { $0 += 1 }
      }
    }
    #expect(turn.withLock { $0 } == 200)
  }
}
