// How a run is watched and stopped from outside.

internal import Dispatch
internal import Storage
internal import Synchronization

/// How far a run has come.
public struct RunProgress: Sendable {
  /// How many bytes of all inputs have been read, as they are stored.
  public var bytesRead: Int
  /// How many there are, unless an input is a pipe.
  public var bytesTotal: Int?
  /// How many assets have been seen.
  public var assetsSeen: Int
  /// How many of them are kept.
  public var assetsKept: Int

  /// What share of the inputs has been read, 0 to 1; nil if an input is a pipe.
  public var fraction: Double? {
    // An asset that is too big to hold may be read twice.
    bytesTotal.map { $0 > 0 ? min(1, Double(bytesRead) / Double($0)) : 1 }
  }
}

/// Watches a run, and stops it, from any thread.
///
/// Give one monitor to one run.
public final class RunMonitor: Sendable {
  private let cancelled = Atomic<Bool>(false)
  private let bytesRead = Atomic<Int>(0)
  private let bytesTotal = Atomic<Int>(-1)
  private let seen = Atomic<Int>(0)
  private let kept = Atomic<Int>(0)
  /// Shut where nothing more is to be read.
  let gate = ReadGate()
  private let watched = Mutex<OutputTransaction?>(nil)
  private let onProgress: (@Sendable (RunProgress) -> Void)?
  /// In nanoseconds, as is the time of the next call.
  private let interval: UInt64
  private let due: Atomic<UInt64>

  /// Makes a monitor for one run.
  ///
  /// - Parameters:
  ///   - interval: How much time lies between two calls of `onProgress`, at least.
  ///   - onProgress: Told how far the run has come, as assets are delivered, and once more when all is done. It
  ///     is called by the worker that delivers, never twice at once, and never while a closure takes a row; while
  ///     it works nothing is delivered.
  public init(
    every interval: Duration = .milliseconds(500), onProgress: (@Sendable (RunProgress) -> Void)? = nil
  ) {
    self.onProgress = onProgress
    self.interval = UInt64(max(0, min(interval / .nanoseconds(1), 1e18)))
    due = Atomic(DispatchTime.now().uptimeNanoseconds + self.interval)
  }

  /// Stops the run as soon as possible; nothing is committed.
  public func cancel() {
    cancelled.store(true, ordering: .sequentiallyConsistent)
    gate.shut()
  }

  /// Reopens the gate unless the run was cancelled.
  func openGate() {
    gate.open()
    // A cancellation in between must not be undone.
    if cancelled.load(ordering: .sequentiallyConsistent) { gate.shut() }
  }

  /// Gives up a run that does not stop by itself, as when it waits for a disk.
  ///
  /// What was staged is removed; the process is then to end.
  ///
  /// - Returns: Whether the run was given up; false once the new tree is being put in place.
  package func abandon() -> Bool {
    guard let transaction = watched.withLock({ $0 }) else { return true }
    transaction.abort()
    return !transaction.isPublished
  }

  /// Makes a transaction and watches it from its first moment on: whoever gives the run up meanwhile waits, and
  /// finds it.
  ///
  /// - Throws: `RunError` if the run was cancelled before, what `make` throws.
  func watch(_ make: () throws -> OutputTransaction) throws -> OutputTransaction {
    try watched.withLock { watched in
      try checkCancelled()
      let transaction = try make()
      watched = transaction
      return transaction
    }
  }

  func unwatch() { watched.withLock { $0 = nil } }

  /// Whether the run is to stop.
  public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// How far the run has come.
  public var progress: RunProgress {
    let total = bytesTotal.load(ordering: .relaxed)
    return RunProgress(
      bytesRead: bytesRead.load(ordering: .relaxed), bytesTotal: total < 0 ? nil : total,
      assetsSeen: seen.load(ordering: .relaxed), assetsKept: kept.load(ordering: .relaxed))
  }

  func setTotal(_ bytes: Int?) { bytesTotal.store(bytes ?? -1, ordering: .relaxed) }
  func addBytes(_ count: Int) { bytesRead.add(count, ordering: .relaxed) }
  func setAssets(seen: Int, kept: Int) {
    self.seen.store(seen, ordering: .relaxed)
    self.kept.store(kept, ordering: .relaxed)
    guard let onProgress else { return }
    // Only the worker that delivers comes here.
    let now = DispatchTime.now().uptimeNanoseconds
    if now < due.load(ordering: .relaxed) { return }
    due.store(now + interval, ordering: .relaxed)
    onProgress(progress)
  }

  /// Reports the final progress.
  func end() { onProgress?(progress) }

  func checkCancelled() throws {
    if isCancelled { throw RunError(.interrupted, "the run was interrupted") }
  }
}
