// Malformed elements among good ones: what is left out, and what is written of it, never depends on the
// engine, though the fast one goes on behind most of them without starting anew.

import Compression
import ExportGenerator
import Foundation
import SystemPackage
import Testing

@testable import Sluice

@Suite struct MalformedTests {
  private static let pieces = [
    #"{"externalId":"a","task":{"stage":"S"}}"#, #"{"task":{"stage":"T"}}"#, #"{"tasks":[]}"#, "{}",
    #"{"q":{"task":1}}"#, #"{"a":tru}"#,
    #"{"b":[1,}"#,
    #"{"a":[1]"#, #"{"a":"x"#, #"{"a":\"}"#, "{]", "1", #""s""#, #"{"a":{"b":1}]"#, "nul", #"{"a":01}"#,
    "[1]",
    "{\"a\":\"\u{1}\"}", "}", "\\", "{\"a\":[1\n{\"b\":2}\n]}", "{\"a\":[\n{\"b\":2}\n]}",
  ]

  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "sluice-malformed-\(UInt64.random(in: 0 ... .max))")

  private func run(_ text: String, _ name: String, _ engine: ResourceOptions.Engine, blockSize: Int) throws
    -> [String: Data]
  {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let input = folder.appending(path: "input.json")
    try Data(text.utf8).write(to: input)
    var options = RunOptions(workers: 2)
    options.onError = .reject
    // The output of the text before may have rows.
    options.allowEmpty = true
    options.output.format = .none
    options.resources.engine = engine
    options.resources.validation = .all
    options.resources.blockSize = blockSize
    let output = folder.appending(path: name)
    let run = Run(
      inputs: [.path(FilePath(input.path))], output: .directory(FilePath(output.path), overwrite: true),
      options: options)
    do {
      _ = try run.execute()
    } catch let error {
      // What the first element says of the input.
      return ["error": Data("\(error.code.rawValue) \(error) \(error.hint ?? "")".utf8)]
    }
    var files: [String: Data] = [:]
    for path in ["report.json", "rejects/rejects.jsonl", "data/part-00000.jsonl"] {
      files[path] = try? Data(contentsOf: output.appending(path: path))
    }
    return files
  }

  private static func document(_ random: inout SplitMix64) -> String {
    let items = (0..<Int.random(in: 1...12, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }
    if Bool.random(using: &random) {
      return items.map { $0 + (["\n", "\n", " ", "", "\n ", "\r\n"].randomElement(using: &random) ?? "") }
        .joined()
    }
    let elements = items.map { (["", " ", "\n", "\n\n"].randomElement(using: &random) ?? "") + $0 }
    let end = ["", "\n", "x\n", "\n\u{FEFF}", "]"].randomElement(using: &random) ?? ""
    return "[" + elements.joined(separator: ",") + "]" + end
  }

  /// Rows, counts and rejects are those of the reference engine, whatever stands next to what.
  @Test(arguments: 0..<6) func leavesOutWhatTheReferenceLeavesOut(_ seed: Int) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<12 {
      // One document, or several in a row.
      let count = Bool.random(using: &random) ? 1 : Int.random(in: 2...4, using: &random)
      // The first element says what the input is; mostly that it is an export.
      let first = Int.random(in: 0..<4, using: &random) > 0 ? Self.pieces[0] + "\n" : ""
      let text = first + (0..<count).map { _ in Self.document(&random) }.joined()
      let expected = try run(text, "reference", .reference, blockSize: 1 << 20)
      for blockSize in [16, 64, 1 << 20] {
        #expect(try run(text, "fast", .fast, blockSize: blockSize) == expected, "\(text)")
      }
    }
  }

  /// Where an array's structure is lost, 64 KiB are kept of the rest, however long it is.
  @Test func keepsLittleOfWhatIsLost() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = #"[{"a":1"# + String(repeating: " ", count: 2_500_000) + "]]"
    let files = try run(text, "out", .fast, blockSize: 1 << 20)
    let rejects = try #require(files["rejects/rejects.jsonl"])
    #expect(rejects.count > 64 << 10 && rejects.count < 80_000)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "out/rejects").path)
        == ["rejects.jsonl"])
  }

  /// A long element whose end is known is kept whole, in a file of its own.
  @Test func keepsALongElementWhole() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let element = #"{"a":tru,"b":""# + String(repeating: "x", count: 2_500_000) + #""}"#
    _ = try run("[\(element),{}]", "out", .fast, blockSize: 1 << 20)
    let file = folder.appending(path: "out/rejects/reject-0.bin")
    #expect(try Data(contentsOf: file) == Data(element.utf8))
  }

  /// A record that is never closed costs no more than itself: the rest of the input is not read for each.
  @Test(arguments: [#"{"a":[1"#, #"{"a":"x"#, #"{"a":["#], [ErrorPolicy.skip, .reject])
  func readsOnBehindWhatIsNeverClosed(_ line: String, _ policy: ErrorPolicy) throws {
    let lines = 4000
    let text = String(repeating: line + "\n", count: lines)
    let (report, read) = try runCounting(text, policy)
    let left = policy == .skip ? report.assets.skipped : report.assets.rejected
    // The last 512 of those that nest are one: the input ends in them.
    #expect(left == (line == #"{"a":["# ? (lines + 255) / 256 : lines))
    #expect(read < 12 * text.utf8.count, "\(read) of \(text.utf8.count)")
  }

  /// The same where they stand apart from one another, and for values of an array that are no objects.
  @Test func readsOnAmongGoodOnes() throws {
    let good = #"{"externalId":"a","batches":[],"task":{"stage":"S"}}"#
    let text = String(repeating: String(repeating: good + "\n", count: 20) + "{\"a\":[1\n", count: 400)
    let (report, read) = try runCounting(text, .skip)
    #expect(report.assets.skipped == 400 && report.assets.kept == 8000)
    #expect(read < 40 * text.utf8.count, "\(read) of \(text.utf8.count)")
    let array = "[\(good)," + Array(repeating: "1", count: 5000).joined(separator: ",") + "]"
    let (values, valuesRead) = try runCounting(array, .reject)
    #expect(values.assets.rejected == 5000)
    #expect(valuesRead < 12 * array.utf8.count)
  }

  /// Documents in a row are read once, however short they are, and so are those behind something malformed.
  @Test func readsDocumentsOnce() throws {
    let line = "[" + #"{"externalId":"a","batches":[],"task":{"stage":"S"}}"# + "]\n"
    let text = String(repeating: line + "[]\u{FEFF}[]\n", count: 40_000)
    let (report, read) = try runCounting(text, .stop)
    #expect(report.assets.kept == 40_000)
    // And its two ends for the fingerprint.
    #expect(read < text.utf8.count + 1 << 18, "\(read) of \(text.utf8.count)")
    let broken = String(repeating: String(repeating: line, count: 20) + "[1]x\n", count: 400)
    let (other, otherRead) = try runCounting(broken, .skip)
    #expect(other.assets.skipped == 800 && other.assets.kept == 8000)
    #expect(otherRead < 40 * broken.utf8.count)
  }

  private func runCounting(_ text: String, _ policy: ErrorPolicy) throws -> (RunReport, read: Int) {
    try withTemporaryDirectory { directory in
      let input = directory.appending(path: "input")
      try Data(text.utf8).write(to: input)
      var options = RunOptions(workers: 2)
      options.onError = policy
      let monitor = RunMonitor()
      let run = Run(
        inputs: [.path(FilePath(input.path))],
        output: .directory(FilePath(directory.appending(path: "out").path), overwrite: false),
        options: options)
      return (try run.execute(monitor: monitor).report, monitor.progress.bytesRead)
    }
  }

  /// What becomes of an element that swallows lines does not depend on where blocks end, though nothing of it
  /// would be written.
  @Test(arguments: [TrialInput.Way.file, .pipe]) func judgesSwallowedLinesAlike(_ way: TrialInput.Way) throws
  {
    let text = """
      {"task":{"stage":"T"},"x":[1
      {"task":{"stage":"S"}}
      ]}
      {"task":{"stage":"S"}}
      {"task":{"stage":"T"},"x":[
      {"a":1,},
      {"task":1}]}

      """
    for blockSize in [1, 7, 16, 31, 64, 1 << 20] {
      var options = RunOptions(workers: 2)
      options.selection.stages = ["S"]
      options.onError = .skip
      options.resources.blockSize = blockSize
      options.resources.validation = .kept
      let outcome = try TrialOutcome(TrialInput(bytes: Array(text.utf8), way: way), options)
      #expect(outcome.report.contains(#""skipped":4,"#), "\(blockSize): \(outcome)")
      #expect(outcome.rows.count { $0 == "\n" } == 2, "\(blockSize)")
    }
  }
}
