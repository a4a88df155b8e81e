// The one place where a C return value becomes a Swift error, and where a path becomes what C calls a path.

internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Makes a call that answers -1 for failure, again as long as a signal cuts it short.
///
/// - Parameters:
///   - operation: What is done, as a verb.
///   - path: What it is done to, for messages.
///   - call: The call.
/// - Returns: What the call answers.
/// - Throws: `StorageError` for -1.
@discardableResult
func systemCall(
  _ operation: String, _ path: @autoclosure () -> FilePath, _ call: () -> CInt
) throws(StorageError) -> CInt {
  while true {
    let result = call()
    if result != -1 { return result }
    let code = Errno(rawValue: errno)
    if code != .interrupted {
      throw StorageError(operation: operation, path: path(), errno: code)
    }
  }
}

/// Makes a call with a path.
///
/// It is safe as far as `call` is: the pointer leads to the path, with a NUL at its end, while that runs.
@safe @discardableResult
func systemCall(
  _ operation: String, _ path: FilePath, _ call: (UnsafePointer<CChar>) -> CInt
) throws(StorageError) -> CInt {
  try systemCall(operation, path) { unsafe path.withPlatformString { unsafe call($0) } }
}

/// Writes all of `bytes`, however often the system takes only a part or a signal cuts in.
///
/// Adds what was taken to `written` even when it throws, so that the error can say how far it got.
func writeAll(
  _ bytes: UnsafeRawBufferPointer, to descriptor: FileDescriptor, path: FilePath, written: inout Int
) throws(StorageError) {
  var rest = unsafe bytes
  while unsafe !rest.isEmpty {
    do {
      let count = try unsafe descriptor.write(rest)
      written += count
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    } catch {
      let code = error as? Errno ?? .ioError
      if code == .interrupted { continue }
      let refusal = StorageError(operation: "write", path: path, errno: code)
      guard refusal.isOutOfSpace else { throw refusal }
      throw StorageError(operation: "write", path: path, errno: code, bytesWritten: written)
    }
  }
}

/// Makes what was written to `descriptor` survive a power cut.
func synchronize(_ descriptor: CInt, path: FilePath) throws(StorageError) {
  do {
    try systemCall("synchronize", path) { fsync(descriptor) }
  } catch {
    // Pipes, terminals and some network directories have nothing to synchronize and say so.
    if error.errno != .invalidArgument { throw error }
  }
}

/// `open` of the C library, where a method of that name would hide it.
func systemOpen(_ path: UnsafePointer<CChar>, _ flags: CInt, _ mode: mode_t = 0) -> CInt {
  unsafe open(path, flags, mode)
}
