// Names change places in one step, or not at all: what a commit is made of.

internal import CStorage
import Glibc
internal import SystemPackage

/// Renaming.
public enum Rename {
  /// Gives `from` the name `to`; an empty directory or a file of that name is replaced.
  ///
  /// - Parameters:
  ///   - from: The name now.
  ///   - to: The name from then on, on the same file system.
  /// - Throws: `StorageError` that names `to`.
  public static func move(_ from: String, to: String) throws(StorageError) {
    guard !from.utf8.contains(0) else {
      throw StorageError(operation: "rename", path: from, errno: .invalidArgument)
    }
    try systemCall("rename to", to) { unsafe rename(from, to) }
  }

  /// Lets two names change places atomically.
  ///
  /// - Parameters:
  ///   - from: One name.
  ///   - to: The other.
  /// - Throws: `StorageError` that names `to`; `.invalidArgument` and its like where the file system
  ///   cannot exchange names.
  public static func exchange(_ from: String, _ to: String) throws(StorageError) {
    guard !from.utf8.contains(0) else {
      throw StorageError(operation: "exchange", path: from, errno: .invalidArgument)
    }
    try systemCall("exchange", to) { unsafe cstorage_rename_exchange(from, to) }
  }
}
