// One input with one set of options through both engines. The case can be written down as the arguments of
// `sluice run`, which is how a find is kept.

import ByteScan
import Compression
import Foundation
import Glibc
package import Sluice
import Storage
import Synchronization

/// Where the input comes from.
package enum Way: String, CaseIterable {
  case file, pipe, gzip, zstd
}

/// Rows in memory.
final class MemorySink: ByteSink {
  private let stored = Mutex<[UInt8]>([])
  var bytes: [UInt8] { stored.withLock { $0 } }

  func append(_ more: UnsafeRawBufferPointer) throws {
    stored.withLock { unsafe $0.append(contentsOf: more) }
  }
}

/// What to run.
package struct EngineCase {
  package var options = RunOptions(workers: 1)
  package var way = Way.file
  /// A second input, read behind the first.
  package var second: [UInt8]?
  /// Into a directory, with partitions and rejects, or to a sink.
  package var toDirectory = false
  /// Whether nothing is written, and what is in the input is looked at instead.
  package var inspects = false

  package static let names = [
    "Complete", "Label", "Review", "Completed", "S", "car", "van", "Label Title", "rain", "night", "", "x",
    "\u{e9}\u{20ac}\u{1d11e}", "Vehicle", "Pedestrian",
  ]

  package init() { options.output.format = .none }

  /// Whether the engines differ on `input`, and in what.
  package func difference(_ input: [UInt8]) throws -> String? {
    let place = try FuzzPlace()
    let stored = try store(input, in: place)
    let others = try second.map { bytes in
      let file = place.directory.appending(path: "second.json")
      try Data(bytes).write(to: file)
      return [file]
    }
    let inputs = [stored] + (others ?? [])
    var reference = options
    reference.resources.engine = .reference
    let expected = outcome(of: inputs, .file, reference, place)
    let found = outcome(of: inputs, way, options, place)
    if found.rows.contains(where: { !Self.isWhole($0) }) { return "rows that are no JSON" }
    // Without --validate all the fast engine may overlook faults in what is not written.
    if options.resources.validation == .kept, expected.isFaulty { return nil }
    return found.difference(from: expected).map { inspects ? "inspecting: \($0)" : $0 }
  }

  private func outcome(of inputs: [URL], _ way: Way, _ options: RunOptions, _ place: FuzzPlace)
    -> EngineOutcome
  {
    if !inspects { return EngineOutcome(inputs, way, options, toDirectory, place) }
    let findsColumns = options.rows.kind == .annotations
    return EngineOutcome(inspecting: inputs, way, options, findsColumns: findsColumns, place)
  }

  private static func isWhole(_ rows: [UInt8]) -> Bool {
    var grammar = JSONGrammarJudge()
    return grammar.isRows(rows)
  }

  private func store(_ input: [UInt8], in place: FuzzPlace) throws -> URL {
    let file = place.directory.appending(path: "input.json")
    var bytes = input
    if way == .gzip || way == .zstd {
      let options = CompressionOptions(format: way == .gzip ? .gzip : .zstd, level: 1, workers: 1)
      let encoder = try PartEncoder(options)
      bytes = []
      encoder.begin()
      try encoder.write(input.span) { piece in for index in piece.indices { bytes.append(piece[index]) } }
      try encoder.finish { piece in for index in piece.indices { bytes.append(piece[index]) } }
    }
    try Data(bytes).write(to: file)
    return file
  }

  /// The arguments after `sluice run`, one a line.
  package var arguments: String {
    let selection = options.selection
    var lines = ["input.json"] + (second == nil ? [] : ["second.json"])
    lines += ["--output", toDirectory ? "out" : "-"]
    let add = { (name: String, values: [String]) in values.flatMap { ["--\(name)", $0] } }
    lines += add("stage", selection.stages) + add("exclude-stage", selection.excludedStages)
    lines += add("batch", selection.batches) + add("exclude-batch", selection.excludedBatches)
    lines += add("title", selection.titles) + add("exclude-title", selection.excludedTitles)
    if selection.noBatch { lines.append("--no-batch") }
    if options.rows.kind == .annotations { lines += ["--rows", "annotations"] }
    lines += add("context", options.rows.context.map(\.text))
    if let since = selection.updatedSince { lines += ["--updated-since", since.text] }
    if let before = selection.updatedBefore { lines += ["--updated-before", before.text] }
    if options.rows.prune { lines.append("--prune") }
    if options.rows.stripURLQuery { lines.append("--strip-url-query") }
    if let sample = selection.sample { lines += ["--sample", sample.text] }
    if let limit = options.rows.limit { lines += ["--limit", "\(limit)"] }
    if toDirectory {
      if !options.output.partitionBy.isEmpty {
        lines += ["--partition-by", options.output.partitionBy.map(\.rawValue).joined(separator: ",")]
      }
      lines += ["--target-size", "\(options.output.targetSize)", "--compression", "none"]
    }
    let resources = options.resources
    lines += ["--history", options.rows.history.rawValue, "--on-error", options.onError.rawValue]
    lines += ["--validate", resources.validation.rawValue, "--max-depth", "\(resources.maxDepth)"]
    lines += ["--workers", "\(resources.workers)", "--kernel", resources.kernel.rawValue]
    lines += ["--block-size", "\(resources.blockSize)", "--memory", "\(resources.memory)"]
    return lines.joined(separator: "\n") + "\n"
  }
}
