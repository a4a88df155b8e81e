#define _GNU_SOURCE
#include "CStorage.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

int cstorage_rename_exchange(const char *from, const char *to) {
#if defined(RENAME_EXCHANGE)
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE);
#else
  (void)from;
  (void)to;
  errno = ENOSYS;
  return -1;
#endif
}

int cstorage_is_mount_root(const char *path) {
#if defined(STATX_TYPE) && defined(STATX_ATTR_MOUNT_ROOT)
  struct statx status;
  if (statx(AT_FDCWD, path, 0, STATX_TYPE, &status) != 0) return -1;
  if (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT)
    return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
  (void)path;
#endif
  errno = ENOSYS;
  return -1;
}

int cstorage_processor_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
  return CPU_COUNT(&set);
}

int cstorage_open_nameless(const char *directory) {
#if defined(O_TMPFILE)
  return open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#else
  (void)directory;
  errno = EOPNOTSUPP;
  return -1;
#endif
}

static char *const *arguments;

/// Runs before main; glibc gives constructors what it gives main.
__attribute__((constructor)) static void remember_arguments(int count, char **values) {
#if defined(__GLIBC__)
  if (count > 0) arguments = values;
#else
  (void)count;
  (void)values;
#endif
}

char *const *cstorage_arguments(void) { return arguments; }

void cstorage_share_heap(void) {
#if defined(__GLIBC__)
  mallopt(M_ARENA_MAX, 1);
#endif
}
