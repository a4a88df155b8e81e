import Pipeline
import Testing

@Suite struct WorkerGroupTests {
  /// Every index is worked on once, whatever the number of workers.
  @Test(arguments: [1, 2, 8]) func everyIndexOnce(workers: Int) throws {
    let seen = ConditionLock([Int](repeating: 0, count: 1000))
    try WorkerGroup(count: workers).forEach(below: 1000) { index in
      seen.withLock { $0[index] += 1 }
    }
    #expect(seen.withLock { $0 } == [Int](repeating: 1, count: 1000))
  }

  /// What a worker makes for itself it makes once, and not at all if it gets no index.
  @Test func oneToolAWorker() throws {
    let made = ConditionLock(0)
    let make: @Sendable () -> Int = {
      made.withLock {
        $0 += 1; return $0
      }
    }
    try WorkerGroup(count: 4).forEach(below: 1000, with: make) { tool, _ in
      #expect(1...4 ~= tool)
    }
    #expect(1...4 ~= made.withLock { $0 })
    made.withLock { $0 = 0 }
    try WorkerGroup(count: 4).forEach(below: 0, with: make) { _, _ in }
    #expect(made.withLock { $0 } == 0)
  }

  /// A worker that cannot begin leaves the work to those that can; if none can, that is the error.
  @Test func toolsThatCannotBeMade() throws {
    struct Failure: Error {}
    let made = ConditionLock(0)
    let make: @Sendable () throws -> Void = {
      let isFirst = made.withLock {
        $0 += 1
        return $0 == 1
      }
      if !isFirst { throw Failure() }
    }
    let done = ConditionLock(0)
    try WorkerGroup(count: 4).forEach(below: 100, with: make) { _, _ in done.withLock { $0 += 1 } }
    #expect(done.withLock { $0 } == 100)
    #expect(throws: Failure.self) {
      try WorkerGroup(count: 4).forEach(below: 100, with: { throw Failure() }, { (_: Void, _) in })
    }
  }

  /// The thread that asks is one of the workers.
  @Test func callerWorks() {
    #expect(ThreadSupply.has(1))
    let ran = ConditionLock<[Int]>([])
    WorkerGroup(count: 3).run { worker in ran.withLock { $0.append(worker) } }
    #expect(ran.withLock { $0.sorted() } == [0, 1, 2])
  }

  /// Of several failures the one with the lowest index is reported.
  @Test func lowestFailureWins() {
    struct Failure: Error, Equatable { var index: Int }
    #expect(throws: Failure(index: 0)) {
      try WorkerGroup(count: 4).forEach(below: 4) { index in throw Failure(index: index) }
    }
  }

  /// A waiting worker is woken by a change made by another.
  @Test func waitingSeesChange() {
    let turn = ConditionLock(0)
    WorkerGroup(count: 2).run { worker in
      for round in 0..<100 {
        turn.wait { $0 == round * 2 + worker ? () : nil }
        turn.withLock { $0 += 1 }
      }
    }
    #expect(turn.withLock { $0 } == 200)
  }
}
