// Rows as an asynchronous sequence. The run works on threads of its own and waits there while a few megabytes of rows
// are not taken; the task that takes them never blocks a thread.

internal import Pipeline
internal import Synchronization

/// A row of an export, copied.
public struct ExportRow: Sendable {
  /// Its bytes less the line end: JSON in UTF-8.
  public let bytes: [UInt8]
  /// What is known of it without looking into it.
  public let facts: RowFacts
}

/// The rows of a run, in the order of the input.
///
/// The run begins with the first row that is asked for and ends when the sequence does; when the iterator is given up
/// or its task is cancelled, the run is stopped. Rows are copied: where each nanosecond counts, `RunOutput.rows` hands
/// them over where they lie.
public struct RowSequence: AsyncSequence, Sendable {
  /// A row.
  public typealias Element = ExportRow
  /// What ends a run early.
  public typealias Failure = RunError

  fileprivate let run: Run
  fileprivate let longest: Int

  /// Starts an iteration, which is a run of its own.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(RowQueue(self)) }

  /// Takes the rows of one run; for one task.
  public struct AsyncIterator: AsyncIteratorProtocol {
    // Its end stops the run, so it stands for the iterator alone and not for the run's closure.
    private let owner: Owner

    fileprivate init(_ queue: RowQueue) { owner = Owner(queue) }

    /// The next row; nil when there is none.
    ///
    /// - Returns: The row.
    /// - Throws: `RunError`, with the code `.interrupted` if the task was cancelled.
    public mutating func next() async throws(RunError) -> ExportRow? { try await owner.queue.next() }

    /// The next row; nil when there is none.
    ///
    /// - Parameter actor: Where the caller runs.
    /// - Returns: The row.
    /// - Throws: `RunError`, with the code `.interrupted` if the task was cancelled.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(RunError) -> ExportRow? {
      try await owner.queue.next()
    }
  }

  private final class Owner: Sendable {
    let queue: RowQueue
    init(_ queue: RowQueue) { self.queue = queue }
    deinit { queue.close() }
  }
}

extension Run {
  /// The rows of this run, one after another; `output` means nothing here.
  ///
  /// - Parameter longest: The longest row in bytes, as for `RunOutput.rows`.
  /// - Returns: A sequence; each iteration is a run of its own.
  public func rows(longest: Int = 32_000_000) -> RowSequence { RowSequence(run: self, longest: longest) }
}

/// Rows that have been made and not taken, up to some megabytes of them.
private final class RowQueue: Sendable {
  /// How many bytes of rows wait, beside one row that is longer.
  private static let mostBytes = 4 << 20

  private struct State {
    var rows: [ExportRow] = []
    /// The number of the next row in `rows`.
    var first = 0
    var bytes = 0
    var hasBegun = false
    var isClosed = false
    /// Why there are no more rows.
    var end: Result<Void, RunError>?
    /// The task that waits for a row.
    var waiting: CheckedContinuation<Void, Never>?

    mutating func take() -> ExportRow? {
      guard first < rows.count else { return nil }
      let row = rows[first]
      first += 1
      bytes -= row.bytes.count
      if first == rows.count {
        rows.removeAll(keepingCapacity: true)
        first = 0
      }
      return row
    }
  }

  private let sequence: RowSequence
  private let monitor = RunMonitor()
  private let state = ConditionLock(State())

  init(_ sequence: RowSequence) { self.sequence = sequence }

  func next() async throws(RunError) -> ExportRow? {
    begin()
    while true {
      let taken: Result<ExportRow?, RunError>? = state.withLock { state in
        if let row = state.take() { return .success(row) }
        return state.end.map { end in end.map { nil } }
      }
      if let taken { return try taken.get() }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let isReady = state.withLock { state in
            if state.first < state.rows.count || state.end != nil { return true }
            state.waiting = continuation
            return false
          }
          if isReady { continuation.resume() }
        }
      } onCancel: {
        monitor.cancel()
      }
    }
  }

  /// Stops the run, if it has not ended.
  func close() {
    state.withLock { $0.isClosed = true }
    monitor.cancel()
  }

  private func begin() {
    let isFirst = state.withLock { state in
      defer { state.hasBegun = true }
      return !state.hasBegun
    }
    guard isFirst else { return }
    var run = sequence.run
    run.output = .rows(longest: sequence.longest) { [self] row, facts in put(row, facts) }
    // A task of its own: it outlives the one that asked for the first row, if that ends early.
    Task { [run, monitor] in
      let outcome: Result<Void, RunError>
      do throws(RunError) {
        _ = try await run.execute(monitor: monitor)
        outcome = .success(())
      } catch {
        outcome = .failure(error)
      }
      finish(outcome)
    }
  }

  /// Called by the run, on a thread that may wait.
  private func put(_ row: Span<UInt8>, _ facts: RowFacts) -> RowDemand {
    let isWanted: Bool = state.wait { state in
      if state.isClosed { return false }
      return state.bytes <= Self.mostBytes ? true : nil
    }
    guard isWanted else { return .enough }
    let copy = ExportRow(bytes: [UInt8](row), facts: facts)
    wake { state in
      state.rows.append(copy)
      state.bytes += row.count
    }
    return .more
  }

  private func finish(_ outcome: Result<Void, RunError>) { wake { $0.end = outcome } }

  /// Changes the state, and has the task that waits look at it.
  private func wake(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }
}
