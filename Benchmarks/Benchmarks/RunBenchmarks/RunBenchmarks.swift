// Whole runs, as a user has them: a file in the page cache, an output that is committed, the report held against
// what the generator knows. SLUICE_BENCHMARK_SIZE says how many megabytes a file has (100).

import Benchmark
import BenchmarkSupport
import ExportGenerator
import Foundation
import Sluice
import Storage
import SystemPackage

let benchmarks: @Sendable () -> Void = {
  Benchmark.configure(seconds: 3, warmups: 0)
  let all: [(String, ExportStyle, ExportKind)] = [
    ("", .minified, .video), (", pretty", .pretty, .video), (", ndjson", .ndjson, .video),
    (", images", .minified, .images),
  ]
  for (suffix, style, kind) in all {
    for work in [Work.skeleton, .needle, .oneStage, .everything, .title] {
      runBenchmark(work, work.rawValue + suffix, style, kind)
    }
  }
  for work in [Work.skeleton, .everything, .title] {
    runBenchmark(work, work.rawValue + ", giant", .minified, .giant)
  }
  runBenchmark(.needle, "needle, zip", .minified, .video, isZipped: true)
  for work in [Work.needle, .everything, .title] {
    runBenchmark(work, work.rawValue + ", one worker", .minified, .video, workers: 1)
  }
}

/// What is asked of an export.
enum Work: String {
  /// No asset is kept: scanning, and the few hundred bytes of each that decide.
  case skeleton = "skeleton"
  case needle = "needle"
  case oneStage = "one stage"
  case everything = "everything"
  /// A row for each annotation of one title.
  case title = "annotation rows, one title"

  /// Options, and how many assets and rows must come of them.
  func plan(_ truth: ExportTruth, _ options: inout RunOptions) throws -> (kept: Int, rows: Int) {
    switch self {
    case .skeleton:
      options.selection.stages = ["no such stage"]
      return (0, 0)
    case .needle:
      options.selection.stages = [truth.needle.stage]
      options.selection.batches = [truth.needle.batch].compactMap { $0 }
      return (truth.needle.assets, truth.needle.assets)
    case .oneStage:
      options.selection.stages = [truth.oneStage.stage]
      return (truth.oneStage.assets, truth.oneStage.assets)
    case .everything: return (truth.assets, truth.assets)
    case .title:
      guard let title = truth.titles.first else { throw WrongAnswer("no title to look for") }
      options.rows.kind = .annotations
      options.rows.history = .drop
      options.selection.titles = [title.name]
      return (title.assets, title.annotations)
    }
  }
}

private struct Case {
  let path: String
  let bytes: Int
  let options: RunOptions
  let kept: Int
  let rows: Int
}

private func runBenchmark(
  _ work: Work, _ name: String, _ style: ExportStyle, _ kind: ExportKind, isZipped: Bool = false,
  workers: Int = CurrentProcess.processors
) {
  Benchmark(name) { (benchmark: Benchmark, input: Case) in
    let output = Inputs.folder.appending(path: "out").path
    let run = Run(
      inputs: [.path(FilePath(input.path))], output: .directory(FilePath(output), overwrite: true),
      options: input.options)
    let result = try benchmark.measureInput(of: input.bytes) { try run.execute() }
    try check("kept assets", result.report.assets.kept, is: input.kept)
    try check("rows", result.report.rows, is: input.rows)
  } setup: {
    let (path, truth) = try Inputs.file(style: style, kind: kind)
    var options = RunOptions(workers: workers)
    let (kept, rows) = try work.plan(truth, &options)
    return Case(
      path: isZipped ? try Inputs.zipped(path) : path, bytes: truth.bytes, options: options, kept: kept,
      rows: rows)
  } teardown: {
    Inputs.removeFiles()
  }
}
