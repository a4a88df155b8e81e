public import SystemPackage

/// A call that the operating system refused.
public struct StorageError: Error, Hashable, Sendable {
  /// What was being done, as a verb, such as `open` or `write`.
  public let operation: String
  /// The file or directory it was done to, as the user would name it.
  public let path: FilePath
  /// What the system answered.
  public let errno: Errno
  /// How many bytes the file had taken when space or quota ran out, else nil.
  public let bytesWritten: Int?

  /// Describes a refused call.
  public init(operation: String, path: FilePath, errno: Errno, bytesWritten: Int? = nil) {
    self.operation = operation
    self.path = path
    self.errno = errno
    self.bytesWritten = bytesWritten
  }

  /// Whether the disk, the quota or the largest file size allowed is what ran out.
  public var isOutOfSpace: Bool {
    errno == .noSpace || errno == .diskQuotaExceeded || errno == .fileTooLarge
  }
}

extension StorageError: CustomStringConvertible {
  /// One line for people: `export.json: cannot open: No such file or directory`.
  public var description: String {
    let after = bytesWritten.map { " (after \($0) bytes)" } ?? ""
    return "\(path): cannot \(operation): \(errno)\(after)"
  }
}
