// The three descriptors that a process is started with, of which any may be closed.

internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard input, output and error.
public enum StandardDescriptors {
  /// Takes the place of those that are closed, so that no file that is opened later gets it: what goes to standard
  /// output would be written into that file.
  ///
  /// What stands in refuses reads on standard input, and writes on the others, as a closed descriptor does.
  ///
  /// Call it before anything is opened.
  public static func occupyClosed() {
    for descriptor in [FileDescriptor.standardInput, .standardOutput, .standardError] {
      guard fcntl(descriptor.rawValue, F_GETFD) < 0, errno == EBADF else { continue }
      // The lowest number that is free is the one that is closed.
      let mode: FileDescriptor.AccessMode = descriptor == .standardInput ? .writeOnly : .readOnly
      _ = try? FileDescriptor.open("/dev/null", mode)
    }
  }
}
