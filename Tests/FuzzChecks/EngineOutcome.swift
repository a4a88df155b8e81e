// What came of a run, in a form that does not say which engine it was.

import Foundation
import Glibc
import JSONEvents
import Sluice
import Storage
import SystemPackage

/// What came of a run.
struct EngineOutcome {
  /// Rows by file; the only one of a stream is called `-`.
  private var files: [String: [UInt8]] = [:]
  private var report = ""
  private var error = ""
  /// Whether something was malformed.
  private(set) var isFaulty = false

  /// The rows that came out.
  var rows: [[UInt8]] { files.filter { !$0.key.hasPrefix("rejects/") }.map(\.value) }

  init(_ inputs: [URL], _ way: Way, _ options: RunOptions, _ toDirectory: Bool, _ place: FuzzPlace) {
    let pipe = way == .pipe ? FilledPipe(inputs[0]) : nil
    let name = pipe?.path ?? inputs[0].path
    let output = place.directory.appending(path: "out-\(UUID().uuidString)")
    let sink = MemorySink()
    let run = Run(
      inputs: [.path(FilePath(name))] + inputs.dropFirst().map { .path(FilePath($0.path)) },
      output: toDirectory
        ? .directory(FilePath(output.path), overwrite: false) : .stream { try sink.append($0) },
      options: options, temporaryDirectory: toDirectory ? nil : FilePath(place.directory.path))
    do {
      let result = try run.execute()
      isFaulty = result.report.isPartial
      report = result.report.text.replacing(name, with: "input.json")
      files = toDirectory ? try Self.tree(output, name) : ["-": sink.bytes]
    } catch let failure as RunError {
      note(failure, name)
    } catch {
      self.error = "\(error)"
    }
    withExtendedLifetime(pipe) {}
  }

  /// What comes of inspecting.
  init(inspecting inputs: [URL], _ way: Way, _ options: RunOptions, findsColumns: Bool, _ place: FuzzPlace) {
    let pipe = way == .pipe ? FilledPipe(inputs[0]) : nil
    let name = pipe?.path ?? inputs[0].path
    var inspection = Inspection(
      inputs: [.path(FilePath(name))] + inputs.dropFirst().map { .path(FilePath($0.path)) },
      resources: options.resources)
    inspection.onError = options.onError
    inspection.findsColumns = findsColumns
    inspection.temporaryDirectory = FilePath(place.directory.path)
    do throws(RunError) {
      let found = try inspection.execute()
      isFaulty = found.report.isPartial
      report = found.json.replacing(name, with: "input.json")
    } catch {
      note(error, name)
    }
    withExtendedLifetime(pipe) {}
  }

  private mutating func note(_ failure: RunError, _ name: String) {
    isFaulty = true
    let place = failure.position.map { "\($0)" } ?? ""
    error = "\(failure.code.rawValue) \(failure.message) \(place)".replacing(name, with: "input.json")
  }

  /// In what it differs.
  func difference(from other: EngineOutcome) -> String? {
    if error != other.error {
      return "error: fast \(error.debugDescription), reference \(other.error.debugDescription)"
    }
    if report != other.report { return "report: fast \(report) reference \(other.report)" }
    if Set(files.keys) != Set(other.files.keys) {
      return "files: fast \(files.keys.sorted()), reference \(other.files.keys.sorted())"
    }
    for (path, bytes) in files where bytes != other.files[path] {
      return
        "\(path): fast \(literal(bytes)), reference \(literal(other.files[path] ?? []))"
    }
    return nil
  }

  private static func tree(_ directory: URL, _ name: String) throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
      guard path.hasPrefix("data/") || path.hasPrefix("rejects/") else { continue }
      let file = directory.appending(path: path)
      guard (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true else { continue }
      let bytes = [UInt8](try Data(contentsOf: file))
      let isNamed = path == "rejects/rejects.jsonl"
      found[path] =
        isNamed
        ? Array(String(decoding: bytes, as: UTF8.self).replacing(name, with: "input.json").utf8) : bytes
    }
    return found
  }
}

/// A pipe that holds all of a file and has no writer any more.
private final class FilledPipe {
  /// A path that opens the pipe.
  let path: String
  private let reading: CInt

  /// - Returns: nil where a pipe can't hold as much.
  init?(_ file: URL) {
    guard let bytes = try? Data(contentsOf: file), bytes.count <= 1 << 20 else { return nil }
    var ends: [CInt] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return nil }
    // F_SETPIPE_SZ, which is not imported.
    _ = fcntl(ends[1], 1031, 1 << 20)
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let written = unsafe bytes.withUnsafeBytes { unsafe write(ends[1], $0.baseAddress, $0.count) }
    close(ends[1])
    reading = ends[0]
    path = "/dev/fd/\(reading)"
    if written != bytes.count { return nil }
  }

  deinit { close(reading) }
}

/// Says whether bytes are rows.
struct JSONGrammarJudge {
  /// Whether `rows` are lines of one JSON object each.
  mutating func isRows(_ rows: [UInt8]) -> Bool {
    guard rows.isEmpty || rows.last == 0x0A else { return false }
    for row in rows.split(separator: 0x0A) {
      var grammar = JSONGrammar(maxDepth: 10_000)
      let bytes = Array(row)
      if bytes.first != UInt8(ascii: "{") || grammar.consume(bytes.span) != nil || grammar.finish() != nil {
        return false
      }
    }
    return true
  }
}
