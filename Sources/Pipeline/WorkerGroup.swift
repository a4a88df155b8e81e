// The threads of a run, all running the same loop. The thread that asks is one of them, so that there is always one:
// where the system grants no more, what is to be done takes longer and nothing else.

/// A number of threads that run one body each.
public struct WorkerGroup: Sendable {
  /// How many workers there are to be, at least 1.
  public let count: Int

  /// Plans `count` workers.
  public init(count: Int) { self.count = max(1, count) }

  /// Runs `body` once on each worker and waits for all of them.
  ///
  /// There are fewer workers where the system grants fewer threads, so no worker may wait for a certain other one.
  ///
  /// - Parameter body: Gets the worker's number, from 0, which is the thread that calls.
  public func run(_ body: @escaping @Sendable (_ worker: Int) -> Void) {
    var threads: [WorkerThread] = []
    while threads.count < count - 1 {
      let worker = threads.count + 1
      guard let thread = WorkerThread({ body(worker) }) else { break }
      threads.append(thread)
    }
    body(0)
    for thread in threads { thread.join() }
  }

  /// Runs `body` for each index below `total`, the next free worker taking the next index.
  ///
  /// - Parameters:
  ///   - total: How many indices there are.
  ///   - body: What to do for an index; after the first error no further index is begun.
  /// - Throws: The error of the lowest failed index.
  public func forEach(below total: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    try forEach(below: total, with: {}) { _, index in try body(index) }
  }

  /// Runs `body` for each index below `total` with something that each worker makes once.
  ///
  /// - Parameters:
  ///   - total: How many indices there are.
  ///   - make: Makes what a worker uses for all its indices, before its first. Where that fails the worker leaves
  ///     the work to the others.
  ///   - body: What to do for an index; after the first error no further index is begun.
  /// - Throws: The error of the lowest failed index; that of `make` if no worker was left.
  public func forEach<Tool>(
    below total: Int, with make: @escaping @Sendable () throws -> Tool,
    _ body: @escaping @Sendable (Tool, Int) throws -> Void
  ) throws {
    let progress = ConditionLock(ForEachProgress(total: total))
    run { _ in
      guard progress.withLock({ $0.isOpen }) else { return }
      do {
        let tool = try make()
        while let index = progress.withLock({ $0.claim() }) {
          do {
            try body(tool, index)
          } catch {
            progress.withLock { $0.fail(index, error) }
          }
        }
      } catch {
        progress.withLock { $0.toolFailure = error }
      }
    }
    if let error = progress.withLock({ $0.error }) { throw error }
  }
}

private struct ForEachProgress {
  let total: Int
  private var next = 0
  private var failure: (index: Int, error: any Error)?
  /// What a worker said that could not begin.
  var toolFailure: (any Error)?

  init(total: Int) { self.total = total }

  /// Whether there is something to be done.
  var isOpen: Bool { failure == nil && next < total }

  /// What went wrong, once all workers are done.
  var error: (any Error)? { failure?.error ?? (isOpen ? toolFailure : nil) }

  mutating func claim() -> Int? {
    guard isOpen else { return nil }
    defer { next += 1 }
    return next
  }

  mutating func fail(_ index: Int, _ error: any Error) {
    if let failure, failure.index < index { return }
    failure = (index, error)
  }
}
