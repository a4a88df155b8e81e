// Runs the built command as a user does: another process, a directory of its own, a time limit.
//
// Standard output and error go to files, not pipes: nothing can block on a full pipe, and no descriptor of one
// test can be held open by the child of another. The tests wait in plain synchronous code, so no more commands
// run at once than the test runner has threads.

import Foundation
import Testing

/// What a finished command left behind.
struct Outcome {
  /// The exit status; 128 + n if signal n ended it, as a shell reports it.
  let status: Int
  let output: Data
  let errorText: String

  var outputText: String { String(decoding: output, as: UTF8.self) }
}

/// A command that could not be run to its end.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
}

/// The command under test.
enum Command {
  /// What SLUICE_BINARY names, else the binary beside the test bundle, else that of a debug build.
  static let binary: URL = {
    if let named = ProcessInfo.processInfo.environment["SLUICE_BINARY"] { return URL(filePath: named) }
    let beside = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "sluice")
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    return packageRoot.appending(path: ".build/debug/sluice")
  }()

  /// Whether it was built for a sanitizer, which maps files and memory of its own (scripts/sanitize.sh).
  static let isSanitized = ProcessInfo.processInfo.environment["SLUICE_SANITIZER"] != nil

  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Runs `sluice` with these arguments in a workspace.
  static func run(_ arguments: String..., in workspace: Workspace, input: Data? = nil) throws -> Outcome {
    try run(arguments, in: workspace, input: input)
  }

  static func run(_ arguments: [String], in workspace: Workspace, input: Data? = nil) throws -> Outcome {
    let running = try Running(binary, arguments, in: workspace, input: input)
    return try running.wait()
  }

  /// Runs a line of bash, where `$SLUICE` is the binary.
  static func shell(_ line: String, in workspace: Workspace) throws -> Outcome {
    try Running(URL(filePath: "/bin/bash"), ["-c", line], in: workspace, input: nil).wait()
  }
}

/// A command on its way.
final class Running {
  private let process = Process()
  private let ended = DispatchSemaphore(value: 0)
  private let outputFile: URL
  private let errorFile: URL
  /// The write end of standard input, if the test feeds it itself.
  let feed: FileHandle?

  /// Starts a program.
  ///
  /// Without `input` standard input is empty, or a pipe held open when `fed` is true.
  init(
    _ program: URL, _ arguments: [String], in workspace: Workspace, input: Data? = nil, fed: Bool = false
  ) throws {
    outputFile = try workspace.scratchFile()
    errorFile = try workspace.scratchFile()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = workspace.directory
    var environment = [
      "PATH": "/usr/bin:/bin", "SLUICE": Command.binary.path, "COLUMNS": "110", "LC_ALL": "C.UTF-8",
      "TMPDIR": workspace.scratch.path,
    ]
    // A build for a sanitizer (scripts/sanitize.sh) needs the last three.
    for name in ["PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD"] {
      if let value = ProcessInfo.processInfo.environment[name] { environment[name] = value }
    }
    process.environment = environment
    let output = try FileHandle(forWritingTo: outputFile)
    let error = try FileHandle(forWritingTo: errorFile)
    process.standardOutput = output
    process.standardError = error
    let given: FileHandle
    if fed {
      let pipe = Pipe()
      process.standardInput = pipe
      given = pipe.fileHandleForReading
      feed = pipe.fileHandleForWriting
    } else {
      given = try FileHandle(forReadingFrom: workspace.scratchFile(input ?? Data()))
      process.standardInput = given
      feed = nil
    }
    // Whoever runs the tests in the background may have had it ignored, and children inherit that.
    for number in [SIGINT, SIGHUP] { _ = Foundation.signal(number, SIG_DFL) }
    process.terminationHandler = { [ended] _ in ended.signal() }
    try process.run()
    // Left open until they are collected, descriptors pile up; past some 1,300 Foundation crashes in `run`.
    try [given, output, error].forEach { try $0.close() }
  }

  /// What has come out so far.
  var outputSoFar: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) {
    _ = kill(process.processIdentifier, number)
  }

  /// Waits for the end; a command that takes a minute is killed and is a failure.
  func wait() throws -> Outcome {
    guard ended.wait(timeout: .now() + .seconds(60)) == .success else {
      signal(SIGKILL)
      throw CommandFailure(description: "still running after a minute: \(process.arguments ?? [])")
    }
    let status = Int(process.terminationStatus)
    return Outcome(
      status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
      output: try Data(contentsOf: outputFile),
      errorText: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
  }
}

/// A directory for one test, and another for what the test itself has to put somewhere.
final class Workspace {
  private let root: URL
  /// Where the command runs; nothing is in it but what the test or the command put there.
  let directory: URL
  let scratch: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
    directory = root.appending(path: "work")
    scratch = root.appending(path: "scratch")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: root)
  }

  func scratchFile(_ content: Data = Data()) throws -> URL {
    let file = scratch.appending(path: UUID().uuidString)
    try content.write(to: file)
    return file
  }

  func url(_ path: String) -> URL {
    directory.appending(path: path)
  }

  func write(_ path: String, _ text: String) throws {
    let file = url(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func read(_ path: String) throws -> Data {
    try Data(contentsOf: url(path))
  }

  func text(_ path: String) throws -> String {
    String(decoding: try read(path), as: UTF8.self)
  }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: url(path).path)
  }

  /// The names directly in the workspace, hidden ones too, sorted.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  /// Every file below a path: relative path and content.
  func tree(_ path: String) throws -> [String: Data] {
    try files(below: url(path))
  }
}

/// Every regular file below a directory: relative path and content; empty if there is no directory.
func files(below directory: URL) throws -> [String: Data] {
  var found: [String: Data] = [:]
  for path in (try? FileManager.default.subpathsOfDirectory(atPath: directory.path)) ?? [] {
    let file = directory.appending(path: path)
    if (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true {
      found[path] = try Data(contentsOf: file)
    }
  }
  return found
}
