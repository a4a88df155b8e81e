// How long one figure is measured, and the loop that every figure over bytes in memory or blocks of a file
// shares: workers that take piece after piece until the time is up.

internal import Dispatch
internal import Pipeline
internal import Synchronization

/// Tells when enough was measured.
struct BenchClock: Sendable {
  /// How long a figure is measured at least, if there is that much to do again and again.
  let seconds: Double
  /// Stops the measurement from outside.
  let monitor: RunMonitor
  private let start = DispatchTime.now().uptimeNanoseconds

  init(_ seconds: Double, _ monitor: RunMonitor) {
    self.seconds = seconds
    self.monitor = monitor
  }

  /// Seconds since the clock was made.
  var elapsed: Double { Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 }

  /// Whether the time is up, or nobody wants to know any more.
  var isOver: Bool { monitor.isCancelled || elapsed >= seconds }
}

/// What was done in which time.
struct BenchTally: Sendable {
  /// Bytes of the input, decompressed.
  var bytes = 0
  /// Bytes that came out; nil where none do.
  var outputBytes: Int?
  var seconds = 0.0

  /// How long a byte takes, 0 where nothing was measured.
  var secondsPerByte: Double { bytes > 0 ? seconds / Double(bytes) : 0 }
}

/// Adds up what workers do.
final class BenchSum: Sendable {
  private let next = Atomic(0)
  private let bytes = Atomic(0)
  private let output = Atomic(0)
  private let failure = Mutex<(any Error)?>(nil)

  /// Has `workers` workers do piece after piece, in turn from the first, until the clock is over.
  ///
  /// - Parameters:
  ///   - pieces: How many pieces there are; behind the last comes the first again.
  ///   - workers: How many workers.
  ///   - clock: Says when to stop.
  ///   - make: Makes what a worker uses for all its pieces.
  ///   - body: Does a piece, and says how many bytes went in and came out.
  /// - Returns: The sums and the time.
  /// - Throws: What `body` throws.
  static func measure<Tool>(
    _ pieces: Int, _ workers: Int, _ clock: BenchClock, with make: @escaping @Sendable () -> Tool,
    _ body: @escaping @Sendable (Tool, Int) throws -> (bytes: Int, output: Int)
  ) throws -> BenchTally {
    let sum = BenchSum()
    WorkerGroup(count: workers).run { _ in
      let tool = make()
      repeat {
        let piece = sum.next.wrappingAdd(1, ordering: .relaxed).oldValue % pieces
        do {
          let done = try body(tool, piece)
          sum.bytes.add(done.bytes, ordering: .relaxed)
          sum.output.add(done.output, ordering: .relaxed)
        } catch {
          sum.failure.withLock { $0 = $0 ?? error }
          return
        }
      } while !clock.isOver
    }
    if let error = sum.failure.withLock({ $0 }) { throw error }
    return BenchTally(
      bytes: sum.bytes.load(ordering: .relaxed), outputBytes: sum.output.load(ordering: .relaxed),
      seconds: clock.elapsed)
  }
}
