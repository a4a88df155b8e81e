// What a run has seen and kept, counted in the order of the input.

internal import Sharding

/// Counts that grow as an engine delivers.
final class RunCounts: @unchecked Sendable {
  // Proof of @unchecked: touched by the worker that delivers, and by the run when no engine runs.
  private(set) var report: RunReport
  /// What was inspected, if anything.
  private(set) var inspection: InspectionTotals?
  /// What each input is a row of.
  private(set) var framings: [Int: Framing] = [:]
  /// Which of the names that options have were met.
  private var met = MetNames()
  /// Which input, and entry, is being read.
  private var input = 0

  init(_ options: RunOptions) {
    report = RunReport(countsAnnotations: ReaderNeeds(options).countsAnnotations)
    if options.inspects { inspection = InspectionTotals() }
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
      at: InputPosition(input: name.description, entry: entry, byte: 0, line: 1, column: 1, asset: 0))
  }

  /// Starts an input or an entry of one.
  func begin(_ name: InputName, entry: String?) {
    report.inputs.append(InputReport(name: name.description, entry: entry))
    input = report.inputs.count - 1
  }

  /// Forgets the input that was begun last, an archive's entry of which nothing was counted.
  func withdraw() {
    report.inputs.removeLast()
    framings[input] = nil
    input = max(0, report.inputs.count - 1)
  }

  /// Notes what the input is a row of.
  func note(_ framing: Framing) { if inspection != nil { framings[input] = framing } }

  /// Notes how long the input was.
  func end(bytes: Int) { report.inputs[input].bytes = bytes }

  /// Notes that nothing behind the last whole asset was looked at.
  func endAtLastAsset() { report.inputs[input].bytes = report.inputs[input].lastGoodOffset }

  /// A place in the input that is being read.
  func position(_ offset: Int, line: Int, column: Int) -> InputPosition {
    InputPosition(
      input: report.inputs[input].name, entry: report.inputs[input].entry, byte: offset, line: line,
      column: column, asset: nextAsset)
  }

  /// Counts an asset that is no malformed one.
  func add(
    _ delta: CountsDelta, _ warningCounts: WarningCounts, range: Range<Int>, lines: WarningLines
  ) {
    for (code, surprise) in warningCounts {
      let place = lines[code] ?? (line: 0, column: 0)
      warn(
        code, count: surprise.count,
        at: position(surprise.first, line: place.line, column: place.column))
    }
    add(delta, endingAt: range.upperBound)
  }

  /// Counts assets that lie one after another, the last ending at `offset`.
  func add(_ delta: CountsDelta, endingAt offset: Int) {
    if delta.assets.seen == 0 { return }
    if let inspected = delta.inspection { inspection?.add(inspected, input: input, firstAsset: nextAsset) }
    report.inputs[input].assets += delta.assets.seen
    report.inputs[input].lastGoodOffset = offset
    report.add(delta)
    met.add(delta.met)
  }

  /// Notes which names of a selection nothing in the inputs has, all of which have been read.
  func endAll(_ selection: AssetSelection) { report.neverSeen = met.missing(of: selection, in: report) }

  /// Counts rows of which the biggest has `bytes` bytes without its newline, each written `copies` times more.
  func addRows(
    _ count: Int = 1, bytes: Int, externalId: [UInt8]?, at offset: Int, asset: Int, copies: Int
  ) {
    report.rows += count * (1 + copies)
    report.copies += count * copies
    if bytes > report.biggestRow?.bytes ?? -1 {
      report.biggestRow = BiggestRow(
        bytes: bytes, input: report.inputs[input].name, entry: report.inputs[input].entry,
        asset: asset, byte: offset, externalId: externalId)
    }
  }

  /// Counts a malformed element, which starts at `position`.
  func addMalformed(at position: InputPosition, isRejected: Bool) {
    report.warn(isRejected ? .assetRejected : .assetSkipped, count: 1, at: position)
    report.assets.seen += 1
    report.inputs[input].assets += 1
    if isRejected { report.assets.rejected += 1 } else { report.assets.skipped += 1 }
  }

  /// Counts a surprise.
  func warn(_ code: WarningCode, count: Int, at position: InputPosition) {
    report.warn(code, count: count, at: position)
  }
}
