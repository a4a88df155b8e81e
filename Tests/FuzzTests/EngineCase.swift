// One input with one set of options through both engines. The case can be written down as the arguments of
// `sluice run`, which is how a find is kept.

import ByteScan
import Compression
import Foundation
import Glibc
import Sluice
import Storage
import Synchronization

/// Where the input comes from.
enum Way: String, CaseIterable {
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
struct EngineCase {
  var options = RunOptions(workers: 1)
  var way = Way.file
  /// A second input, read behind the first.
  var second: [UInt8]?
  /// Into a directory, with partitions and rejects, or to a sink.
  var toDirectory = false

  private static let names = [
    "Complete", "Label", "Review", "Completed", "S", "car", "van", "Label Title", "rain", "night", "", "x",
    "\u{e9}\u{20ac}\u{1d11e}", "Vehicle", "Pedestrian",
  ]

  init() { options.output.format = .none }

  init(_ random: inout SplitMix64) {
    self.init()
    select(&random)
    options.rows.history = random.oneIn(3) ? .drop : .keep
    options.rows.stripURLQuery = random.oneIn(3)
    if random.oneIn(2) { makeAnnotations(&random) }
    if random.oneIn(8) { options.rows.limit = Int.random(in: 0...5, using: &random) }
    if random.oneIn(6) { second = Corpus.random(&random) }
    way = random.oneIn(2) ? .file : random.pick(Way.allCases)
    toDirectory = random.oneIn(12)
    options.onError = toDirectory ? random.pick(ErrorPolicy.allCases) : random.oneIn(3) ? .stop : .skip
    if toDirectory {
      options.output.partitionBy = random.pick([[], [.stage], [.batch], [.stage, .batch], [.batch, .stage]])
      if options.rows.kind == .annotations, random.oneIn(2) {
        options.output.partitionBy = random.pick([
          [.title], [.kind, .tool], [.stage, .title], [.tool, .batch],
        ])
      }
      options.output.targetSize = random.pick([1, 1000, 256_000_000])
    }
    options.resources.validation = random.oneIn(4) ? .kept : .all
    if random.oneIn(5) { options.resources.maxDepth = Int.random(in: 1...12, using: &random) }
    options.resources.workers = random.pick([1, 1, 2, 3, 8])
    options.resources.kernel = random.pick(ScanKernel.available)
    options.resources.blockSize =
      random.oneIn(3) ? Int.random(in: 1...12, using: &random) : Int.random(in: 13...6000, using: &random)
    // So little that most assets are too big to be held.
    if random.oneIn(2) { options.resources.memory = 1 }
  }

  private mutating func makeAnnotations(_ random: inout SplitMix64) {
    options.rows.kind = .annotations
    options.rows.history = random.oneIn(2) ? .drop : .rows
    options.rows.prune = false
    let keys = ["asset", "metadata", "dataset", "status", "task.status", "task.duration", "task.x", "é"]
    options.rows.context = keys.filter { _ in random.oneIn(4) }.map { ContextKey($0) }
    if options.rows.context.count(where: { $0.name == "status" }) > 1 { options.rows.context = [] }
  }

  private mutating func select(_ random: inout SplitMix64) {
    let some = { (random: inout SplitMix64) in (0..<3).map { _ in random.pick(Self.names) } }
    if random.oneIn(4) { options.selection.stages = some(&random) }
    if random.oneIn(8) { options.selection.excludedStages = some(&random) }
    if random.oneIn(6) { options.selection.batches = some(&random) }
    if random.oneIn(8) { options.selection.noBatch = true }
    if random.oneIn(8) { options.selection.excludedBatches = some(&random) }
    if random.oneIn(3) { options.selection.titles = some(&random) }
    if random.oneIn(4) { options.selection.excludedTitles = some(&random) }
    if random.oneIn(8) { options.selection.updatedSince = Timestamp("2023-06-01") }
    if random.oneIn(8) { options.selection.updatedBefore = Timestamp("2024-09-10T12:44:40.5+02:00") }
    let looksAtTitles = !options.selection.titles.isEmpty || !options.selection.excludedTitles.isEmpty
    options.rows.prune = options.rows.kind == .assets && looksAtTitles && random.oneIn(2)
  }

  /// Whether the engines differ on `input`, and in what.
  func difference(_ input: [UInt8]) throws -> String? {
    let place = try FuzzPlace()
    let stored = try store(input, in: place)
    var reference = options
    reference.resources.engine = .reference
    let others = try second.map { bytes in
      let file = place.directory.appending(path: "second.json")
      try Data(bytes).write(to: file)
      return [file]
    }
    let expected = EngineOutcome([stored] + (others ?? []), .file, reference, toDirectory, place)
    let found = EngineOutcome([stored] + (others ?? []), way, options, toDirectory, place)
    if found.rows.contains(where: { !Self.isWhole($0) }) { return "rows that are no JSON" }
    // Without --validate all the fast engine may overlook faults in what is not written.
    if options.resources.validation == .kept, expected.isFaulty { return nil }
    return found.difference(from: expected)
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
  var arguments: String {
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

/// A directory in memory, if there is one, that goes with its owner.
final class FuzzPlace {
  let directory: URL

  init() throws {
    let shared = URL(filePath: "/dev/shm")
    let isShared = FileManager.default.isWritableFile(atPath: shared.path)
    let parent = isShared ? shared : FileManager.default.temporaryDirectory
    directory = parent.appending(path: "sluice-fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }
}
