// Exports to measure with, the same for everybody: made from a seed, in memory or as files, with the truth about
// what is in them.

public import ExportGenerator
public import Foundation

/// What benchmarks read.
public enum Inputs {
  /// About how many bytes the files have, which the environment may say: SLUICE_BENCHMARK_SIZE, in megabytes.
  public static let fileSize: Int = {
    let text = ProcessInfo.processInfo.environment["SLUICE_BENCHMARK_SIZE"]
    return (text.flatMap { Int($0) } ?? 100) * 1_000_000
  }()

  /// An export in memory.
  public static func bytes(
    _ size: Int = 16_000_000, style: ExportStyle = .minified, kind: ExportKind = .video
  ) -> (bytes: [UInt8], truth: ExportTruth) {
    var options = ExportOptions(size: size)
    options.style = style
    options.kind = kind
    return ExportGenerator(options).bytes()
  }

  /// A place for files that goes away with this process; in memory where the system has one.
  public static let folder: URL = {
    let memory = URL(filePath: "/dev/shm")
    let root =
      FileManager.default.isWritableFile(atPath: memory.path)
      ? memory : FileManager.default.temporaryDirectory
    return root.appending(path: "sluice-benchmarks-\(ProcessInfo.processInfo.processIdentifier)")
  }()

  /// Writes an export to a file.
  ///
  /// - Returns: Its path, and what is in it.
  /// - Throws: What the system refuses.
  public static func file(
    style: ExportStyle = .minified, kind: ExportKind = .video
  ) throws -> (path: String, truth: ExportTruth) {
    var options = ExportOptions(size: fileSize)
    options.style = style
    options.kind = kind
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "\(style)-\(kind).json")
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }
    let truth = try ExportGenerator(options).generate { piece in
      try piece.withUnsafeBytes { try handle.write(contentsOf: Data($0)) }
    }
    return (file.path, truth)
  }

  /// Removes all files.
  public static func removeFiles() { try? FileManager.default.removeItem(at: folder) }
}
