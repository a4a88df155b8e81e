#pragma once

/// Exchanges two paths atomically: renameat2(2) with RENAME_EXCHANGE, which glibc
/// declares only under _GNU_SOURCE and Swift therefore cannot see.
///
/// Returns 0, or -1 with errno set (EINVAL where the file system cannot exchange).
int cstorage_rename_exchange(const char *_Nonnull from, const char *_Nonnull to);
