// What time it is, kept apart so that the domain needs no C.

internal import CStorage
import Glibc

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

  /// How many processors it may run on, at least 1.
  public static var processors: Int {
    let count = cstorage_processor_count()
    return count > 0 ? Int(count) : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// How many files it may have open.
  public static var mostOpenFiles: Int {
    var limit = rlimit()
    let asked = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    // What every system grants.
    return asked == 0 ? Int(clamping: limit.rlim_cur) : 20
  }

  /// The absolute path it works in, nil where that has been removed.
  public static var workingDirectory: String? { try? Path.resolve(".") }
}
