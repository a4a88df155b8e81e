// Tells the thread sanitizer what it cannot see of `Mutex` of Swift's standard library.
//
// Taking and leaving a lock that nobody else wants is inlined into our code, where the sanitizer sees it. Where two
// threads want it, the library spins and asks the kernel (`_lockSlow`, `_unlockSlow`), and the library is not built
// for the sanitizer: that what one thread wrote under the lock happened before what the next one does is then
// unknown to it, and it takes what the lock guards for a race. This stands in front of the two functions, calls
// them, and says so. It hides nothing: a variable that is not guarded is still found.
//
// To be preloaded (LD_PRELOAD); where there is no sanitizer it only passes calls on. Needs clang (swiftcall).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void (*lock_slow_function)(uint32_t thread, SELF void *mutex);
typedef SWIFT void (*unlock_slow_function)(SELF void *mutex);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
  ((lock_slow_function)dlsym(RTLD_NEXT, LOCK_SLOW))(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF void *mutex) {
  if (__tsan_release) __tsan_release(mutex);
  ((unlock_slow_function)dlsym(RTLD_NEXT, UNLOCK_SLOW))(mutex);
}
