// The engine's queue decides when blocks go back to the pool.

import Testing

@testable import Sluice

private final class Token: Sendable {}

@Suite struct QueueTests {
  /// What was taken from the queue is no longer held by it: the pool counts a block as long as anybody holds
  /// it, and reading waits for the pool.
  @Test func holdsNothingThatWasTaken() {
    var queue = Queue<Token>()
    weak var first: Token?
    do {
      let token = Token()
      first = token
      queue.append(token)
    }
    queue.append(Token())
    _ = queue.popFirst()
    #expect(first == nil)
    #expect(queue.popFirst() != nil)
  }

  /// Items come out as they went in, also where the front is cleared away.
  @Test func keepsTheOrder() {
    var queue = Queue<Int>()
    var taken: [Int] = []
    for number in 0..<500 {
      queue.append(number)
      if number % 3 != 0, let item = queue.popFirst() { taken.append(item) }
    }
    while let item = queue.popFirst() { taken.append(item) }
    #expect(taken == Array(0..<500))
  }
}
