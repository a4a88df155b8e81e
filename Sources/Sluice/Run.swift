// A run, from its inputs to its commit.

internal import Compression
internal import Glibc
internal import Pipeline
internal import Sharding
public import Storage

/// Where the rows of a run go.
public enum RunOutput: Sendable {
  /// A directory, made or replaced by one rename.
  case directory(String, overwrite: Bool)
  /// Rows one after another, without manifest and partitions.
  case stream(any ByteSink)
  /// Nowhere: what would be written is counted, and nothing is made.
  case nowhere
}

/// What a run was and what came of it.
public struct RunResult: Sendable {
  /// The counts.
  public var report: Report
  /// How many workers there were, which the memory limit may have made fewer.
  public var workers: Int
  /// What would have been written, if nothing was to be.
  public var planned: PlannedOutput?
}

/// Turns exports into rows.
public struct Run: Sendable {
  /// What is read, in this order.
  public var inputs: [InputName]
  /// Where rows go.
  public var output: RunOutput
  /// Everything else.
  public var options: RunOptions
  /// Where spooled and spilled data goes; nil for the staging directory.
  public var temporaryDirectory: String?

  /// Plans a run.
  public init(inputs: [InputName], output: RunOutput, options: RunOptions, temporaryDirectory: String? = nil)
  {
    self.inputs = inputs
    self.output = output
    self.options = options
    self.temporaryDirectory = temporaryDirectory
  }

  /// Reads the inputs, writes the rows and commits them.
  ///
  /// - Parameter monitor: Watches the run and may cancel it.
  /// - Returns: The counts.
  /// - Throws: `RunError`; nothing is then left behind.
  public func execute(_ monitor: RunMonitor = RunMonitor()) throws(RunError) -> RunResult {
    do {
      switch output {
      case .directory(let path, let overwrite):
        return try DirectoryRun(self, monitor).execute(path, overwrite: overwrite)
      case .stream(let sink): return try execute(to: sink, monitor)
      case .nowhere: return try executeDry(monitor)
      }
    } catch {
      throw RunError(error)
    }
  }

  private func execute(to sink: any ByteSink, _ monitor: RunMonitor) throws -> RunResult {
    let plan = MemoryPlan(options)
    let compression = CompressionOptions(
      format: options.output.format, level: options.output.level, long: options.output.long,
      workers: plan.workers)
    let threads = ThreadLimit(plan.workers, processors: CurrentProcess.processors)
    let rows = StreamRows(sink, encoder: try PartEncoder(compression, threads: threads))
    let scratch = Scratch(directory: temporaryDirectory ?? SystemDirectory.temporary)
    let reader = InputsReader(
      self, plan, monitor, scratch: scratch, rows: rows, rejects: nil, threads: threads)
    try reader.readAll()
    threads.enter()
    defer { threads.leave() }
    try rows.finish()
    return RunResult(report: reader.counts.report, workers: plan.workers)
  }

  private func executeDry(_ monitor: RunMonitor) throws -> RunResult {
    let plan = MemoryPlan(options)
    let rows = CountedRows(options.output.partitionBy, kernel: options.resources.kernel)
    let reader = InputsReader(
      self, plan, monitor, scratch: Scratch(directory: temporaryDirectory ?? SystemDirectory.temporary),
      rows: rows, rejects: nil, threads: ThreadLimit(plan.workers, processors: CurrentProcess.processors))
    try reader.readAll()
    return RunResult(report: reader.counts.report, workers: plan.workers, planned: rows.output)
  }
}

/// Reads all inputs of a run.
final class InputsReader {
  let counts: RunCounts
  /// What was read, for the manifest.
  private(set) var manifestInputs: [ManifestInput] = []
  private let run: Run
  private let context: RunContext

  init(
    _ run: Run, _ memory: MemoryPlan, _ monitor: RunMonitor, scratch: Scratch, rows: any RowReceiver,
    rejects: RejectWriter?, threads: ThreadLimit
  ) {
    self.run = run
    counts = RunCounts(run.options)
    var options = run.options
    options.resources.workers = memory.workers
    context = RunContext(
      plan: RunPlan(options), pool: BlockPool(blockSize: memory.blockSize), budget: memory.engine,
      threads: threads,
      scratch: scratch, counts: counts, rows: rows, rejects: rejects, monitor: monitor)
  }

  /// Reads input after input.
  func readAll() throws {
    if run.options.rows.limit == 0 { return }
    let monitor = context.monitor
    // All are looked at before the first is read, and opened in turn: there may be more of them than a
    // process may have open.
    let sizes = try run.inputs.map { try $0.size() }
    monitor.setTotal(sizes.contains(nil) ? nil : sizes.compactMap { $0 }.reduce(0, +))
    for name in run.inputs {
      if try !read(
        OpenInput(name, gate: monitor.gate, limit: run.options.resources.maxInputSize) {
          monitor.addBytes($0)
        })
      {
        return
      }
    }
  }

  /// Gives back the memory of blocks and rows; nothing is read any more.
  func releaseMemory() { context.pool.releaseFree() }

  /// - Returns: Whether the run wants more inputs.
  private func read(_ input: OpenInput) throws -> Bool {
    var wantsMore = true
    let first = manifestInputs.count
    do {
      try input.forEachData(
        scratch: context.scratch, skipped: { counts.warnSkipped(entry: $0, of: input.name) }
      ) { data in
        wantsMore = try InputRun(data, context).read()
        manifestInputs.append(
          ManifestInput(
            name: input.name.description, entry: data.entry, container: data.container.rawValue,
            decodedBytes: counts.inputBytes))
        return wantsMore
      }
    } catch let error as CompressionError {
      throw RunError(.container, "\(input.name): \(error)", hint: Hints.container)
    } catch {
      throw Self.named(error, input.name)
    }
    if wantsMore {
      let (fingerprint, bytes): (String, Int)
      do { (fingerprint, bytes) = try input.fingerprint() } catch { throw Self.named(error, input.name) }
      for index in first..<manifestInputs.count {
        manifestInputs[index].bytes = bytes
        manifestInputs[index].fingerprint = fingerprint
      }
    }
    return wantsMore
  }

  /// Says which input has changed: whoever notices does not know its name.
  private static func named(_ error: any Error, _ name: InputName) -> any Error {
    let failure = RunError(error)
    guard failure.code == .inputChanged else { return error }
    return RunError(failure.code, "\(name): \(failure.message)", hint: failure.hint)
  }
}

/// Directories that the system names.
enum SystemDirectory {
  /// Where temporary files go: `TMPDIR`, else `/tmp`.
  static var temporary: String { unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp" }
}
