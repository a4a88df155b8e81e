import Pipeline
import Synchronization
import Testing

@Suite struct ThreadLimitTests {
  /// Workers and lent threads share the room: what one takes the other does not get.
  @Test func lentThreadsTakeRoom() {
    let threads = ThreadLimit(2)
    threads.enter()
    #expect(threads.lend(1))
    #expect(!threads.tryEnter())
    #expect(!threads.lend(1))
    threads.leave()
    #expect(!threads.tryEnter())
    #expect(threads.lend(-1))
    #expect(threads.tryEnter())
  }

  /// However many workers there are, no more than the limit work at a time, and each gets its turn.
  @Test func limitHolds() {
    let threads = ThreadLimit(3)
    let working = Atomic(0)
    let turns = Atomic(0)
    WorkerGroup(count: 8).run { _ in
      for _ in 0..<200 {
        threads.enter()
        let before = working.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue
        #expect(before < 3)
        _ = working.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        _ = turns.wrappingAdd(1, ordering: .sequentiallyConsistent)
        threads.leave()
      }
    }
    #expect(turns.load(ordering: .sequentiallyConsistent) == 1600)
  }

  /// Where there are no more processors than the limit, the system keeps to it, and nobody waits or is refused.
  @Test(arguments: [(2, 2, false), (3, 2, false), (1, 2, true), (0, 1, false)])
  func isNeededForMoreProcessors(limit: Int, processors: Int, isNeeded: Bool) {
    let threads = ThreadLimit(limit, processors: processors)
    #expect(threads.isNeeded == isNeeded)
    for _ in 0..<max(1, limit) { threads.enter() }
    #expect(threads.tryEnter() != isNeeded)
    #expect(threads.lend(5) != isNeeded)
  }

  /// Who waits for room is woken when lent threads end.
  @Test func endOfLentThreadsWakes() {
    let threads = ThreadLimit(1)
    _ = threads.lend(1)
    WorkerGroup(count: 2).run { worker in
      if worker == 0 { _ = threads.lend(-1) } else { threads.enter() }
    }
    #expect(!threads.tryEnter())
  }
}
