// Where the time goes on one input and one machine. The engine is the run's own; its rows are dropped. The
// run itself comes first, so that a malformed input fails as it would there.

internal import Compression
internal import Storage
public import SystemPackage

/// Measures each step of a run over an input, without writing anything.
public struct Bench: Sendable {
  /// The levels that are compared.
  public static let levels = [1, 3, 9]

  /// The input; a file, since it is read several times.
  public var input: InputName
  /// The run to measure.
  public var options: RunOptions
  /// How long each figure is measured; a run over the input goes on until an asset is done.
  public var seconds: Double
  /// Where what has to be spooled goes; nil for the system's place.
  public var temporaryDirectory: FilePath?

  /// Plans a measurement.
  public init(input: InputName, options: RunOptions, seconds: Double, temporaryDirectory: FilePath? = nil) {
    self.input = input
    self.options = options
    self.seconds = seconds
    self.temporaryDirectory = temporaryDirectory
  }

  /// Measures.
  ///
  /// - Parameters:
  ///   - monitor: Stops the measurement.
  ///   - begins: Gets the name of each figure and its workers before it is measured.
  /// - Returns: The figures.
  /// - Throws: `RunError`, as a run would.
  public func measure(
    _ monitor: RunMonitor = RunMonitor(), begins: @escaping (BenchStage.Name, Int) -> Void = { _, _ in }
  ) throws(RunError) -> BenchResult {
    do {
      try check()
      try Scratch.check(temporaryDirectory)
      return try BenchSession(self, monitor, begins).measure()
    } catch {
      var error = RunError(error)
      if error.code == .malformed {
        error.hint = "Only whole exports are measured; a run can leave out what is malformed."
      }
      throw error
    }
  }

  private func check() throws(RunError) {
    try options.check()
    if !(seconds > 0 && seconds.isFinite) {
      throw RunError(.options, "a figure is measured for some seconds, not \(seconds)")
    }
  }

  /// 1, 2, 4 and so on, and all.
  static func workerCounts(upTo most: Int) -> [Int] {
    Array(sequence(first: 1) { $0 * 2 < most ? $0 * 2 : nil }) + (most > 1 ? [most] : [])
  }
}

/// One measurement under way.
private final class BenchSession {
  private let bench: Bench
  private let monitor: RunMonitor
  private let begins: (BenchStage.Name, Int) -> Void
  private let input: BenchInput
  private let most: Int
  private var stages: [BenchStage] = []

  init(_ bench: Bench, _ monitor: RunMonitor, _ begins: @escaping (BenchStage.Name, Int) -> Void) {
    self.bench = bench
    self.monitor = monitor
    self.begins = begins
    input = BenchInput(
      name: bench.input, temporaryDirectory: bench.temporaryDirectory,
      limit: bench.options.resources.maxInputSize)
    // As many as a run would have.
    most = MemoryPlan(bench.options).workers
  }

  func measure() throws -> BenchResult {
    let size = try input.size()
    let container = try input.container()
    let resources = bench.options.resources
    try measureRuns()
    try measureSource(container, blockSize: min(resources.blockSize, 1 << 20))
    let sample = try unsafe BenchSample(resources.kernel) { try unsafe input.readStart(into: $0) }
    try measureSteps(sample)
    let order: [BenchStage.Name] = [.read, .decompress, .scan, .yajl, .filter, .minify, .compress, .run]
    stages = order.flatMap { name in stages.filter { $0.name == name } }
    let limit = share(container == .plain ? .read : .decompress)
    return BenchResult(
      processor: BenchResult.processorName(), cores: CurrentProcess.processors,
      inputName: bench.input.description, inputBytes: size, sampleBytes: sample.count, stages: stages,
      limit: limit,
      advice: BenchAdvice.text(
        limit, stages.filter { $0.workers == most || $0.name == .decompress }, own: bench.options.output.level
      ))
  }

  // MARK: Figures

  private func measureRuns() throws {
    // What is read first comes from the disk; all figures are of what memory has of the file.
    _ = try input.read(most, blockSize: 1 << 20, BenchClock(bench.seconds, monitor))
    for name in [BenchStage.Name.filter, .run] {
      try add(name, level: name == .run ? bench.options.output.level : nil) { workers, clock in
        var options = bench.options
        options.resources.workers = workers
        // Said below, for arrays without an asset too.
        options.allowEmpty = true
        if name == .filter { options.output.format = .none }
        return try input.run(options, clock)
      }
    }
    guard stages.allSatisfy({ $0.bytes > 0 }) else {
      throw RunError(
        .system, "\(bench.input): no assets to measure with", hint: "Name an export that has some.")
    }
  }

  private func measureSource(_ container: Container, blockSize: Int) throws {
    let isPlain = container == .plain
    try add(isPlain ? .read : .decompress, upTo: isPlain ? most : 1) { workers, clock in
      try input.read(workers, blockSize: blockSize, clock)
    }
  }

  private func measureSteps(_ sample: BenchSample) throws {
    try add(.scan) { try sample.scan($0, $1) }
    try add(.yajl, upTo: 1) {
      sample.parse($1, maxDepth: max(1, min(.max - 1, bench.options.resources.maxDepth)) + 1)
    }
    try add(.minify) { try sample.minify($0, $1) }
    let own = bench.options.output.compression()
    try add(.compress, level: own.level) { try sample.compress(own, $0, $1) }
    for level in Bench.levels where level != own.level {
      try add(.compress, level: level) { try sample.compress(CompressionOptions(level: level), $0, $1) }
    }
  }

  private func add(
    _ name: BenchStage.Name, level: Int? = nil, upTo workers: Int? = nil,
    _ body: (Int, BenchClock) throws -> BenchTally
  ) throws {
    for workers in Bench.workerCounts(upTo: workers ?? most) {
      begins(name, workers)
      let tally = try body(workers, BenchClock(bench.seconds, monitor))
      try monitor.checkCancelled()
      stages.append(
        BenchStage(
          name: name, level: level, workers: workers, bytes: tally.bytes, outputBytes: tally.outputBytes,
          seconds: tally.seconds))
    }
  }

  // MARK: Shares

  /// Gives the figures on all workers their shares.
  ///
  /// - Returns: The step with the greatest.
  private func share(_ source: BenchStage.Name) -> BenchStage.Name {
    let own = bench.options.output.level
    func index(_ name: BenchStage.Name, _ workers: Int) -> Int? {
      stages.firstIndex {
        $0.name == name && $0.workers == workers && (name != .compress || $0.level == own)
      }
    }
    func time(_ name: BenchStage.Name) -> Double {
      guard let index = index(name, name == .decompress ? 1 : most) else { return 0 }
      let rate = stages[index].megabytesPerSecond
      return rate > 0 ? 1 / rate : 0
    }
    let shares = BenchShares(
      source: time(source), scan: time(.scan), filter: time(.filter), run: time(.run)
    ).shares
    let all = [
      (source, shares.source), (.scan, shares.scan), (.filter, shares.filter), (.compress, shares.compress),
    ]
    for (name, share) in all + [(.run, 1)] {
      if let index = index(name, name == .decompress ? 1 : most) { stages[index].share = share }
    }
    return all.max { $0.1 < $1.1 }?.0 ?? .run
  }
}
