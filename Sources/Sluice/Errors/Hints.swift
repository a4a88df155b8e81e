// What to do about a failure, in one sentence for people.

internal import Compression
internal import Storage
internal import SystemPackage

/// What to do about what went wrong.
///
/// Options are named as a caller of the library sets them, in backticks; the command puts its own names there.
enum Hints {
  static let encoding = "Convert the file to UTF-8, for example with iconv."
  static let issueExport = "Export with type=task; issues have no annotations to select."

  /// What to do about a container that cannot be read, or rows that cannot be compressed.
  static func container(_ error: CompressionError) -> String {
    switch error.code {
    case .encrypted: "Unpack it with its password, and name what comes out."
    case .unsupported: "Unpack it with the program that made it, and name what comes out."
    case .windowTooLarge: "Unpack it with zstd --long=31, and name what comes out or pipe it in."
    case .outOfMemory: "Lower `workers`, `level` or `long`, or free some memory."
    case .noThreads:
      "Raise the limit on processes (ulimit -u, or the container's), or use `format = .gzip` or `.none`."
    case .badOption: "Choose another `level` or `long`."
    default: "The file may be damaged or cut short: fetch the export again."
    }
  }

  /// What to do about a call that the system refused.
  static func system(_ error: StorageError) -> String {
    switch error.errno {
    case .noSuchFileOrDirectory: "Check the name."
    case .permissionDenied, .notPermitted: "Check who may read and write there."
    case .noSpace, .diskQuotaExceeded:
      "Make room there, or name another place with `output` or `temporaryDirectory`."
    case .improperLink:
      "That file system cannot rename directories: write to another, and copy the output there."
    case .isDirectory: "Name a file, not a directory."
    case .notDirectory: "What stands in front of the last slash must be a directory."
    case .fileNameTooLong: "Choose a shorter name."
    case .fileTooLarge: "Raise the limit on the size of files (ulimit -f), or lower `targetSize`."
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
      "Raise the limit on open files (ulimit -n), or lower `workers`."
    case .noMemory: "Lower `memory` or `workers`, or free some memory."
    case .readOnlyFileSystem: "Name a place that can be written to with `output` or `temporaryDirectory`."
    case .badFileDescriptor:
      "\(error.path == "-" ? "Standard input" : "It") is closed: see what starts sluice, and leave out >&- and <&-."
    case .ioError: "The disk or the network behind it failed: see the system's log, and try another place."
    case .resourceBusy, .textFileBusy: "Wait until no other program uses it."
    case .illegalByteSequence: "Choose another name: that file system takes only valid UTF-8."
    case .invalidArgument:
      "Check what is named: not every file system takes every name, nor every device every call."
    default: "Look the system's answer up with 'man errno', and try another place."
    }
  }
}
