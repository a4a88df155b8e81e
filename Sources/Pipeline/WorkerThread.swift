// A thread that may not be had. Dispatch would wait for ever for the system to grant one (`ulimit -u`, a container's
// limit on processes); here whoever asks is told, and works with fewer.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One more thread of this process.
@safe
struct WorkerThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private let thread: pthread_t

  /// Starts `body` on a thread of its own; nil if the system grants none.
  ///
  /// - Parameters:
  ///   - stackSize: The size of its stack in bytes; nil for what the system gives.
  ///   - body: What it does.
  init?(stackSize: Int? = nil, _ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    guard unsafe pthread_attr_init(&attributes) == 0 else { return nil }
    defer { unsafe _ = pthread_attr_destroy(&attributes) }
    if let stackSize { unsafe _ = pthread_attr_setstacksize(&attributes, stackSize) }
    var thread = pthread_t()
    // Given to the thread, which takes it back; if there is none it is taken back here.
    let context = unsafe Unmanaged.passRetained(Body(body))
    let failure = unsafe pthread_create(
      &thread, &attributes,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        }
        return nil
      }, context.toOpaque())
    guard failure == 0 else {
      unsafe context.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits until it has ended; to be called once.
  func join() { _ = pthread_join(thread, nil) }
}

/// What the system grants this process.
public enum ThreadSupply {
  /// What a thread takes that does nothing.
  private static let smallStack = 64 << 10

  /// Whether `count` more threads can be had just now.
  ///
  /// Another process of the same user may take them at any time, so this is good for a plan, never for a promise.
  public static func has(_ count: Int) -> Bool {
    let isOver = ConditionLock(false)
    var threads: [WorkerThread] = []
    while threads.count < count {
      guard let thread = WorkerThread(stackSize: smallStack, { isOver.wait { $0 ? () : nil } }) else { break }
      threads.append(thread)
    }
    isOver.withLock { $0 = true }
    for thread in threads { thread.join() }
    return threads.count == count
  }

  /// Waits a moment for a thread, which the system may still count for some time after it has ended.
  ///
  /// - Returns: Whether one can be had.
  public static func waitForOne() -> Bool {
    for _ in 0..<20 {
      if has(1) { return true }
      usleep(5000)
    }
    return false
  }
}
