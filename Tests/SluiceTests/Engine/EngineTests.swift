// The fast engine must deliver what the reference engine delivers: the same rows, the same counts, the same
// error at the same place, whatever the blocks, workers and kernels.

import ByteScan
import Foundation
import Compression
import Sluice
import Storage
import Synchronization
import SystemPackage
import Testing

/// Rows in memory.
final class MemorySink: ByteSink {
  private let bytes = Mutex<[UInt8]>([])

  func append(_ more: UnsafeRawBufferPointer) throws {
    bytes.withLock { unsafe $0.append(contentsOf: more) }
  }

  var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
}

/// What came of a run, ready to compare.
struct Outcome: Equatable, CustomStringConvertible {
  var rows: String
  var report: String
  var error: String

  init(_ inputs: [URL], _ options: RunOptions) {
    let sink = MemorySink()
    var options = options
    options.output.format = .none
    let run = Run(
      inputs: inputs.map { .path(FilePath($0.path)) }, output: .stream { try sink.append($0) },
      options: options)
    do {
      report = try run.execute().report.text
      error = ""
      rows = sink.text
    } catch let failure {
      report = ""
      error = "\(failure.code.rawValue) \(failure.message) \(failure.position.map { "\($0)" } ?? "")"
      // How many rows flowed before a failure is left open.
      rows = ""
    }
  }

  var description: String { "rows: \(rows.prefix(500))\nreport: \(report)\nerror: \(error)" }
}

@Suite struct EngineTests {
  static let fixtures = SourceText.packageRoot.appending(path: "Fixtures/exports")

  static var inputs: [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []
    return names.sorted().flatMap { name in
      let folder = fixtures.appending(path: name)
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return files.filter { $0.hasPrefix("input") }.sorted().map { folder.appending(path: $0) }
    }
  }

  /// Options that touch every part of the reader.
  static let variants: [@Sendable (inout RunOptions) -> Void] = [
    { _ in },
    { $0.onError = .skip },
    { options in
      options.selection.titles = ["car", "van", "Label Title"]
      options.rows.prune = true
      options.rows.stripURLQuery = true
      options.onError = .skip
    },
    { options in
      options.selection.stages = ["Complete", "S", "Completed"]
      options.selection.excludedTitles = ["van"]
      options.rows.history = .drop
    },
    { options in
      options.rows.kind = .annotations
      options.rows.history = .rows
      options.onError = .skip
    },
    { options in
      options.rows.kind = .annotations
      options.rows.history = .drop
      options.rows.context = ["asset", "status", "task.duration"].map { ContextKey($0) }
      options.rows.stripURLQuery = true
      options.selection.titles = ["car", "van", "Label Title"]
    },
  ]

  @Test func fixturesAreThere() {
    #expect(Self.inputs.count > 200)
  }

  /// Every fixture, cut into blocks of every small size, by every kernel; each time under two of the variants.
  @Test(arguments: [(1, 1), (2, 3), (3, 8), (5, 2), (64, 2), (100, 4), (4096, 2)])
  func blocks(blockSize: Int, workers: Int) {
    for (index, input) in Self.inputs.enumerated() {
      for step in [0, 3] {
        let number = (index + blockSize + step) % Self.variants.count
        var options = RunOptions(workers: 1)
        Self.variants[number](&options)
        options.resources.validation = .all
        options.resources.engine = .reference
        let expected = Outcome([input], options)
        options.resources.engine = .fast
        options.resources.workers = workers
        options.resources.blockSize = blockSize
        options.resources.kernel = ScanKernel.available[(number + blockSize) % ScanKernel.available.count]
        let found = Outcome([input], options)
        #expect(found == expected, "\(input.path) variant \(number)")
      }
    }
  }
}
