// The threads of a run: one serial Dispatch queue a worker, all running the same loop.

internal import Dispatch

/// A fixed number of Dispatch worker queues that run one body each.
public struct WorkerGroup: Sendable {
  /// How many workers there are, at least 1.
  public let count: Int
  private let label: String

  /// Plans `count` workers.
  public init(count: Int, label: String) {
    self.count = max(1, count)
    self.label = label
  }

  /// Runs `body` once on each worker and waits for all of them.
  ///
  /// - Parameter body: Gets the worker's number, from 0.
  public func run(_ body: @escaping @Sendable (_ worker: Int) -> Void) {
    let group = DispatchGroup()
    for worker in 0..<count {
      DispatchQueue(label: "\(label).\(worker)").async(group: group) { body(worker) }
    }
    group.wait()
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
  ///   - make: Makes what a worker uses for all its indices, before its first.
  ///   - body: What to do for an index; after the first error no further index is begun.
  /// - Throws: The error of the lowest failed index.
  public func forEach<Tool>(
    below total: Int, with make: @escaping @Sendable () throws -> Tool,
    _ body: @escaping @Sendable (Tool, Int) throws -> Void
  ) throws {
    let progress = Monitor(ForEachProgress())
    run { _ in
      var tool: Tool?
      while let index = progress.withLock({ $0.claim(below: total) }) {
        do {
          let made = try tool ?? make()
          tool = made
          try body(made, index)
        } catch {
          progress.withLock { $0.fail(index, error) }
        }
      }
    }
    if let failure = progress.withLock({ $0.failure }) { throw failure.error }
  }
}

private struct ForEachProgress {
  var next = 0
  var failure: (index: Int, error: any Error)?

  mutating func claim(below total: Int) -> Int? {
    guard failure == nil, next < total else { return nil }
    defer { next += 1 }
    return next
  }

  mutating func fail(_ index: Int, _ error: any Error) {
    if let failure, failure.index < index { return }
    failure = (index, error)
  }
}
