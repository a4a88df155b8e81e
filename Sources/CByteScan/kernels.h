#pragma once

// What a kernel is to the dispatcher: one table of functions. The tables are the only
// symbols that leave a kernel's file.

#include "CByteScan.h"

#include <string.h>

#if defined(__x86_64__)
#define CBYTESCAN_X86 1
#elif defined(__aarch64__) && defined(__ARM_NEON) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CBYTESCAN_NEON 1
#endif

typedef struct {
  bool (*bytes)(const uint8_t *bytes, size_t count, cbytescan_check *check);
  bool (*end)(cbytescan_check *check);
} cbytescan_check_operations;

typedef struct {
  cbytescan_summary (*summarize)(const uint8_t *bytes, size_t count, bool starts_escaped);
  int64_t (*skip)(
      const uint8_t *bytes, size_t count, size_t from, int64_t target, cbytescan_state *state);
  int64_t (*next_bracket)(
      const uint8_t *bytes, size_t count, size_t from, cbytescan_state *state);
  cbytescan_minified (*minify)(
      const uint8_t *bytes, size_t count, uint8_t *destination, cbytescan_state *state);
  int64_t (*count_newlines)(const uint8_t *bytes, size_t count);
  int64_t (*first_non_ascii)(const uint8_t *bytes, size_t count);
  const cbytescan_check_operations *check;
} cbytescan_operations;

extern const cbytescan_check_operations cbytescan_portable_check;
extern const cbytescan_operations cbytescan_portable_operations;
#if CBYTESCAN_X86
extern const cbytescan_operations cbytescan_sse_operations;
extern const cbytescan_operations cbytescan_avx2_operations;
#endif
#if CBYTESCAN_NEON
extern const cbytescan_operations cbytescan_neon_operations;
#endif

/// For each mask of eight bytes: the places of the kept ones, in order, as a byte shuffle.
extern const uint64_t cbytescan_compaction_shuffles[256];
