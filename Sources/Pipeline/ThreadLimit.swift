// One limit for all threads that work: workers, and threads that a library starts for itself and that can be
// counted but not held back. Where those become too many, the worker that started them stands back: it
// leaves, and enters again when there is room.

/// Counts working threads and lets no more workers in than leave them within a limit.
public final class ThreadLimit: Sendable {
  private struct State {
    var working = 0
    var lent = 0
  }

  private let limit: Int
  private let state = Monitor(State())

  /// Lets `limit` threads work at a time, at least 1.
  public init(_ limit: Int) { self.limit = max(1, limit) }

  /// Waits until one more worker may work, and counts it.
  public func enter() {
    state.wait { $0.working + $0.lent < limit ? $0.working += 1 : nil }
  }

  /// Counts one more worker if there is room for it.
  ///
  /// - Returns: Whether there is.
  public func tryEnter() -> Bool {
    state.withLock { state in
      guard state.working + state.lent < limit else { return false }
      state.working += 1
      return true
    }
  }

  /// Takes in that a worker works no more.
  public func leave() { state.withLock { $0.working -= 1 } }

  /// Takes in that a library works on more threads than before, or on fewer.
  ///
  /// - Parameter change: How many more.
  /// - Returns: Whether all are within the limit.
  public func lend(_ change: Int) -> Bool {
    state.withLock { state in
      state.lent += change
      return state.working + state.lent <= limit
    }
  }
}
