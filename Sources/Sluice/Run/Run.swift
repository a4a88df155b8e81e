// A run, from its inputs to its commit.

internal import Compression
internal import Pipeline
internal import Sharding
internal import Storage
public import SystemPackage

/// Where the rows of a run go.
public enum RunOutput: Sendable {
  /// A directory, made or replaced by one rename.
  case directory(FilePath, overwrite: Bool)
  /// A closure that takes the rows as bytes, compressed as `OutputOptions.format` says: each row with its line
  /// feed, cut anywhere, without partitions, manifest and report.
  ///
  /// The bytes are valid for the time of the call, and no call begins before the last one has ended. What the
  /// closure throws ends the run and is the `underlyingError` of its error.
  case stream(@Sendable (Span<UInt8>) throws -> Void)
  /// A closure that takes the rows one by one, in the order of the input.
  ///
  /// No call begins before the last one has ended, though the next may come on another thread. While the closure
  /// works, workers read on as far as `ResourceOptions.memory` allows, and then wait. What the closure throws
  /// ends the run and is the `underlyingError` of its error; when it has enough, the run ends well.
  ///
  /// Of `RunOptions.output` only `partitionBy` means something: it says which values `RowFacts` has. `longest` is
  /// the longest row that is handed over, in bytes, and part of the memory; a run that comes to a longer one
  /// fails. Rows of annotations are seldom long, however big their asset.
  case rows(longest: Int = 32_000_000, RowHandler)
  /// Nowhere: what would be written is counted, and nothing is made.
  case nowhere
}

/// What a run was and what came of it.
public struct RunResult: Sendable {
  /// The counts.
  public var report: RunReport
  /// How many workers there were, which the memory limit may have made fewer.
  public var workers: Int
  /// What would have been written, if nothing was to be.
  public var planned: PlannedOutput?
  /// Why the output, which is complete and in its place, may not survive a power cut; nil if it does.
  public var unsynchronized: RunError?
  /// Where that was put which lay in the output that was replaced, was not Sluice's and came too late to be
  /// refused; absolute paths.
  public var kept: [FilePath] = []
}

/// Turns exports into rows.
public struct Run: Sendable {
  /// What is read, in this order.
  public var inputs: [InputName]
  /// Where rows go.
  public var output: RunOutput
  /// Everything else.
  public var options: RunOptions
  /// Where spooled and spilled data goes; nil for the staging directory, or where there is none, `TMPDIR`.
  public var temporaryDirectory: FilePath?

  /// Plans a run.
  ///
  /// - Parameters:
  ///   - inputs: What is read, in this order.
  ///   - output: Where rows go.
  ///   - options: What is kept, what rows look like, and what the run may use.
  ///   - temporaryDirectory: Where spooled and spilled data goes; nil for the staging directory, or where there
  ///     is none, `TMPDIR`.
  public init(
    inputs: [InputName], output: RunOutput, options: RunOptions = RunOptions(),
    temporaryDirectory: FilePath? = nil
  ) {
    self.inputs = inputs
    self.output = output
    self.options = options
    self.temporaryDirectory = temporaryDirectory
  }

  /// Reads the inputs, writes the rows and commits them.
  ///
  /// It works on threads of its own, and the one that calls waits. In an asynchronous function the other
  /// `execute` is called, which holds no thread up.
  ///
  /// - Parameter monitor: Watches the run and may cancel it.
  /// - Returns: The counts.
  /// - Throws: `RunError`; nothing is then left behind. Rows that a closure has taken it has taken.
  public func execute(monitor: RunMonitor = RunMonitor()) throws(RunError) -> RunResult {
    do {
      try check()
      try Scratch.check(temporaryDirectory)
      let result = try executeChecked(monitor)
      monitor.end()
      return result
    } catch {
      throw RunError(error)
    }
  }

  private func executeChecked(_ monitor: RunMonitor) throws -> RunResult {
    switch output {
    case .directory(let path, let overwrite):
      return try DirectoryRun(self, monitor).execute(path, overwrite: overwrite)
    case .stream(let write): return try execute(to: write, monitor)
    case .rows(let longest, let handler): return try execute(longest, handler, monitor)
    case .nowhere: return try executeDry(monitor)
    }
  }

  private func execute(
    to write: @escaping @Sendable (Span<UInt8>) throws -> Void, _ monitor: RunMonitor
  ) throws -> RunResult {
    let plan = MemoryPlan(options)
    let threads = ThreadLimit(plan.workers, processors: CurrentProcess.runnableProcessors)
    let encoder = try PartEncoder(options.output.compression(workers: plan.workers), threads: threads)
    let rows = StreamRows(encoder) { bytes in
      do { try write(bytes) } catch { throw RunError(consumer: error) }
    }
    let reader = InputsReader(
      self, plan, monitor, scratch: scratch, rows: rows, rejects: nil, threads: threads)
    try reader.readAll()
    threads.enter()
    defer { threads.leave() }
    try rows.finish()
    return RunResult(report: reader.counts.report, workers: plan.workers)
  }

