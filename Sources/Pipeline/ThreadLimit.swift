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
  /// Whether threads are counted: more of them than the limit could be on a processor at a time.
  public let isNeeded: Bool
  private let state = ConditionLock(State())

  /// Lets `limit` threads work at a time, at least 1.
  ///
  /// - Parameters:
  ///   - limit: How many.
  ///   - processors: How many processors the threads may run on. Where they are no more than `limit`, the system
  ///     keeps to the limit by itself, and to count would only make threads wait.
  public init(_ limit: Int, processors: Int = .max) {
    self.limit = max(1, limit)
    isNeeded = self.limit < processors
  }

  /// Waits until one more worker may work, and counts it.
  public func enter() {
    guard isNeeded else { return }
    state.wait { $0.working + $0.lent < limit ? $0.working += 1 : nil }
  }

  /// Counts one more worker if there is room for it.
  ///
  /// - Returns: Whether there is.
  public func tryEnter() -> Bool {
    guard isNeeded else { return true }
    return state.withLock { state in
      guard state.working + state.lent < limit else { return false }
      state.working += 1
      return true
    }
  }

  /// Notes that a worker has stopped.
  public func leave() {
    guard isNeeded else { return }
    state.withLock { $0.working -= 1 }
  }

  /// Notes how many more threads a library works on, or how many fewer.
  ///
  /// - Parameter change: How many more.
  /// - Returns: Whether all are within the limit.
  public func lend(_ change: Int) -> Bool {
    guard isNeeded else { return true }
    return state.withLock { state in
      state.lent += change
      return state.working + state.lent <= limit
    }
  }
}
