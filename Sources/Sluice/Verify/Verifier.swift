// Re-reads an output against its manifest. First the tree is walked, links unfollowed, which gives the
// files that are really there; listed paths are only looked up among them. So a hostile manifest can
// name `/etc/passwd`, `..` or a path through a link: all it gets is `missing`.

internal import Compression
internal import Pipeline
package import Storage
internal import Synchronization
public import SystemPackage

/// Decompresses a part: gets its stored bytes, gives its rows.
///
/// It throws where the bytes are not exactly one frame or member, complete and with a right checksum.
package typealias PartDecoder = @Sendable (any ByteStream, PartFormat) throws -> any ByteStream

/// Checks an output directory.
public struct Verifier: Sendable {
  private let directory: FilePath
  private let decode: PartDecoder

  /// Prepares a check.
  ///
  /// - Parameters:
  ///   - directory: The output directory; it may be a link.
  ///   - decode: Decompresses the parts; never asked about plain ones.
  package init(directory: FilePath, decode: @escaping PartDecoder) {
    self.directory = directory
    self.decode = decode
  }

  /// Prepares a check of an output as `Run` makes it.
  ///
  /// - Parameter directory: The output directory; it may be a link.
  public init(directory: FilePath) {
    self.init(directory: directory) { stream, format in
      switch format {
      case .zstd: try ZstdDecoder(stream)
      case .gzip: try GzipDecoder(stream, isOneMember: true)
      case .plain: stream
      }
    }
  }

