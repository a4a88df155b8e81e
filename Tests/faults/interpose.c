// A library for LD_PRELOAD that stands between a program and the system, and lets one call go wrong.
//
//   FAULT_ROOT=DIR   only calls about what is below DIR, or about a pipe, count
//   FAULT_AT=N       the N-th of them goes wrong; 0 or unset: none does
//   FAULT_ERRNO=E    it fails with this number
//   FAULT_SHORT=1    instead, every read and write moves one byte at a time, N calls long (0: for ever)
//   FAULT_SIGNAL=S   instead, the process gets this signal right before the call
//   FAULT_ONLY=A,B   only calls of these names count
//   FAULT_LOG=FILE   each call that counts is written there: number, name, path
//   FAULT_CLOCK=S    the clock of the day jumps S seconds forth and back with every look at it
//
// Every call is counted under a lock-free counter, so that threads may call at once.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls, looks;
static const char *root, *only;
static long fault_at, fault_errno, fault_short, fault_signal, fault_clock;
static int log_file = -1;

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

__attribute__((constructor)) static void prepare(void) {
  root = getenv("FAULT_ROOT");
  only = getenv("FAULT_ONLY");
  fault_at = number("FAULT_AT");
  fault_errno = number("FAULT_ERRNO");
  fault_short = number("FAULT_SHORT");
  fault_signal = number("FAULT_SIGNAL");
  fault_clock = number("FAULT_CLOCK");
  const char *log = getenv("FAULT_LOG");
  if (log) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

static int is_named(const char *call) {
  if (!only) return 1;
  size_t length = strlen(call);
  for (const char *at = only; (at = strstr(at, call)); at += length)
    if ((at == only || at[-1] == ',') && (at[length] == 0 || at[length] == ',')) return 1;
  return 0;
}

/// Whether the call is one that counts and, having been counted, the one that is to go wrong.
static int goes_wrong(const char *call, const char *path) {
  if (!root || !path || !is_named(call)) return 0;
  if (strncmp(path, root, strlen(root)) != 0 && strncmp(path, "pipe:", 5) != 0) return 0;
  long count = atomic_fetch_add(&calls, 1) + 1;
  if (log_file >= 0) {
    char line[4200];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", count, call, path);
    if (length > 0) syscall(SYS_write, log_file, line, (size_t)length);
  }
  if (fault_short) return fault_at == 0 || count <= fault_at;
  if (count != fault_at) return 0;
  if (fault_signal) {
    kill(getpid(), (int)fault_signal);
    return 0;
  }
  errno = (int)fault_errno;
  return 1;
}

/// The same for a descriptor.
static int goes_wrong_at(const char *call, int descriptor) {
  char link[64], path[4096];
  int saved = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  errno = saved;
  if (length < 0) return 0;
  path[length] = 0;
  return goes_wrong(call, path);
}

/// The same for a path, which may be relative to where the process works.
static int goes_wrong_for(const char *call, const char *path) {
  char whole[8192];
  if (path[0] == '/') return goes_wrong(call, path);
  long length = syscall(SYS_getcwd, whole, 4096);
  if (length <= 0) return 0;
  snprintf(whole + length - 1, sizeof whole - (size_t)length, "/%s", path);
  return goes_wrong(call, whole);
}

#define REAL(type, name, parameters)                                   \
  static type(*real) parameters;                                       \
  if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, #name)

/// One byte at a time where short calls were asked for, nothing at all otherwise.
#define MOVES(name, descriptor, count)                                 \
  size_t left = count;                                                 \
  if (goes_wrong_at(#name, descriptor)) {                              \
    if (!fault_short) return -1;                                       \
    if (left > 1) left = 1;                                            \
  }

ssize_t read(int descriptor, void *buffer, size_t count) {
  REAL(ssize_t, read, (int, void *, size_t));
  MOVES(read, descriptor, count)
  return real(descriptor, buffer, left);
}

ssize_t pread(int descriptor, void *buffer, size_t count, off_t offset) {
  REAL(ssize_t, pread, (int, void *, size_t, off_t));
  MOVES(pread, descriptor, count)
  return real(descriptor, buffer, left, offset);
}

ssize_t write(int descriptor, const void *buffer, size_t count) {
  REAL(ssize_t, write, (int, const void *, size_t));
  MOVES(write, descriptor, count)
  return real(descriptor, buffer, left);
}

#define FAILS_AT(name, descriptor)                                     \
  if (!fault_short && goes_wrong_at(#name, descriptor)) return -1
#define FAILS_FOR(name, path)                                          \
  if (!fault_short && goes_wrong_for(#name, path)) return -1

int open(const char *path, int flags, ...) {
  REAL(int, open, (const char *, int, ...));
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
  va_end(list);
  FAILS_FOR(open, path);
  return real(path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
  REAL(int, openat, (int, const char *, int, ...));
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
  va_end(list);
  FAILS_AT(openat, directory);
  return real(directory, path, flags, mode);
}

/// Linux has let go of the descriptor even when it reports a failure.
int close(int descriptor) {
  REAL(int, close, (int));
  int fails = !fault_short && goes_wrong_at("close", descriptor), code = errno;
  int result = real(descriptor);
  if (!fails) return result;
  errno = code;
  return -1;
}

int fsync(int descriptor) {
  REAL(int, fsync, (int));
  FAILS_AT(fsync, descriptor);
  return real(descriptor);
}

off_t lseek(int descriptor, off_t offset, int whence) {
  REAL(off_t, lseek, (int, off_t, int));
  FAILS_AT(lseek, descriptor);
  return real(descriptor, offset, whence);
}

int fstat(int descriptor, struct stat *status) {
  REAL(int, fstat, (int, struct stat *));
  FAILS_AT(fstat, descriptor);
  return real(descriptor, status);
}

int stat(const char *path, struct stat *status) {
  REAL(int, stat, (const char *, struct stat *));
  FAILS_FOR(stat, path);
  return real(path, status);
}

int lstat(const char *path, struct stat *status) {
  REAL(int, lstat, (const char *, struct stat *));
  FAILS_FOR(lstat, path);
  return real(path, status);
}

int fstatat(int directory, const char *path, struct stat *status, int flags) {
  REAL(int, fstatat, (int, const char *, struct stat *, int));
  FAILS_AT(fstatat, directory);
  return real(directory, path, status, flags);
}

int statvfs(const char *restrict path, struct statvfs *restrict status) {
  REAL(int, statvfs, (const char *, struct statvfs *));
  FAILS_FOR(statvfs, path);
  return real(path, status);
}

#ifdef __GLIBC__
int statx(int directory, const char *restrict path, int flags, unsigned mask, struct statx *restrict status) {
  REAL(int, statx, (int, const char *, int, unsigned, struct statx *));
  FAILS_FOR(statx, path);
  return real(directory, path, flags, mask, status);
}
#endif

char *realpath(const char *restrict path, char *restrict resolved) {
  REAL(char *, realpath, (const char *, char *));
  if (!fault_short && goes_wrong_for("realpath", path)) return NULL;
  return real(path, resolved);
}

int poll(struct pollfd *descriptors, nfds_t count, int timeout) {
  REAL(int, poll, (struct pollfd *, nfds_t, int));
  FAILS_AT(poll, count ? descriptors[0].fd : -1);
  return real(descriptors, count, timeout);
}

int flock(int descriptor, int operation) {
  REAL(int, flock, (int, int));
  FAILS_AT(flock, descriptor);
  return real(descriptor, operation);
}

int mkdir(const char *path, mode_t mode) {
  REAL(int, mkdir, (const char *, mode_t));
  FAILS_FOR(mkdir, path);
  return real(path, mode);
}

int rmdir(const char *path) {
  REAL(int, rmdir, (const char *));
  FAILS_FOR(rmdir, path);
  return real(path);
}

int unlink(const char *path) {
  REAL(int, unlink, (const char *));
  FAILS_FOR(unlink, path);
  return real(path);
}

int unlinkat(int directory, const char *path, int flags) {
  REAL(int, unlinkat, (int, const char *, int));
  FAILS_AT(unlinkat, directory);
  return real(directory, path, flags);
}

int rename(const char *from, const char *to) {
  REAL(int, rename, (const char *, const char *));
  FAILS_FOR(rename, to);
  return real(from, to);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
  REAL(int, renameat2, (int, const char *, int, const char *, unsigned));
  FAILS_FOR(renameat2, new);
  return real(from, old, to, new, flags);
}

int chmod(const char *path, mode_t mode) {
  REAL(int, chmod, (const char *, mode_t));
  FAILS_FOR(chmod, path);
  return real(path, mode);
}

DIR *fdopendir(int descriptor) {
  REAL(DIR *, fdopendir, (int));
  if (!fault_short && goes_wrong_at("fdopendir", descriptor)) return NULL;
  return real(descriptor);
}

struct dirent *readdir(DIR *directory) {
  REAL(struct dirent *, readdir, (DIR *));
  if (!fault_short && goes_wrong_at("readdir", dirfd(directory))) return NULL;
  return real(directory);
}

/// As with `close`, the descriptor is gone either way.
int closedir(DIR *directory) {
  REAL(int, closedir, (DIR *));
  int fails = !fault_short && goes_wrong_at("closedir", dirfd(directory)), code = errno;
  int result = real(directory);
  if (!fails) return result;
  errno = code;
  return -1;
}

time_t time(time_t *result) {
  REAL(time_t, time, (time_t *));
  time_t now = real(NULL);
  if (fault_clock) now += atomic_fetch_add(&looks, 1) % 2 ? -fault_clock : fault_clock;
  if (result) *result = now;
  return now;
}

int clock_gettime(clockid_t clock, struct timespec *result) {
  REAL(int, clock_gettime, (clockid_t, struct timespec *));
  int status = real(clock, result);
  if (fault_clock && clock == CLOCK_REALTIME)
    result->tv_sec += atomic_fetch_add(&looks, 1) % 2 ? -fault_clock : fault_clock;
  return status;
}
