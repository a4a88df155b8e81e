// One pass over exports that says what is in them. It is a run that keeps nothing: the same inputs, the same
// engines, the same readings of the format, the same treatment of what is malformed.

internal import Storage
internal import Compression
internal import Pipeline
public import SystemPackage

/// What is to be inspected.
public struct Inspection: Sendable {
  /// What is read, in this order.
  public var inputs: [InputName]
  /// What the pass may use.
  public var resources: ResourceOptions
  /// What happens to a malformed asset; `reject` is as good as `skip`.
  public var onError = ErrorPolicy.stop
  /// Whether inputs and archive entries may be without a byte.
  public var allowEmpty = false
  /// Where spooled data goes; nil for the system's directory.
  public var temporaryDirectory: FilePath?
  /// Whether the types of columns for annotation rows are found out, for which every byte of them is parsed.
  public var findsColumns = false

  /// Plans a pass.
  public init(inputs: [InputName], resources: ResourceOptions) {
    self.inputs = inputs
    self.resources = resources
  }

  private var options: RunOptions {
    var options = RunOptions(workers: resources.workers)
    options.resources = resources
    options.onError = onError == .reject ? .skip : onError
    options.allowEmpty = allowEmpty
    options.rows.kind = .annotations
    options.rows.history = .drop
    options.output.format = .none
    options.inspects = true
    options.findsShapes = findsColumns
    return options
  }

  /// The smallest memory limit that a pass can keep to, on one worker.
  public var leastMemory: Int { MemoryPlan.leastMemory(options) + Self.tables }

  /// What the tables of ids take, and those that a run has not.
  private static let tables = 44_000_000

  /// Reads the inputs.
  ///
  /// - Parameter monitor: Watches the pass and may cancel it.
  /// - Returns: What is in them.
  /// - Throws: `RunError`.
  public func execute(monitor: RunMonitor = RunMonitor()) throws(RunError) -> InspectionReport {
    do {
      try resources.check()
      try Scratch.check(temporaryDirectory)
      var planned = options
      planned.resources.memory -= Self.tables
      let plan = MemoryPlan(planned)
      let run = Run(
        inputs: inputs, output: .nowhere, options: planned, temporaryDirectory: temporaryDirectory)
      let reader = InputsReader(
        run, plan, monitor,
        scratch: Scratch(directory: temporaryDirectory ?? CurrentProcess.temporaryDirectory),
        rows: NoRows(), rejects: nil,
        threads: ThreadLimit(plan.workers, processors: CurrentProcess.runnableProcessors))
      try reader.readAll()
      try monitor.checkCancelled()
      return InspectionReport(reader, workers: plan.workers)
    } catch {
      throw RunError(error)
    }
  }
}

/// Takes rows where there are none.
private final class NoRows: RowReceiver {
  func targets(for place: RowPlace) -> [Int] { [] }
  func append(_ bytes: Span<UInt8>, to target: Int) {}
  func settle() {}
}