  private func execute(
    _ longest: Int, _ handler: @escaping RowHandler, _ monitor: RunMonitor
  ) throws -> RunResult {
    var run = self
    run.options.handsRowsOver = true
    let plan = MemoryPlan(options, heldRow: longest)
    let rows = HandedRows(options.output.partitionBy, longest: longest, handler)
    let reader = InputsReader(
      run, plan, monitor, scratch: scratch, rows: rows, rejects: nil,
      threads: ThreadLimit(plan.workers, processors: CurrentProcess.runnableProcessors))
    try reader.readAll()
    var report = reader.counts.report
    // Of an asset with many rows the last may not have been wanted.
    report.rows = rows.count
    return RunResult(report: report, workers: plan.workers)
  }

  private func executeDry(_ monitor: RunMonitor) throws -> RunResult {
    let plan = MemoryPlan(options)
    let rows = CountedRows(options.output.partitionBy, kernel: options.resources.kernel)
    let reader = InputsReader(
      self, plan, monitor, scratch: scratch, rows: rows, rejects: nil,
      threads: ThreadLimit(plan.workers, processors: CurrentProcess.runnableProcessors))
    try reader.readAll()
    return RunResult(report: reader.counts.report, workers: plan.workers, planned: rows.output)
  }

  /// Where spooled data goes where there is no staging directory.
  private var scratch: Scratch { Scratch(directory: temporaryDirectory ?? CurrentProcess.temporaryDirectory) }
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
      plan: RunPlan(options), memory: memory, threads: threads, scratch: scratch, counts: counts, rows: rows,
      rejects: rejects, monitor: monitor)
  }

  /// Reads input after input.
  func readAll() throws {
    let monitor = context.monitor
    // All are looked at before the first is read, and opened in turn: there may be more of them than a
    // process may have open.
    let sizes = try run.inputs.map { try $0.size() }
    monitor.setTotal(sizes.contains(nil) ? nil : sizes.compactMap { $0 }.reduce(0, +))
    if run.options.rows.limit == 0 { return }
    for name in run.inputs {
      if try !read(
        OpenInput(name, gate: monitor.gate, limit: run.options.resources.maxInputSize) {
          monitor.addBytes($0)
        })
      {
        return
      }
    }
    counts.endAll(run.options.selection)
  }

  /// Gives back the memory of blocks and rows; nothing is read any more.
  func releaseMemory() { context.pool.releaseFree() }

  /// - Returns: Whether the run wants more inputs.
  private func read(_ input: OpenInput) throws -> Bool {
    var wantsMore = true
    let first = manifestInputs.count
    do {
      try input.forEachData(
        scratch: context.scratch, records: context.records, allowEmpty: run.options.allowEmpty,
        skipped: { counts.warnSkipped(entry: $0, of: input.name) }
      ) { data in
        // What was given to blocks is wanted for what is kept of entries.
        if manifestInputs.count % 4096 == 4095 { context.pool.releaseFree() }
        wantsMore = try read(data)
        manifestInputs.append(
          ManifestInput(
            name: input.name.description, entry: data.entry, container: data.container.rawValue,
            decodedBytes: counts.inputBytes))
        return wantsMore
      }
    } catch {
      throw Self.explained(error, input)
    }
    if wantsMore {
      let (fingerprint, bytes): (String, Int)
      do { (fingerprint, bytes) = try input.fingerprint() } catch { throw Self.explained(error, input) }
      for index in first..<manifestInputs.count {
        manifestInputs[index].bytes = bytes
        manifestInputs[index].fingerprint = fingerprint
      }
    }
    return wantsMore
  }

  private func read(_ data: DataInput) throws -> Bool {
    do {
      return try InputRun(data, context).read()
    } catch let error as ForeignInput where data.entry != nil {
      counts.withdraw()
      throw error
    }
  }

  /// Says of a failure which input it is about, where whoever noticed does not know.
  ///
  /// What is wrong with the bytes of a file that was written to meanwhile is wrong with no export.
  private static func explained(_ error: any Error, _ input: OpenInput) -> any Error {
    var failure = (error as? ForeignInput)?.runError ?? error
    // Threads are the system's, whatever is read.
    if let error = error as? CompressionError, error.code != .noThreads {
      failure = RunError(.container, "\(input.name): \(error)", hint: Hints.container(error))
    }
    let code = RunError(failure).code
    // An input that cannot be asked whether it changed is not known to have: the first failure stands.
    let isAboutBytes = [
      .malformed, .container, .issueExport, .notExport, .emptyInput, .emptyArchive,
    ].contains(code)
    guard code == .inputChanged || isAboutBytes && (try? input.hasChanged()) == true else { return failure }
    let change = RunError(InputChanged())
    return RunError(change.code, "\(input.name): \(change.message)", hint: change.hint)
  }
}
