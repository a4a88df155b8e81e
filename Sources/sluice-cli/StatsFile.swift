// The file of `--stats json=PATH` or `--html PATH`. Whether it can be written is found out before the run and
// not behind hours of work; the text itself goes to another name first, so that nobody ever reads half of it.

import Glibc
import Storage
import SystemPackage

/// A file that is written at the end of a run.
struct StatsFile {
  /// The path as it was typed.
  let path: FilePath
  /// What goes into it.
  var content = "the statistics"

  /// Whether it would be in a directory, which need not be there yet.
  func lies(in directory: FilePath) -> Bool {
    if let parent = try? Path.resolve(Path.parent(of: path)), let outer = try? Path.resolve(directory) {
      return parent.starts(with: outer)
    }
    return path != directory && path.starts(with: directory)
  }

  /// Finds out whether the file can be written.
  ///
  /// - Throws: `StorageError`.
  func check() throws {
    guard let target = try target() else {
      if try FileStatus(of: path, followingLinks: true)?.kind == .directory {
        throw StorageError(operation: "write", path: path, errno: .isDirectory)
      }
      return
    }
    do {
      // A file without a name shows as much, and never stays behind.
      _ = try SpoolFile(in: Path.parent(of: target))
    } catch {
      try openInPlace(target, after: named(error)).close()
    }
  }

  /// Writes the file as a whole.
  ///
  /// - Throws: `StorageError`.
  func write(_ text: String) throws {
    // A pipe or a device is written to as it is.
    guard let target = try target() else { return try write(text, to: open(path, [.create])) }
    let file: FileSink
    let name: FilePath
    do {
      (file, name) = try makeBeside(target)
    } catch let error as StorageError {
      return try write(text, to: openInPlace(target, after: error))
    }
    do {
      try file.append(Array(text.utf8))
      try file.finish()
      try Rename.move(name, to: target)
    } catch {
      try? Directory.removeTree(name)
      throw named(error)
    }
  }

  /// Where a file is to be replaced or made, links followed; nil for what is no file.
  private func target() throws -> FilePath? {
    switch try FileStatus(of: path, followingLinks: true)?.kind {
    case .file: return try Path.resolve(path)
    case nil where try FileStatus(of: path, followingLinks: false) == nil: return path
    default: return nil
    }
  }

  private func makeBeside(_ target: FilePath) throws -> (file: FileSink, name: FilePath) {
    // The same each time, so that what a run leaves which dies right here goes with the next one.
    let hidden = Array(".".utf8) + (target.lastComponent?.bytes ?? []) + Array(".sluice-new".utf8)
    let name = Path.parent(of: target).pushing(FilePath(bytes: hidden))
    do {
      // By name it is ours; what is no file is not, and the making of ours fails.
      if try FileStatus(of: name, followingLinks: false)?.kind == .file { try Directory.removeTree(name) }
      return (try FileSink(creating: name), name)
    } catch {
      throw named(error)
    }
  }

  /// A file may be written to where its directory may not; then it is not replaced but overwritten.
  private func openInPlace(_ target: FilePath, after error: StorageError) throws -> FileDescriptor {
    guard try FileStatus(of: target, followingLinks: true) != nil else { throw error }
    return try open(target, [])
  }

  private func open(_ path: FilePath, _ options: FileDescriptor.OpenOptions) throws -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        path, .writeOnly, options: options.union(.closeOnExec),
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw named(error)
    }
  }

  private func write(_ text: String, to descriptor: FileDescriptor) throws {
    do {
      defer { try? descriptor.close() }
      _ = try descriptor.writeAll(text.utf8)
      // Neither pipes nor devices can be cut; what stood in a file behind the line must go.
      try? descriptor.resize(to: Int64(text.utf8.count))
    } catch {
      throw named(error)
    }
  }

  /// The failure under the name that was typed.
  private func named(_ error: any Error) -> StorageError {
    let known = error as? StorageError
    return StorageError(
      operation: "write \(content)", path: path, errno: known?.errno ?? error as? Errno ?? .ioError)
  }
}
