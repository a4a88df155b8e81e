// How long a reader waits for a pipe. A read that the system has been asked for cannot be called off, so a
// stream with a gate first waits until there is something to read, and looks at the gate meanwhile.

internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why a read has given up; nothing is lost, and the stream can be read on.
public enum ReadPause: Error, Sendable {
  /// There was nothing to read for as long as the gate allows.
  case idle
  /// The gate is shut.
  case shut
}

/// Says how long streams wait for bytes; any thread may change it.
public final class ReadGate: Sendable {
  private let isShut = Atomic(false)
  /// In nanoseconds of the monotonic clock.
  private let deadline = Atomic(UInt64.max)

  /// How often a waiting reader looks whether the gate is shut, in milliseconds.
  private static let glance: UInt64 = 50

  /// Makes an open gate, at which readers wait for ever.
  public init() {}

  /// Makes all readers give up, including those waiting.
  public func shut() { isShut.store(true, ordering: .sequentiallyConsistent) }

  /// Lets readers wait again.
  public func open() { isShut.store(false, ordering: .sequentiallyConsistent) }

  /// Makes readers give up after this time if there is nothing to read.
  public func wait(milliseconds: Int) {
    deadline.store(Self.now() + UInt64(milliseconds) * 1_000_000, ordering: .relaxed)
  }

  /// Lets readers wait indefinitely.
  public func waitForever() { deadline.store(.max, ordering: .relaxed) }

  /// Waits until `descriptor` has bytes or is at its end.
  func pass(_ descriptor: FileDescriptor) throws(ReadPause) {
    while true {
      if isShut.load(ordering: .sequentiallyConsistent) { throw .shut }
      let deadline = deadline.load(ordering: .relaxed)
      let now = Self.now()
      let left = deadline > now ? (deadline - now + 999_999) / 1_000_000 : 0
      var request = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
      // What cannot be waited for is for the read to report.
      let answer = unsafe poll(&request, 1, CInt(min(left, Self.glance)))
      if answer > 0 || answer < 0 && errno != EINTR { return }
      if answer == 0, left == 0 { throw .idle }
    }
  }

  private static func now() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
