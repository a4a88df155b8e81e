public import SystemPackage

/// A call that the operating system refused.
public struct StorageError: Error, Hashable, Sendable {
  /// What was being done, as a verb: `open`, `read`, `write`, `rename` …
  public let operation: String
  /// The file or directory it was done to, as the user would name it.
  public let path: String
  /// What the system answered.
  public let errno: Errno

  /// Describes a refused call.
  public init(operation: String, path: String, errno: Errno) {
    self.operation = operation
    self.path = path
    self.errno = errno
  }
}

extension StorageError: CustomStringConvertible {
  /// One line for people: `cannot open export.json: No such file or directory`.
  public var description: String { "cannot \(operation) \(path): \(errno)" }
}
