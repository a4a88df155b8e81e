// What the program was started with, as bytes: a path need not be UTF-8. Taken from the C library, which has it
// from the kernel; `CommandLine` would read /proc, and containers may have none.

internal import CStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The command line of this process.
public enum ProgramArguments {
  /// Every argument without its NUL, the program's own name first; nil where they are not to be had.
  public static var bytes: [[UInt8]]? {
    guard let first = unsafe cstorage_arguments() else { return nil }
    var arguments: [[UInt8]] = []
    // The array ends with a null pointer, and each string with a NUL.
    while let argument = unsafe first[arguments.count] {
      let count = unsafe strlen(argument)
      arguments.append(
        unsafe [UInt8](UnsafeRawBufferPointer(start: argument, count: count)))
    }
    return arguments
  }
}
