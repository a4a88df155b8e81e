// What a run is given to read, and how it is opened. This is the one place that knows all kinds of inputs.

internal import Compression
internal import Storage
public import SystemPackage

/// What a run is given to read.
public struct InputName: Sendable, Hashable, CustomStringConvertible {
  private enum Kind: Hashable, Sendable {
    case path(FilePath)
    case standardInput
  }

  private let kind: Kind

  /// A path, which need not be text.
  public static func path(_ path: FilePath) -> InputName { InputName(kind: .path(path)) }

  /// Standard input.
  public static let standardInput = InputName(kind: .standardInput)

  /// The path, if it is one.
  public var path: FilePath? {
    if case .path(let path) = kind { path } else { nil }
  }

  /// The name for people, with U+FFFD for what of a path is not valid UTF-8; `-` for standard input.
  public var description: String { shownPath.string }

  /// What messages call it.
  var shownPath: FilePath {
    switch kind {
    case .path(let path): path
    case .standardInput: "-"
    }
  }
}

extension InputName {
  /// The length, unless it is a pipe.
  ///
  /// - Throws: `StorageError` if it is a file that cannot be opened.
  func size() throws -> Int? {
    switch kind {
    case .standardInput:
      // Asking for its length by opening it would move where it stands.
      let status = try FileStatus(of: FileDescriptor.standardInput, path: shownPath)
      if status.kind == .directory { throw isDirectory }
      return status.kind == .file ? status.size : nil
    case .path(let path):
      switch try FileStatus(of: path, followingLinks: true)?.kind {
      case .directory: throw isDirectory
      case .file, nil: return try open { _ in }.size
      // Opening a pipe and closing it again would end it for whoever writes to it.
      case .symbolicLink, .other: return nil
      }
    }
  }

  /// What the file system knows of it; nil if it is not there, or in no file system.
  ///
  /// - Throws: `StorageError`.
  func status() throws -> FileStatus? {
    switch kind {
    case .path(let path): try FileStatus(of: path, followingLinks: true)
    case .standardInput: try FileStatus(of: FileDescriptor.standardInput, path: shownPath)
    }
  }

  /// Opens it.
  ///
  /// - Parameters:
  ///   - gate: Says how long a pipe is waited for.
  ///   - counting: Gets how many bytes were read, each time.
  /// - Returns: Its bytes.
  /// - Throws: `StorageError`.
  func open(gate: ReadGate? = nil, counting: @escaping @Sendable (Int) -> Void) throws -> any ByteSource {
    let descriptor =
      switch kind {
      case .standardInput: try duplicate(.standardInput)
      case .path(let path): try open(path)
      }
    let version: FileVersion
    do {
      version = try FileVersion(of: descriptor, path: shownPath)
    } catch {
      try? descriptor.close()
      throw error
    }
    // A file on standard input may have been read from already; then it is like a pipe.
    if version.isFile, (try? descriptor.seek(offset: 0, from: .current)) == 0 {
      return try FileInput(descriptor, version, name: self, counting: counting)
    }
    return PipeInput(descriptor, name: self, gate: gate, counting: counting)
  }

  private func open(_ path: FilePath) throws -> FileDescriptor {
    do {
      return try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    } catch {
      throw StorageError(operation: "open", path: path, errno: error as? Errno ?? .ioError)
    }
  }

  private func duplicate(_ descriptor: FileDescriptor) throws -> FileDescriptor {
    do {
      return try descriptor.duplicate()
    } catch {
      throw StorageError(operation: "open", path: "-", errno: error as? Errno ?? .ioError)
    }
  }
}

extension InputName {
  private var isDirectory: RunError {
    let shown = ForeignPlace(name: self, entry: nil, container: .plain).shellName
    return RunError(
      .notExport, "\(self): this is a directory, not an export",
      hint: "Name the files in it: sluice run \(self == .standardInput ? "DIR" : shown)/*.json")
  }
}
