// What verify found, for people and for machines.

/// The outcome of re-reading an output.
public struct VerifyOutcome: Hashable, Sendable {
  /// What can be wrong with a file.
  public enum Problem: String, Sendable {
    /// It is listed, and there is no such file.
    case missing
    /// It is there, and not listed.
    case extra
    /// Its size is not the one it had.
    case size
    /// Its bytes are not those it had.
    case hash
    /// It has not as many lines as rows were written, or its last line has no end.
    case rows
    /// It is not compressed as a part has to be, or can't be decompressed.
    case frame
  }

  /// A file with a problem.
  public struct File: Hashable, Sendable {
    /// The path from the output directory, as the manifest lists it.
    ///
    /// Of a file that is not listed, U+FFFD stands for what is not valid UTF-8.
    public let path: String
    /// What is wrong with it.
    public let problem: Problem

    /// Pairs a path with a problem.
    public init(path: String, problem: Problem) {
      self.path = path
      self.problem = problem
    }
  }

  /// The files with a problem, sorted by path bytewise, each once.
  public let files: [File]
  /// How many parts the manifest lists.
  public let parts: Int
  /// How many rows it lists.
  public let rows: Int
  /// How many stored bytes it lists.
  public let bytes: Int

  /// Whether nothing is wrong.
  public var isOK: Bool { files.isEmpty }

  /// The lines for people, the last a summary; each ends with a newline.
  public func text(directory: String) -> String {
    let directory = directory.shown
    let lines = files.map { "\(directory)/\($0.path.shown): \($0.problem.explanation)\n" }
    let summary =
      isOK
      ? "\(directory): ok, \(counted(parts, "file")), \(counted(rows, "row")), \(counted(bytes, "byte"))\n"
      : "\(directory): \(counted(files.count, "problem"))\n"
    return lines.joined() + summary
  }

  /// The line that `--json` prints, with its newline.
  public func json() -> String {
    let problems = files.map { file in
      JSONText.object([("path", .text(file.path)), ("problem", .text(file.problem.rawValue))])
    }
    let line = JSONText.object([("schema", .int(1)), ("ok", .bool(isOK)), ("files", .array(problems))])
    return String(decoding: line.utf8, as: UTF8.self) + "\n"
  }

  private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension VerifyOutcome.Problem {
  /// What it means, in a few words after its name.
  fileprivate var explanation: String {
    switch self {
    case .missing: "missing"
    case .extra: "extra: not in the manifest"
    case .size: "size: not as long as it was written"
    case .hash: "hash: not the bytes that were written"
    case .rows: "rows: not the lines that were written"
    case .frame: "frame: not compressed as it was written"
    }
  }
}
