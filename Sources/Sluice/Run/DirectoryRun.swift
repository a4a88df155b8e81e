// A run into a directory: staged, and published by one rename at the end.

internal import Compression
internal import Pipeline
internal import Storage
internal import SystemPackage

/// Writes partitions, manifest and report.
struct DirectoryRun {
  private let run: Run
  private let monitor: RunMonitor
  private let memory: MemoryPlan

  init(_ run: Run, _ monitor: RunMonitor) {
    self.run = run
    self.monitor = monitor
    memory = MemoryPlan(run.options)
  }

  /// Runs into `directory`.
  func execute(_ directory: FilePath, overwrite: Bool) throws -> RunResult {
    let transaction: OutputTransaction
    do {
      transaction = try monitor.watch {
        try OutputTransaction(
          directory: directory, overwrite: overwrite, temporaryDirectory: run.temporaryDirectory,
          inputs: overwrite ? inputFiles() : [:])
      }
    } catch {
      throw named(error, directory, staged: nil)
    }
    do {
      // Watched to the end and beyond: a signal that comes late must find that all is done.
      return try write(to: transaction)
    } catch {
      let staged = transaction.stagedBytes
      // Behind the rename the new tree stands: what failed was only tidying up.
      transaction.abort()
      // Not before: who gives the run up meanwhile ends the process, and must wait until all is removed.
      monitor.unwatch()
      throw named(error, directory, staged: staged)
    }
  }

  /// What is read, as far as it is there; what is not is told when it is opened.
  private func inputFiles() throws -> InputFiles {
    var files: InputFiles = [:]
    for name in run.inputs {
      if let status = try name.status(), status.kind == .file { files[status.identity] = name.shownPath }
    }
    return files
  }

  /// Names the directory that is full by the name the user knows, and not a place inside that is gone by now.
  private func named(_ error: any Error, _ directory: FilePath, staged: Int?) -> any Error {
    guard let refusal = error as? StorageError, refusal.isOutOfSpace else { return error }
    let temporary = run.temporaryDirectory ?? ""
    let isScratch = ScratchDirectory.contains(refusal.path, below: temporary)
    return StorageError(
      operation: refusal.operation, path: isScratch ? temporary : directory, errno: refusal.errno,
      bytesWritten: isScratch ? refusal.bytesWritten : max(staged ?? 0, refusal.bytesWritten ?? 0))
  }

  private func write(to transaction: OutputTransaction) throws -> RunResult {
    let scratch = Scratch(directory: transaction.scratchDirectory)
    let threads = ThreadLimit(memory.workers, processors: CurrentProcess.runnableProcessors)
    let plan = PartWriterPlan(
      options: run.options.output, kernel: run.options.resources.kernel, threads: threads
    ) {
      directory, name in
      try StagedFile((directory.isEmpty ? "data/" : "data/\(directory)/") + name, transaction)
    }
    let partitions = try PartitionSet(
      plan, workers: memory.workers, budget: memory.partitions, records: memory.records, scratch: scratch)
    let rows = PartitionRows(run.options.output.partitionBy, partitions)
    let rejects =
      run.options.onError == .reject
      ? RejectWriter(scratch: scratch) { try HashingFile($0, transaction) } : nil
    let reader = InputsReader(
      run, memory, monitor, scratch: scratch, rows: rows, rejects: rejects, threads: threads)
    try reader.readAll()
    // What read the input is of no more use to the compressors, which need the memory.
    reader.releaseMemory()
    let files = try partitions.finish()
    try monitor.checkCancelled()
    let outcome = try commit(transaction, reader, files, try rejects?.finish() ?? [])
    var result = RunResult(report: reader.counts.report, workers: memory.workers)
    result.unsynchronized = outcome.unsynchronized.map { RunError($0) }
    result.kept = outcome.kept
    return result
  }

  private func commit(
    _ transaction: OutputTransaction, _ reader: InputsReader, _ files: [PartitionFiles],
    _ rejects: [ManifestReject]
  ) throws -> CommitOutcome {
    let report = reader.counts.report
    let text = report.fileText
    let manifest = ManifestText(
      createdAt: Timestamp(secondsSinceEpoch: WallClock.secondsSinceEpoch()).text,
      options: run.manifestOptions, inputs: reader.manifestInputs,
      copies: report.copies, partitions: files, reportSha256: Digest.sha256(text), rejects: rejects)
    return try transaction.commit(
      manifest: manifest.utf8, report: text, mayEmpty: report.rows > 0 || run.options.allowEmpty)
  }
}
