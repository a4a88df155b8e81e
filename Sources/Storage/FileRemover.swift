// Removes files one by one, and each directory as it is left, if nothing else is in it. Works with descriptors
// from the root down and never follows a symbolic link, so that a list of names cannot lead out of the tree.

public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Directory {
  /// Removes a directory unless something is in it; one that is missing is fine.
  ///
  /// - Parameter path: The directory.
  /// - Returns: Whether it is gone; false if something is in it.
  /// - Throws: `StorageError`.
  public static func removeUnlessFull(_ path: FilePath) throws(StorageError) -> Bool {
    do {
      try systemCall("remove", path) { unsafe rmdir($0) }
    } catch {
      if error.errno == .directoryNotEmpty || error.errno == .fileExists { return false }
      if error.errno != .noSuchFileOrDirectory { throw error }
    }
    return true
  }
}

/// Removes listed files below a directory, and nothing else.
public final class FileRemover {
  private let root: FilePath
  /// The root, and the directories that lead to the file removed last.
  private var open: [(name: [CChar], descriptor: CInt)] = []

  /// Opens the directory that everything is removed below.
  ///
  /// - Parameter root: The directory; the last component must not be a symbolic link.
  /// - Throws: `StorageError`.
  public init(below root: FilePath) throws(StorageError) {
    self.root = root
    let descriptor = try systemCall("open", root) { unsafe systemOpen($0, Self.flags) }
    open.append(([], descriptor))
  }

  deinit { for directory in open { close(directory.descriptor) } }

  private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

  /// Removes a file; what is missing, or is no regular file, is passed over.
  ///
  /// - Parameter path: The file's path from the root.
  /// - Throws: `StorageError` where it is there and cannot be removed.
  public func remove(_ path: [UInt8]) throws(StorageError) {
    let components = path.split(separator: 0x2F).map { $0.map { CChar(bitPattern: $0) } + [0] }
    guard let name = components.last, try enter(components.dropLast()) else { return }
    let parent = open[open.count - 1].descriptor
    var status = stat()
    let isFile = try passingOver([.noSuchFileOrDirectory]) { () throws(StorageError) in
      try systemCall("look into", root) { unsafe fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) }
    }
    guard isFile, FileStatus(status).kind == .file else { return }
    _ = try passingOver([.noSuchFileOrDirectory]) { () throws(StorageError) in
      try systemCall("remove", root) { unsafe unlinkat(parent, name, 0) }
    }
  }

  /// Removes the directories that were left empty; the root stays.
  ///
  /// - Throws: `StorageError`.
  public func finish() throws(StorageError) {
    while open.count > 1 { try leave() }
  }

  /// Goes to a directory; false if there is none of that name.
  private func enter(_ components: ArraySlice<[CChar]>) throws(StorageError) -> Bool {
    let shared = zip(open.dropFirst(), components).prefix { $0.name == $1 }.count
    while open.count > shared + 1 { try leave() }
    for name in components.dropFirst(shared) {
      let parent = open[open.count - 1].descriptor
      var child: CInt = -1
      let isThere = try passingOver([.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels]) {
        () throws(StorageError) in
        child = try systemCall("open", root) { unsafe openat(parent, name, Self.flags) }
      }
      if !isThere { return false }
      open.append((name, child))
    }
    return true
  }

  /// Goes one directory up, and removes the one that was left if it is empty.
  private func leave() throws(StorageError) {
    guard open.count > 1, let left = open.popLast() else { return }
    close(left.descriptor)
    let parent = open[open.count - 1].descriptor
    _ = try passingOver([.directoryNotEmpty, .fileExists, .noSuchFileOrDirectory, .notDirectory]) {
      () throws(StorageError) in
      try systemCall("remove", root) { unsafe unlinkat(parent, left.name, AT_REMOVEDIR) }
    }
  }

  /// Whether a call succeeded; these failures are none.
  private func passingOver(
    _ codes: [Errno], _ call: () throws(StorageError) -> Void
  ) throws(StorageError) -> Bool {
    do {
      try call()
      return true
    } catch {
      if codes.contains(error.errno) { return false }
      throw error
    }
  }
}
