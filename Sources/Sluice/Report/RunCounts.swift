// What a run has seen and kept, counted in the order of the input.

internal import Sharding

/// Counts that grow as an engine delivers.
final class RunCounts: @unchecked Sendable {
  // Proof of @unchecked: touched by the worker that delivers, and by the run when no engine runs.
  private let looksAtTitles: Bool
  private(set) var report: Report
  /// Which input, and entry, is being read.
  private var input = 0

  init(_ options: RunOptions) {
    looksAtTitles = options.selection.looksAtTitles
    report = Report(countsAnnotations: looksAtTitles)
  }

  /// How many assets have been kept.
  var kept: Int { report.assets.kept }

  /// The asset's number in its input, from 0, that comes next.
  var nextAsset: Int { report.inputs[input].assets }

  /// How long the input that was read last is.
  var inputBytes: Int { report.inputs[input].bytes }

  /// Notes an archive entry that holds no export.
  func warnSkipped(entry: String, of name: InputName) {
    report.warn(
      .entrySkipped, count: 1,
      at: Position(input: name.description, entry: entry, byte: 0, line: 1, column: 1, asset: 0))
  }

  /// Starts an input or an entry of one.
  func begin(_ name: InputName, entry: String?) {
    report.inputs.append(InputReport(name: name.description, entry: entry))
    input = report.inputs.count - 1
  }

  /// Notes how long the input was.
  func end(bytes: Int) { report.inputs[input].bytes = bytes }

  /// A place in the input that is being read.
  func position(_ offset: Int, line: Int, column: Int) -> Position {
    Position(
      input: report.inputs[input].name, entry: report.inputs[input].entry, byte: offset, line: line,
      column: column, asset: nextAsset)
  }

  /// Counts an asset that is no malformed one.
  func add(
    _ facts: AssetFacts, _ decision: Decision, range: Range<Int>,
    lines: [WarningCode: (line: Int, column: Int)]
  ) {
    for (code, surprise) in facts.surprises {
      let place = lines[code] ?? (line: 0, column: 0)
      warn(
        code, count: surprise.count,
        at: position(surprise.first, line: place.line, column: place.column))
    }
    report.assets.seen += 1
    report.inputs[input].assets += 1
    report.inputs[input].lastGoodOffset = range.upperBound
    if decision.isKept { report.assets.kept += 1 } else { report.assets.filtered += 1 }
    report.duplicateKeys += facts.duplicateKeys
    countTasks(facts, decision)
    let kept = decision.isKept ? 1 : 0
    for batch in facts.batches { report.batches.add(batch, seen: 1, kept: kept) }
    if facts.batches.isEmpty { report.batches.add(nil, seen: 1, kept: kept) }
  }

  private func countTasks(_ facts: AssetFacts, _ decision: Decision) {
    let tasks = facts.tasks
    let passing = Set(decision.passingTasks)
    for (index, task) in tasks.enumerated() {
      let kept = decision.isKept && passing.contains(index) ? 1 : 0
      report.tasks.seen += 1
      report.tasks.kept += kept
      report.stages.add(facts.stageName(of: task), seen: 1, kept: kept)
      guard looksAtTitles, decision.countsAnnotations, passing.contains(index) else { continue }
      countAnnotations(task, isKept: decision.isKept)
    }
  }

  private func countAnnotations(_ task: TaskFacts, isKept: Bool) {
    report.annotations?.add(seen: task.annotations.total, kept: isKept ? task.matches.total : 0)
    func add(_ all: NameCounts, _ matches: NameCounts, to table: inout BoundedTally) {
      for name in all.order { table.add(name, seen: all[name], kept: isKept ? matches[name] : 0) }
    }
    add(task.annotations.titles, task.matches.titles, to: &report.titles)
    add(task.annotations.kinds, task.matches.kinds, to: &report.kinds)
    add(task.annotations.tools, task.matches.tools, to: &report.tools)
  }

  /// Counts a row of `bytes` bytes without its newline.
  func addRow(bytes: Int, of facts: AssetFacts, at offset: Int, copies: Int) {
    report.rows += 1 + copies
    report.copies += copies
    if bytes > report.biggestRow?.bytes ?? -1 {
      report.biggestRow = BiggestRow(
        bytes: bytes, input: report.inputs[input].name, entry: report.inputs[input].entry,
        asset: nextAsset - 1, byte: offset, externalId: facts.externalId)
    }
  }

  /// Counts a malformed element.
  func addMalformed(isRejected: Bool) {
    report.assets.seen += 1
    report.inputs[input].assets += 1
    if isRejected { report.assets.rejected += 1 } else { report.assets.skipped += 1 }
  }

  /// Counts a surprise.
  func warn(_ code: WarningCode, count: Int, at position: Position) {
    report.warn(code, count: count, at: position)
  }
}
