// Picks a kernel's functions by its name. No state and no caching: the choice is the
// caller's, and a call covers kilobytes, so that one indirect jump is nothing.

#include "kernels.h"

bool cbytescan_is_available(cbytescan_kernel kernel) {
  switch (kernel) {
    case cbytescan_kernel_portable:
      return true;
#if CBYTESCAN_X86
    case cbytescan_kernel_sse:
      return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul") &&
             __builtin_cpu_supports("popcnt");
    case cbytescan_kernel_avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
             __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") &&
             __builtin_cpu_supports("lzcnt");
#endif
#if CBYTESCAN_NEON
    case cbytescan_kernel_neon:
      return true;
#endif
    default:
      return false;
  }
}

static const cbytescan_operations *operations(cbytescan_kernel kernel) {
  if (!cbytescan_is_available(kernel)) return &cbytescan_portable_operations;
  switch (kernel) {
#if CBYTESCAN_X86
    case cbytescan_kernel_sse:
      return &cbytescan_sse_operations;
    case cbytescan_kernel_avx2:
      return &cbytescan_avx2_operations;
#endif
#if CBYTESCAN_NEON
    case cbytescan_kernel_neon:
      return &cbytescan_neon_operations;
#endif
    default:
      return &cbytescan_portable_operations;
  }
}

cbytescan_summary cbytescan_summarize(
    cbytescan_kernel kernel, const uint8_t *bytes, size_t count, bool starts_escaped) {
  return operations(kernel)->summarize(bytes, count, starts_escaped);
}

int64_t cbytescan_skip(
    cbytescan_kernel kernel, const uint8_t *bytes, size_t count, size_t from, int64_t target,
    cbytescan_state *state) {
  return operations(kernel)->skip(bytes, count, from, target, state);
}

int64_t cbytescan_next_bracket(
    cbytescan_kernel kernel, const uint8_t *bytes, size_t count, size_t from,
    cbytescan_state *state) {
  return operations(kernel)->next_bracket(bytes, count, from, state);
}

cbytescan_minified cbytescan_minify(
    cbytescan_kernel kernel, const uint8_t *bytes, size_t count, uint8_t *destination,
    cbytescan_state *state) {
  return operations(kernel)->minify(bytes, count, destination, state);
}

int64_t cbytescan_count_newlines(cbytescan_kernel kernel, const uint8_t *bytes, size_t count) {
  return operations(kernel)->count_newlines(bytes, count);
}

int64_t cbytescan_first_non_ascii(cbytescan_kernel kernel, const uint8_t *bytes, size_t count) {
  return operations(kernel)->first_non_ascii(bytes, count);
}

// The stack is one word, with a bit above the outermost container, and one to spare: so a
// container too many shows before anything is lost.
enum { greatest_depth = 62 };

cbytescan_check cbytescan_check_start(int64_t max_depth) {
  int64_t depth = max_depth < 0 ? 0 : max_depth > greatest_depth ? greatest_depth : max_depth;
  return (cbytescan_check){.arrays = 1, .max_depth = (uint64_t)depth, .certain = true};
}

bool cbytescan_check_bytes(
    cbytescan_kernel kernel, const uint8_t *bytes, size_t count, cbytescan_check *check) {
  return operations(kernel)->check->bytes(bytes, count, check);
}

bool cbytescan_check_end(cbytescan_kernel kernel, cbytescan_check *check) {
  return operations(kernel)->check->end(check);
}