  /// Reads every file.
  ///
  /// - Parameters:
  ///   - workers: How many files are read at a time; nil for one for each processor this process may use.
  ///   - progress: Called from any thread with the stored bytes read since the last call.
  /// - Returns: What was found.
  /// - Throws: `RunError` when the directory or a file can't be read.
  public func execute(
    workers: Int? = nil, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(RunError) -> VerifyOutcome {
    do {
      return try run(workers: workers ?? CurrentProcess.processors, progress: progress)
    } catch {
      throw RunError(error)
    }
  }

  /// The same, with the failures as they are.
  ///
  /// - Throws: `StorageError`, `VerifyError`.
  package func run(
    workers: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> VerifyOutcome {
    let root = try Path.resolve(directory)
    var problems = Problems()
    let top = Dictionary(
      try Directory.list(root).map { ($0.nameBytes, $0) }, uniquingKeysWith: { first, _ in first })
    guard let manifest = try readManifest(root, top, &problems) else {
      return VerifyOutcome(files: problems.sorted, parts: 0, rows: 0, bytes: 0)
    }
    try checkReport(root, top, manifest, &problems)
    var found: [[UInt8]: DirectoryEntry] = [:]
    for name in ["data", "rejects"] where top[Array(name.utf8)]?.kind == .directory {
      let count = try walk(root.appending(name), Array(name.utf8), &found)
      if count == 0, name == "rejects" { found[Array(name.utf8)] = top[Array(name.utf8)] }
    }
    checkSuccess(&found, &problems)
    let present = lookUp(manifest.files + manifest.rejects, in: &found, &problems)
    let known = Self.directories(of: manifest.files + manifest.rejects)
    // A directory that has lost its files is none too many.
    for (path, entry) in found where entry.kind != .directory || !known.contains(path) {
      problems.add(String(decoding: path, as: UTF8.self), .extra)
    }
    for (file, problem) in try check(present, below: root, workers, progress) {
      problems.add(file.path, problem)
    }
    return VerifyOutcome(
      files: problems.sorted, parts: manifest.files.count,
      rows: manifest.files.reduce(0) { $0 &+ ($1.rows ?? 0) },
      bytes: manifest.files.reduce(0) { $0 &+ $1.bytes })
  }

  // MARK: The files beside the data

  private func readManifest(
    _ root: FilePath, _ top: [[UInt8]: DirectoryEntry], _ problems: inout Problems
  ) throws -> ManifestContents? {
    guard top[Array("manifest.json".utf8)]?.kind == .file else {
      problems.add("manifest.json", .missing)
      return nil
    }
    let source = try openForReading(root.appending("manifest.json"))
    guard source.size <= ManifestContents.longest else {
      problems.add("manifest.json", .size)
      return nil
    }
    let contents = try ManifestContents.read(source)
    // One that is damaged but readable still tells what should be there.
    if contents?.isIntact != true { problems.add("manifest.json", .hash) }
    return contents
  }

  private func checkReport(
    _ root: FilePath, _ top: [[UInt8]: DirectoryEntry], _ manifest: ManifestContents,
    _ problems: inout Problems
  ) throws {
    guard top[Array("report.json".utf8)]?.kind == .file else {
      return problems.add("report.json", .missing)
    }
    let source = try openForReading(root.appending("report.json"))
    guard source.size <= ManifestContents.longest else { return problems.add("report.json", .size) }
    let stored = SummingStream(SequentialReader(source), progress: { _ in })
    try stored.drain()
    if stored.sha256 != manifest.reportSha256 { problems.add("report.json", .hash) }
  }

  private func checkSuccess(_ found: inout [[UInt8]: DirectoryEntry], _ problems: inout Problems) {
    let marker = found.removeValue(forKey: Array("data/_SUCCESS".utf8))
    if marker?.kind != .file {
      problems.add("data/_SUCCESS", .missing)
    } else if marker?.size != 0 {
      problems.add("data/_SUCCESS", .size)
    }
  }

  // MARK: The files that are there

  /// Adds everything below `directory` that is no directory, or one that is empty, by its path from the root.
  ///
  /// - Returns: How many names `directory` holds.
  @discardableResult
  private func walk(
    _ directory: FilePath, _ relative: [UInt8], _ found: inout [[UInt8]: DirectoryEntry]
  ) throws -> Int {
    let entries = try Directory.list(directory)
    for entry in entries {
      let path = relative + [0x2F] + entry.nameBytes
      // A run makes no directory without a file in it.
      let isFull = try entry.kind == .directory && walk(entry.path(in: directory), path, &found) > 0
      if !isFull { found[path] = entry }
    }
    return entries.count
  }

  /// The directories that listed files are in, by their paths from the root.
  private static func directories(of listed: [ManifestContents.File]) -> Set<[UInt8]> {
    var directories: Set<[UInt8]> = []
    for file in listed {
      var path = file.path.utf8[...]
      while let slash = path.lastIndex(of: 0x2F) {
        path = path[..<slash]
        // What is above it is known by then.
        if !directories.insert(Array(path)).inserted { break }
      }
    }
    return directories
  }

  /// Takes the listed files out of those found; what isn't a file of the right size is a problem.
  private func lookUp(
    _ listed: [ManifestContents.File], in found: inout [[UInt8]: DirectoryEntry],
    _ problems: inout Problems
  ) -> [ManifestContents.File] {
    var present: [ManifestContents.File] = []
    for file in listed {
      let entry = found.removeValue(forKey: Array(file.path.utf8))
      if entry?.kind != .file {
        problems.add(file.path, .missing)
      } else if entry?.size != file.bytes {
        problems.add(file.path, .size)
      } else {
        present.append(file)
      }
    }
    return present
  }

  /// Reads files, several at a time; the results are in the order of the list, whoever came first.
  private func check(
    _ files: [ManifestContents.File], below root: FilePath, _ workers: Int,
    _ progress: @escaping @Sendable (Int) -> Void
  ) throws -> [(ManifestContents.File, VerifyOutcome.Problem)] {
    let results = Mutex([VerifyOutcome.Problem?](repeating: nil, count: files.count))
    try WorkerGroup(count: min(workers, files.count)).forEach(below: files.count) { [decode] index in
      let check = PartCheck(file: files[index], decode: decode, progress: progress)
      let problem = try check.run(root.appending(files[index].path))
      results.withLock { $0[index] = problem }
    }
    return zip(files, results.withLock { $0 }).compactMap { file, problem in problem.map { (file, $0) } }
  }
}

/// Problems as they are found: the first one of a path counts.
private struct Problems {
  private var byPath: [[UInt8]: VerifyOutcome.Problem] = [:]

  mutating func add(_ path: String, _ problem: VerifyOutcome.Problem) {
    let key = Array(path.utf8)
    byPath[key] = byPath[key] ?? problem
  }

  var sorted: [VerifyOutcome.File] {
    byPath.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { VerifyOutcome.File(path: String(decoding: $0.key, as: UTF8.self), problem: $0.value) }
  }
}
