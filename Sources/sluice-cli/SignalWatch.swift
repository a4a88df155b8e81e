// Signals that ask a run to end. What was staged goes with it; a run that waits for a disk is given up from here.

import Dispatch
import Glibc
import Pipeline
import Sluice
import Storage
import Synchronization

/// The number of the signal that came first.
private final class SignalNumber: Sendable {
  private let number = Atomic<Int32>(0)
  private let ended = Atomic<Bool>(false)

  /// Whether signals have no more meaning.
  var isOver: Bool { ended.load(ordering: .relaxed) }

  func end() { ended.store(true, ordering: .relaxed) }

  func set(_ value: Int32) {
    _ = number.compareExchange(expected: 0, desired: value, ordering: .relaxed)
  }

  func get() -> Int32 { number.load(ordering: .relaxed) }
}

/// Turns signals into a cancelled run.
final class SignalWatch: @unchecked Sendable {
  // Proof of @unchecked: `sources` is set in init and cancelled by the thread that made it.
  private let sources: [any DispatchSourceSignal]
  private let queue = DispatchQueue(label: "sluice.signals")
  private let received: SignalNumber

  /// A terminal that is closed, Ctrl-C, the wish of a scheduler, and processor time that is used up.
  ///
  /// SIGQUIT asks for a core dump, and gets it.
  private static let watched = [SIGHUP, SIGINT, SIGTERM, SIGXCPU]

  /// Starts to watch.
  ///
  /// - Throws: `ExitCode`, with the message written, where Dispatch would have too few descriptors: it ends the
  ///   process when it gets none.
  init(_ monitor: RunMonitor) throws {
    // One to wait with, one to be woken by, one for each signal and one for the time.
    try reported { try CurrentProcess.checkOpenFiles(3 + Self.watched.count) }
    let received = SignalNumber()
    self.received = received
    // Dispatch would wait for threads that it cannot have. Then nobody looks at signals, which end the process as
    // they do any other; what it leaves behind the next run clears away.
    guard ThreadSupply.has(dispatchThreads) else {
      sources = []
      return
    }
    let queue = self.queue
    sources = Self.watched.compactMap { number in
      // Dispatch sees the signal only if it does not kill first. What was ignored stays so: by nohup, and by
      // shells for what they start in the background.
      if Self.isIgnored(signal(number, SIG_IGN)) { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        received.set(number)
        monitor.cancel()
        // A worker that waits for a slow disk cannot be stopped: then the staging is removed from here.
        queue.asyncAfter(deadline: .now() + .milliseconds(300)) {
          if !received.isOver, monitor.abandon() {
            Messages.write("sluice: error: the run was interrupted")
            // Without what `exit` would destroy: workers still use it.
            _exit(128 + number)
          }
        }
      }
      source.resume()
      return source
    }
  }

  private static func isIgnored(_ handler: sighandler_t?) -> Bool {
    // Both are addresses of one size, and are only compared.
    unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// From now on a signal changes nothing.
  func runEnded() {
    queue.sync { received.end() }
    sources.forEach { $0.cancel() }
  }

  /// 128 and the signal's number.
  var exitStatus: Int32 { 128 + received.get() }
}
