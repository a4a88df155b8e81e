#pragma once

/// Exchanges two paths atomically: renameat2(2) with RENAME_EXCHANGE, which glibc
/// declares only under _GNU_SOURCE and Swift therefore cannot see.
///
/// Returns 0, or -1 with errno set (EINVAL where the file system cannot exchange).
int cstorage_rename_exchange(const char *_Nonnull from, const char *_Nonnull to);

/// Tells whether a file system is mounted at a path: statx(2), hidden from Swift by
/// _GNU_SOURCE as well. Comparing devices, as of old, misses bind mounts.
///
/// Returns 1 or 0, or -1 with errno set (ENOSYS where the kernel doesn't tell).
int cstorage_is_mount_root(const char *_Nonnull path);

/// Counts the processors that this process may run on: sched_getaffinity(2), hidden from Swift
/// by _GNU_SOURCE as well. sysconf(3) counts those that are excluded, too.
///
/// Returns the count, or -1 with errno set.
int cstorage_processor_count(void);

/// Opens a new file that never has a name: open(2) with O_TMPFILE, hidden from Swift by
/// _GNU_SOURCE as well.
///
/// Returns a descriptor, or -1 with errno set (EOPNOTSUPP where the file system cannot; kernels
/// that don't know the flag say EISDIR).
int cstorage_open_nameless(const char *_Nonnull directory);

/// The arguments the process was started with, the program's own name first; NULL behind the last.
/// Swift's CommandLine reads /proc/self/cmdline, and is empty where nobody has mounted /proc.
///
/// Returns NULL where the C library does not hand them to constructors; glibc does.
char *_Nullable const *_Nullable cstorage_arguments(void);

/// Makes all threads allocate from one heap: mallopt(3) with M_ARENA_MAX, which only glibc has. Otherwise it reserves
/// 64 MB of address space for each thread that allocates, and keeps them.
void cstorage_share_heap(void);
