// Exports made from seeds, in every format, style and order of keys: what no fixture was written for.

import ByteScan
import ExportGenerator
import Foundation
import Sluice
import Testing

@Suite struct GeneratedExportTests {
  /// One export for each format and style, with the other switches turned by its number.
  static let exports: [ExportOptions] = ExportFormat.allCases.enumerated().flatMap { row, format in
    ExportStyle.allCases.enumerated().map { column, style in
      let number = row * ExportStyle.allCases.count + column
      return ExportOptions(
        size: 50_000 + number % 4 * 20_000, seed: UInt64(number) + 1 + 100 * Trials.seed, style: style,
        format: format,
        kind: ExportKind.allCases[number % 3], shuffleKeys: number % 2 == 0, lateContext: number % 5 < 2,
        batches: number % 7 == 0 ? 1000 : 12, traps: number % 4 < 2)
    }
  }

  /// Options that between them use every filter and every change of rows.
  static let variants: [@Sendable (inout RunOptions) -> Void] = [
    { _ in },
    { $0.selection.stages = ["Complete", "Completed", "5e8f78a7-ef6a-473d-b02f-f4024c9ee486"] },
    { options in
      options.selection.batches = ["rain", "2024-Q1/lot 7", "雨天"]
      options.selection.noBatch = true
      options.selection.excludedStages = ["Label"]
    },
    { options in
      options.selection.titles = ["Car", "Weather", "follows"]
      options.rows.prune = true
    },
    { options in
      options.selection.excludedTitles = ["Truck", "自転車"]
      options.rows.prune = true
      options.rows.history = .drop
      options.rows.stripURLQuery = true
    },
    { options in
      options.selection.excludedBatches = ["night"]
      options.selection.updatedSince = Timestamp("2025-06-01")
      options.rows.stripURLQuery = true
    },
    { options in
      options.rows.limit = 3
      options.rows.history = .drop
    },
    { $0.selection.sample = AssetSample("40%") },
    { options in
      options.rows.kind = .annotations
      options.rows.history = .rows
      options.selection.sample = AssetSample("62.5%")
      options.selection.titles = ["Car", "Weather", "follows"]
    },
    { $0.rows.kind = .annotations },
    { options in
      options.rows.kind = .annotations
      options.rows.history = .rows
      options.rows.context = ["asset", "metadata", "task.duration", "nothing"].map { ContextKey($0) }
      options.rows.stripURLQuery = true
      options.selection.titles = ["Car", "Weather", "follows"]
    },
    { options in
      options.rows.kind = .annotations
      options.rows.context = ["dataset", "task.updatedBy", "task.brushDataUrl"].map { ContextKey($0) }
      options.rows.stripURLQuery = true
      options.rows.limit = 3
      options.selection.excludedTitles = ["Truck", "自転車"]
      options.selection.excludedStages = ["Label"]
    },
    { options in
      options.rows.kind = .annotations
      options.rows.history = .rows
      options.selection.batches = ["rain", "2024-Q1/lot 7", "雨天"]
      options.selection.noBatch = true
    },
  ]

  /// Sizes of blocks, counts of workers, and whether memory is so small that most elements are not held.
  static let resources: [(blockSize: Int, workers: Int, isSmall: Bool)] = [
    (29, 1, false), (64, 8, false), (1000, 3, true), (4096, 2, false), (4096, 1, true), (50_000, 5, false),
    (1 << 20, 2, false),
  ]

  /// The fast engine and the reference engine agree on rows, report and error, byte for byte.
  @Test(arguments: exports.indices)
  func engines(number: Int) throws {
    let input = TrialInput(bytes: ExportGenerator(Self.exports[number]).bytes().bytes)
    // Each export meets two of the variants, each of those three ways of reading.
    for step in 0..<2 {
      let variant = (number + step * 2) % Self.variants.count
      var options = RunOptions(workers: 1)
      Self.variants[variant](&options)
      options.resources.validation = .all
      options.resources.engine = .reference
      let expected = try TrialOutcome(input, options)
      #expect(expected.error == "", "\(Self.exports[number])")
      for turn in 0..<3 {
        let resources = Self.resources[(number + step * 3 + turn) % Self.resources.count]
        var options = options
        options.resources.engine = .fast
        options.resources.validation = turn == 0 ? .kept : .all
        options.resources.blockSize = resources.blockSize
        options.resources.workers = resources.workers
        if resources.isSmall { options.resources.memory = smallMemory(options) }
        options.resources.kernel = ScanKernel.available[(number + turn) % ScanKernel.available.count]
        let way = (number + step + turn) % 3 == 0 ? TrialInput.Way.pipe : .file
        let found = try TrialOutcome(TrialInput(bytes: input.bytes, way: way), options)
        #expect(found == expected, "\(Self.exports[number]) variant \(variant) \(resources) \(way)")
      }
    }
  }

  /// Blocks of a single byte, where every state of the engine meets every byte.
  @Test(arguments: [0, 1, 2, 3, 8, 9, 10])
  func singleBytes(number: Int) throws {
    var export = Self.exports[number * 6 % Self.exports.count]
    export.size = 4000
    export.kind = .images
    for way in TrialInput.Way.allCases {
      let input = TrialInput(bytes: ExportGenerator(export).bytes().bytes, way: way)
      var options = RunOptions(workers: 2)
      Self.variants[number](&options)
      options.resources.engine = .reference
      let expected = try TrialOutcome(input, options)
      options.resources.engine = .fast
      options.resources.blockSize = 1
      #expect(try TrialOutcome(input, options) == expected)
    }
  }

  /// White space never changes a row, and neither it nor the order of keys what is selected.
  @Test(arguments: ExportFormat.allCases)
  func layout(format: ExportFormat) throws {
    let export = ExportOptions(size: 40_000, seed: 50 + Trials.seed, format: format)
    let plain = try rows(of: export)
    for style in ExportStyle.allCases.dropFirst() {
      var export = export
      export.style = style
      #expect(try rows(of: export) == plain, "\(style)")
    }
    for (shuffles, isLate) in [(true, false), (false, true)] {
      var export = export
      export.shuffleKeys = shuffles
      export.lateContext = isLate
      let others = try rows(of: export)
      for (number, (found, expected)) in zip(others, plain).enumerated() {
        var rows = (try found.map(canonical), try expected.map(canonical))
        // Annotations stand in the order in which the lists are.
        if number >= 6 { rows = (sorted(rows.0), sorted(rows.1)) }
        #expect(rows.0 == rows.1, "variant \(number + 1)")
      }
    }
  }

  /// The rows under some of the variants.
  private func rows(of export: ExportOptions) throws -> [[Substring]] {
    let input = TrialInput(bytes: ExportGenerator(export).bytes().bytes)
    return try Self.variants.dropFirst().map { change in
      var options = RunOptions(workers: 2)
      change(&options)
      options.resources.blockSize = 4096
      let outcome = try TrialOutcome(input, options)
      #expect(outcome.error == "")
      return outcome.rows.split(separator: "\n")
    }
  }

  private func sorted(_ rows: [Data]) -> [Data] { rows.sorted { $0.lexicographicallyPrecedes($1) } }

  private func canonical(_ row: Substring) throws -> Data {
    let value = try JSONSerialization.jsonObject(with: Data(row.utf8))
    return try JSONSerialization.data(withJSONObject: value, options: .sortedKeys)
  }
}
