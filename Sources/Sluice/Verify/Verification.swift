// Reads an output again and compares it with its manifest.

internal import ByteScan
internal import Compression
internal import Crypto
internal import Pipeline
internal import Storage

/// What is wrong with a file.
public enum FileProblem: String, Sendable {
  /// The manifest names it, and it is not there.
  case missing
  /// It is there, and the manifest does not name it.
  case extra
  /// Its length differs.
  case size
  /// Its bytes differ.
  case hash
  /// It holds another number of rows, or its last row is cut.
  case rows
  /// It is not one zstd frame with a checksum and a window that lakes can read, or not one gzip member.
  case frame
}

/// What a verification found.
public struct VerifyResult: Sendable {
  /// Each damaged file with its problem, sorted by path.
  public var problems: [(path: String, problem: FileProblem)]
  /// How many files were read.
  public var filesRead: Int
  /// How many bytes they had.
  public var bytesRead: Int

  /// Whether nothing is wrong.
  public var isOK: Bool { problems.isEmpty }

  /// The line of `--json`.
  public var json: String {
    let files = problems.map { problem in
      JSONText.object([("path", .text(problem.path)), ("problem", .text(problem.problem.rawValue))])
    }
    let all = JSONText.object([("schema", .int(1)), ("ok", .bool(isOK)), ("files", .array(files))])
    return String(decoding: all.utf8, as: UTF8.self)
  }
}

/// Verifies one output directory.
public struct Verification: Sendable {
  private let directory: String
  private let workers: Int

  /// Plans to verify `directory` on `workers` threads.
  public init(directory: String, workers: Int) {
    self.directory = directory
    self.workers = workers
  }

  /// Reads every file again.
  ///
  /// - Returns: What is wrong.
  /// - Throws: `RunError` if the directory is no output of Sluice at all, or cannot be read.
  public func run() throws(RunError) -> VerifyResult {
    do {
      return try verify()
    } catch {
      throw RunError(error)
    }
  }

  private func verify() throws -> VerifyResult {
    guard try FileStatus(of: directory, followingLinks: true)?.kind == .directory else {
      throw notAnOutput("there is no such directory")
    }
    guard try FileStatus(of: directory + "/manifest.json", followingLinks: false)?.kind == .file else {
      throw notAnOutput("it has no manifest.json")
    }
    let text = try readAll(directory + "/manifest.json")
    guard let manifest = VerifiedManifest(text) else {
      throw notAnOutput("manifest.json is no manifest of sluice")
    }
    var problems = try problemsBesideData(manifest)
    if !manifest.isIntact { problems.append(("manifest.json", .hash)) }
    problems += try extraFiles(manifest)
    let found = Monitor((problems: [(path: String, problem: FileProblem)](), bytes: 0))
    try WorkerGroup(count: workers, label: "sluice.verify").forEach(below: manifest.files.count) { index in
      let file = manifest.files[index]
      let problem = try check(file)
      found.withLock { state in
        state.bytes += file.bytes
        if let problem { state.problems.append((file.path, problem)) }
      }
    }
    let checked = found.withLock { $0 }
    return VerifyResult(
      problems: (problems + checked.problems).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) },
      filesRead: manifest.files.count, bytesRead: checked.bytes)
  }

  private func notAnOutput(_ reason: String) -> RunError {
    RunError(
      .output, "\(directory): \(reason)", hint: "Name the directory that 'sluice run --output' made.")
  }

  private func problemsBesideData(_ manifest: VerifiedManifest) throws -> [(
    path: String, problem: FileProblem
  )] {
    var problems: [(path: String, problem: FileProblem)] = []
    switch try FileStatus(of: directory + "/data/_SUCCESS", followingLinks: false) {
    case nil: problems.append(("data/_SUCCESS", .missing))
    case let status?: if status.kind != .file || status.size > 0 { problems.append(("data/_SUCCESS", .size)) }
    }
    if let problem = try check("report.json", size: nil, sha256: manifest.reportSha256) {
      problems.append(("report.json", problem))
    }
    for reject in manifest.rejects {
      if let problem = try check(reject.path, size: reject.bytes, sha256: reject.sha256) {
        problems.append((reject.path, problem))
      }
    }
    return problems
  }

  /// Everything below `data/` and `rejects/` that the manifest does not know.
  private func extraFiles(_ manifest: VerifiedManifest) throws -> [(path: String, problem: FileProblem)] {
    let known = Set(manifest.files.map(\.path) + manifest.rejects.map(\.path) + ["data/_SUCCESS"])
    var extra: [String] = []
    var directories = ["data", "rejects"]
    while let path = directories.popLast() {
      guard try FileStatus(of: "\(directory)/\(path)", followingLinks: false)?.kind == .directory else {
        continue
      }
      for entry in try Directory.list("\(directory)/\(path)") {
        let inner = "\(path)/\(entry.name)"
        if entry.kind == .directory {
          directories.append(inner)
        } else if !known.contains(inner) {
          extra.append(inner)
        }
      }
    }
    return extra.map { ($0, .extra) }
  }

  /// Compares a file of `data/`.
  private func check(_ file: VerifiedManifest.File) throws -> FileProblem? {
    if let problem = try check(file.path, size: file.bytes, sha256: file.sha256) { return problem }
    return try PartCheck(path: "\(directory)/\(file.path)").problem(rows: file.rows, rawBytes: file.rawBytes)
  }

  private func check(_ path: String, size: Int?, sha256: String) throws -> FileProblem? {
    guard TreePath.isSafe(path),
      try FileStatus(of: "\(directory)/\(path)", followingLinks: false)?.kind == .file
    else { return .missing }
    let source = try openForReading("\(directory)/\(path)")
    if let size, source.size != size { return .size }
    var hash = SHA256()
    try SequentialReader(source).forEachPiece { piece in
      // The hash reads the bytes before the span's lifetime ends.
      unsafe piece.withUnsafeBufferPointer { unsafe hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
    return Digest.hexadecimal(hash.finalize()) == sha256 ? nil : .hash
  }
}

extension ByteStream {
  /// Visits everything in pieces.
  func forEachPiece(_ body: (Span<UInt8>) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe read(into: $0) }
      if count == 0 { return }
      try body(buffer.span.extracting(0..<count))
    }
  }
}
