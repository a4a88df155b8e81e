#define _GNU_SOURCE
#include "CStorage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

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
