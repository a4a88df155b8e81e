// A run from asynchronous code. It blocks the thread it is on and keeps all processors busy, so it gets a thread
// of its own: the few that tasks share are for tasks.

internal import Dispatch

extension Run {
  /// Reads the inputs, writes the rows and commits them, and stops when the task is cancelled.
  ///
  /// - Parameter monitor: Watches the run and may cancel it.
  /// - Returns: The counts.
  /// - Throws: `RunError`, with the code `.interrupted` if the task was cancelled; nothing is then left behind.
  ///   Rows that a closure has taken it has taken.
  public func execute(monitor: RunMonitor = RunMonitor()) async throws(RunError) -> RunResult {
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        DispatchQueue(label: "sluice.run").async {
          continuation.resume(returning: Result { () throws(RunError) in try execute(monitor: monitor) })
        }
      }
    } onCancel: {
      monitor.cancel()
    }
    return try outcome.get()
  }
}
