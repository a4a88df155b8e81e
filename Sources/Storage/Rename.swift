// Names change places in one step, or not at all: what a commit is made of.

internal import CStorage
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Renaming.
public enum Rename {
  /// Gives `from` the name `to`; an empty directory or a file of that name is replaced.
  ///
  /// - Parameters:
  ///   - from: The name now.
  ///   - to: The name from then on, on the same file system.
  /// - Throws: `StorageError` that names `to`.
  public static func move(_ from: FilePath, to: FilePath) throws(StorageError) {
    try systemCall("rename to", to) { to in unsafe from.withPlatformString { unsafe rename($0, to) } }
  }

  /// Lets two names change places atomically.
  ///
  /// - Parameters:
  ///   - from: One name.
  ///   - to: The other.
  /// - Throws: `StorageError` that names `to`; `.invalidArgument` and its like where the file system
  ///   cannot exchange names.
  public static func exchange(_ from: FilePath, _ to: FilePath) throws(StorageError) {
    try systemCall("exchange", to) { to in
      unsafe from.withPlatformString { unsafe cstorage_rename_exchange($0, to) }
    }
  }
}
