import Glibc

/// A call that the system refused.
struct OutputError: Error, CustomStringConvertible {
  let description: String

  init(_ verb: String, _ path: String) {
    description = "cannot \(verb) \(path): \(unsafe String(cString: strerror(errno)))"
  }
}

/// A file that is written from front to back.
final class OutputFile {
  static var standardError: OutputFile { OutputFile(descriptor: 2, path: "stderr") }

  private let descriptor: Int32
  private let path: String

  init(_ path: String) throws {
    self.path = path
    descriptor = path == "-" ? 1 : unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw OutputError("open", path) }
  }

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  func write(_ bytes: Span<UInt8>) throws {
    // The buffer is the span's own memory and isn't kept.
    try unsafe bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        if count < 0 { throw OutputError("write", path) }
        written += count
      }
    }
  }

  /// Some file systems report a full disk only here.
  func close() throws {
    if descriptor > 2, Glibc.close(descriptor) != 0 { throw OutputError("close", path) }
  }
}
