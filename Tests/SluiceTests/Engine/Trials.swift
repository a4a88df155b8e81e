// What the stress tests share: inputs as files and as pipes, runs whose outcomes can be compared, and trees of
// output with what may differ between two runs taken out.

import Compression
import Foundation
import Glibc
import Sluice
import Storage
import SystemPackage
import Testing

/// What holds for all trials.
enum Trials {
  /// Another seed of `SLUICE_STRESS_SEED` makes other exports.
  static let seed = UInt64(ProcessInfo.processInfo.environment["SLUICE_STRESS_SEED"] ?? "") ?? 0
}

/// Bytes that a run can be given.
struct TrialInput {
  /// How the run gets them.
  enum Way: CaseIterable {
    case file, pipe
  }

  var bytes: [UInt8]
  var way = Way.file

  /// Puts the bytes where a run can read them.
  ///
  /// A pipe is filled and closed before it is read, so that no thread need feed it: it has room for 1 MiB.
  func withName<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    switch way {
    case .file:
      let file = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
      try Data(bytes).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      return try body(FilePath(file.path))
    case .pipe:
      let pipe = Pipe()
      try #require(bytes.count <= 1 << 20)
      // 1031 is F_SETPIPE_SZ, which the overlay does not name.
      _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, 1031, 1 << 20)
      try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
      try pipe.fileHandleForWriting.close()
      defer { try? pipe.fileHandleForReading.close() }
      return try body(FilePath("/proc/self/fd/\(pipe.fileHandleForReading.fileDescriptor)"))
    }
  }
}

/// What came of a run, with the input's name taken out.
struct TrialOutcome: Equatable, CustomStringConvertible {
  var rows = ""
  var report = ""
  var error = ""
  /// Byte, line and column of the error, if it has a place.
  var faultPlace: [Int] = []
  /// Every file of `rejects/`, where the run had a directory.
  var rejects: [String: String] = [:]

  /// Runs with rows to memory.
  init(_ input: TrialInput, _ options: RunOptions) throws {
    self = try input.withName { name in
      var options = options
      options.output.format = .none
      let sink = MemorySink()
      let run = Run(inputs: [.path(name)], output: .stream { try sink.append($0) }, options: options)
      return Self(run, name) { sink.text }
    }
  }

  /// Runs into a directory, so that rejects can be seen; rows are those of all parts, in the order of paths.
  init(intoDirectory input: TrialInput, _ options: RunOptions) throws {
    self = try input.withName { name in
      try withTemporaryDirectory { directory in
        var options = options
        options.output.format = .none
        let out = directory.appending(path: "out")
        let run = Run(
          inputs: [.path(name)], output: .directory(FilePath(out.path), overwrite: false), options: options)
        var outcome = Self(run, name) {
          let files = tree(below: out.appending(path: "data"))
          return files.keys.sorted().map { text(files[$0]) }.joined()
        }
        outcome.rejects = tree(below: out.appending(path: "rejects")).mapValues {
          text($0).replacingOccurrences(of: name.string, with: "INPUT")
        }
        return outcome
      }
    }
  }

  private init(_ run: Run, _ path: FilePath, rows: () -> String) {
    let name = path.string
    do {
      report = try run.execute().report.text.replacingOccurrences(of: name, with: "INPUT")
      self.rows = rows()
    } catch let failure {
      // How many rows flowed before a failure is left open.
      let position = failure.position.map { "\($0)" } ?? ""
      faultPlace = failure.position.map { [$0.byte, $0.line, $0.column] } ?? []
      error = "\(failure.code.rawValue) \(failure.message) \(position)"
        .replacingOccurrences(of: name, with: "INPUT")
    }
  }

  var description: String { "rows: \(rows.prefix(300))\nreport: \(report)\nerror: \(error)\n\(rejects)" }
}

/// Text of a file that may hold anything.
private func text(_ data: Data?) -> String {
  // Latin 1 keeps every byte apart from every other.
  String(data: data ?? Data(), encoding: .isoLatin1) ?? ""
}

/// Gives `body` a directory that is removed behind it.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let directory = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  return try body(directory)
}

/// Every regular file below a directory: relative path and content.
func tree(below directory: URL) -> [String: Data] {
  var found: [String: Data] = [:]
  for path in (try? FileManager.default.subpathsOfDirectory(atPath: directory.path)) ?? [] {
    let file = directory.appending(path: path)
    guard (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true else { continue }
    found[path] = try? Data(contentsOf: file)
  }
  return found
}
