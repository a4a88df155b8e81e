// What time it is, kept apart so that the domain needs no C.

internal import CStorage
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The system's clock.
public enum WallClock {
  /// Whole seconds since 1970 in UTC.
  public static func secondsSinceEpoch() -> Int {
    time(nil)
  }
}

/// This process.
public enum CurrentProcess {
  /// Its number, for names that should tell whose they were.
  public static var identifier: Int { Int(getpid()) }

  /// How many processors' time it may use, at least 1: what affinity and the container's quota leave.
  public static let processors = min(runnableProcessors, ProcessorQuota().processors ?? .max)

  /// How many processors its threads may be on at a time, at least 1.
  public static var runnableProcessors: Int {
    let count = cstorage_processor_count()
    return count > 0 ? Int(count) : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// The most memory it has had resident, in bytes; nil where the system does not say.
  ///
  /// `getrusage` would count what the process that started it had before it became this one.
  public static var peakMemory: Int? {
    guard let file = try? unsafe FileDescriptor.open("/proc/self/status", .readOnly) else { return nil }
    defer { try? file.close() }
    var text = [UInt8](repeating: 0, count: 8192)
    let count = unsafe (try? text.withUnsafeMutableBytes { try unsafe file.read(into: $0) }) ?? 0
    for line in String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("VmHWM:") {
      return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
    }
    return nil
  }

  /// How many files it may have open.
  public static var mostOpenFiles: Int {
    var limit = rlimit()
    let asked = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    // What every system grants.
    return asked == 0 ? Int(clamping: limit.rlim_cur) : 20
  }

  /// Sees that it may have so many more files open, which `ulimit -n` bounds.
  ///
  /// - Throws: `StorageError` if the system refuses.
  public static func checkOpenFiles(_ count: Int) throws(StorageError) {
    var opened: [CInt] = []
    defer { for descriptor in opened { close(descriptor) } }
    for _ in 0..<count {
      opened.append(try systemCall("open", "/") { unsafe open($0, O_RDONLY | O_CLOEXEC) })
    }
  }

  /// Whether it may have so much more address space, which `ulimit -v` bounds; where it does, threads share one heap
  /// from now on, so that none reserves more than its stack.
  ///
  /// - Parameters:
  ///   - bytes: What it will take for itself.
  ///   - threads: How many threads it will start, each with a stack.
  /// - Returns: Whether the system grants it.
  public static func mayHave(bytes: Int, threads: Int) -> Bool {
    var limit = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    if limit.rlim_cur != rlim_t(bitPattern: -1) { cstorage_share_heap() }
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit)
    // What glibc gives a thread where the limit is none.
    let stack = limit.rlim_cur == rlim_t(bitPattern: -1) ? 2 << 20 : Int(clamping: limit.rlim_cur)
    let (stacks, overflow) = stack.multipliedReportingOverflow(by: threads)
    let (total, isTooMuch) = stacks.addingReportingOverflow(bytes)
    if overflow || isTooMuch { return false }
    // Promised and given back: nothing of it is ever touched.
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let place = unsafe mmap(nil, total, PROT_NONE, flags, -1, 0), unsafe place != MAP_FAILED else {
      return false
    }
    unsafe munmap(place, total)
    return true
  }

  /// Where temporary files go: `TMPDIR`, else `/tmp`.
  public static var temporaryDirectory: FilePath {
    unsafe getenv("TMPDIR").map { unsafe FilePath(platformString: $0) } ?? "/tmp"
  }

  /// The absolute path it works in, nil where that has been removed.
  public static var workingDirectory: FilePath? { try? Path.resolve(".") }
}
