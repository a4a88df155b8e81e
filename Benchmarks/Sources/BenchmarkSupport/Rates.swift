// What is measured of each benchmark, and how it is told that its answer was right.

public import Benchmark
import Foundation

/// An answer that is not the one the generator knows.
public struct WrongAnswer: Error, CustomStringConvertible {
  /// What was found, and what should have been.
  public let description: String

  /// States what was found.
  public init(_ description: String) { self.description = description }
}

/// Throws unless `found` is `wanted`.
public func check<Value: Equatable>(_ what: String, _ found: Value, is wanted: Value) throws {
  if found != wanted { throw WrongAnswer("\(what): found \(found), wanted \(wanted)") }
}

extension BenchmarkMetric {
  /// Millions of bytes of the input in a second.
  public static let inputRate = BenchmarkMetric.custom(
    "MB/s of input", polarity: .prefersLarger, useScalingFactor: false)
}

extension Benchmark {
  /// Measures something that goes through `bytes` of input.
  ///
  /// - Parameters:
  ///   - bytes: How many bytes.
  ///   - body: Goes through them.
  /// - Returns: What `body` returns, for the check that follows the measurement.
  /// - Throws: What `body` throws.
  public func measureInput<Answer>(of bytes: Int, _ body: () throws -> Answer) rethrows -> Answer {
    let clock = ContinuousClock()
    startMeasurement()
    let start = clock.now
    let answer = try body()
    let time = clock.now - start
    stopMeasurement()
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    measurement(.inputRate, Int((Double(bytes) / 1e6 / max(seconds, 1e-9)).rounded()))
    return answer
  }

  /// Sets what is measured, and what `baseline check` holds against an earlier run.
  ///
  /// Times and rates wobble with the machine, so nothing is said of them. Instructions, where the system counts
  /// them, do not, nor does the memory of the first run: later ones in the same process add to it what the
  /// allocator has not given back.
  ///
  /// - Parameters:
  ///   - seconds: How long each benchmark is repeated, unless SLUICE_BENCHMARK_SECONDS says so.
  ///   - warmups: How often each is run before that.
  public static func configure(seconds: Double, warmups: Int) {
    let text = ProcessInfo.processInfo.environment["SLUICE_BENCHMARK_SECONDS"]
    defaultConfiguration = Configuration(
      metrics: [.inputRate, .wallClock, .cpuTotal, .instructions, .peakMemoryResident],
      units: [.inputRate: .count, .peakMemoryResident: .mega], warmupIterations: warmups,
      maxDuration: .seconds(text.flatMap { Double($0) } ?? seconds), maxIterations: 1000,
      thresholds: [
        .inputRate: BenchmarkThresholds(), .wallClock: BenchmarkThresholds(),
        .cpuTotal: BenchmarkThresholds(),
        .peakMemoryResident: BenchmarkThresholds(relative: [.p0: 20.0]),
        .instructions: BenchmarkThresholds(relative: [.p50: 5.0]),
      ])
  }
}
