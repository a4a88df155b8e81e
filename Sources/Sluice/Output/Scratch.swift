// Disk space for what cannot be held: spooled pipes, spilled rows. Nothing in it outlives the process.

internal import Storage
internal import SystemPackage

/// A directory for nameless files.
struct Scratch: Sendable {
  /// Where they take their space; it exists.
  let directory: FilePath

  /// Makes a file for bytes that must be read again.
  func makeSpool() throws -> SpoolFile { try SpoolFile(in: directory) }

  /// Makes a file for rows whose partition must wait.
  func makeSpillLog() throws -> SpillLog { try SpillLog(SpoolFile(in: directory)) }
}
