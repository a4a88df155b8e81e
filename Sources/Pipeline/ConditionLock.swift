// A lock with a condition: state that several workers change, and a way to wait for it to change.
//
// `Mutex` of the standard library has no condition to wait on, and a queue used as a lock cannot be waited
// for without one more thread, so this stands on the two pthread calls made for it.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// State shared by workers, changed only under a lock, that a worker can wait on.
@safe
public final class ConditionLock<State>: @unchecked Sendable {
  // Proof of @unchecked: `state` is touched only inside `withLock` and `wait`, both of which hold the mutex,
  // and the two pthread objects live at a fixed address from init to deinit.
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  /// Starts with `state`.
  public init(_ state: sending State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    let made = unsafe pthread_mutex_init(mutex, nil) | pthread_cond_init(condition, nil)
    precondition(made == 0, "no memory for a lock")
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` alone and wakes every waiting worker afterwards.
  ///
  /// - Parameter body: What to do with the state; keep it short.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(condition)
      unsafe pthread_mutex_unlock(mutex)
    }
    return try body(&state)
  }

  /// Waits until `body` has an answer.
  ///
  /// - Parameter body: Looks at the state under the lock; asked again after every change; nil means wait on.
  /// - Returns: The first answer that is not nil.
  public func wait<Result>(for body: (inout State) -> Result?) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      unsafe pthread_cond_wait(condition, mutex)
    }
  }
}
