#pragma once

// The scan kernels: JSON's strings and brackets found at the speed of memory, and a check that
// what is copied is JSON.
//
// One algorithm, several instruction sets. The caller names the kernel with every call, so
// that tests and measurements can compare them on the same bytes. A kernel this machine
// lacks is replaced by the portable one, never by a crash.
//
// Rules that every function shares:
// - A backslash escapes the byte after it, inside a string or not; that byte is then neither
//   a quote nor a bracket. Escapes therefore never depend on where strings start.
// - An unescaped quote toggles between outside and inside a string.
// - Brackets `[ { ] }` count only outside strings; their kinds are not matched.
// - Only [bytes, bytes + count) is read; `bytes` may be null when `count` is 0.
// - Offsets are from `bytes`; "none" is -1.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction sets there are kernels for.
typedef enum {
  cbytescan_kernel_portable = 0,
  cbytescan_kernel_sse = 1,
  cbytescan_kernel_avx2 = 2,
  cbytescan_kernel_neon = 3,
} cbytescan_kernel;

/// What must be known between two bytes to go on from there.
typedef struct {
  int64_t depth;
  bool in_string;
  bool escaped;
} cbytescan_state;

/// What a run of bytes does to the depth, from one of the two possible starts.
typedef struct {
  int64_t depth_change;
  /// The least depth after any prefix, the empty one included: never above 0.
  int64_t lowest_depth;
  bool ends_in_string;
} cbytescan_outcome;

/// What a run of bytes does to the state, from both possible starts.
typedef struct {
  cbytescan_outcome outside;
  cbytescan_outcome inside;
  int64_t newlines;
  int64_t last_newline;
  bool ends_escaped;
} cbytescan_summary;

/// How much was copied, and the first control byte outside strings that JSON does not allow.
typedef struct {
  int64_t written;
  int64_t foreign;
} cbytescan_minified;

/// A check of whether bytes are JSON, between two calls. Made by `cbytescan_check_start`, and from
/// then on for the calls of one kernel alone.
typedef struct {
  /// The containers that are open, a bit each, the innermost lowest: 1 for an array, 0 for an
  /// object. Above them stands one bit more, so that 1 means none.
  uint64_t arrays;
  /// All values of `arrays` so far, or-ed.
  uint64_t deepest;
  uint64_t max_depth;
  /// Bytes that do not yet make up a block.
  uint64_t held_count;
  uint8_t held[64];
  /// What else a kernel must know, in its own way.
  uint64_t carried[32];
  /// False as soon as something was not certain.
  bool certain;
} cbytescan_check;

/// Whether this machine can run `kernel`.
bool cbytescan_is_available(cbytescan_kernel kernel);

/// Summarizes the bytes for both starts.
cbytescan_summary cbytescan_summarize(
    cbytescan_kernel kernel, const uint8_t *_Nullable bytes, size_t count, bool starts_escaped);

/// Finds the first closing bracket at or after `from` that leaves the depth at `target` or
/// lower. `state` becomes that after the bracket, or that at the end when there is none.
int64_t cbytescan_skip(
    cbytescan_kernel kernel, const uint8_t *_Nullable bytes, size_t count, size_t from,
    int64_t target, cbytescan_state *_Nonnull state);

/// Finds the first bracket of either kind at or after `from`. `state` becomes that after the
/// bracket, or that at the end when there is none.
int64_t cbytescan_next_bracket(
    cbytescan_kernel kernel, const uint8_t *_Nullable bytes, size_t count, size_t from,
    cbytescan_state *_Nonnull state);

/// Copies the bytes without the JSON white space (20 09 0A 0D) outside strings. White space
/// after a backslash is kept, so that no other byte becomes escaped by its absence.
///
/// `destination` needs room for `count` bytes, all of which may be overwritten, and must not
/// overlap them. `state->depth` is left alone.
cbytescan_minified cbytescan_minify(
    cbytescan_kernel kernel, const uint8_t *_Nullable bytes, size_t count,
    uint8_t *_Nullable destination, cbytescan_state *_Nonnull state);

/// Counts the bytes 0A.
int64_t cbytescan_count_newlines(
    cbytescan_kernel kernel, const uint8_t *_Nullable bytes, size_t count);

/// Finds the first byte above 7F.
int64_t cbytescan_first_non_ascii(
    cbytescan_kernel kernel, const uint8_t *_Nullable bytes, size_t count);

/// Begins a check of one JSON value that may be `max_depth` containers deep, but not deeper than
/// 62.
cbytescan_check cbytescan_check_start(int64_t max_depth);

/// Checks the next bytes, wherever the value is cut. True if it may still be certain in the end.
bool cbytescan_check_bytes(
    cbytescan_kernel kernel, const uint8_t *_Nullable bytes, size_t count,
    cbytescan_check *_Nonnull check);

/// Ends the value. True only if it is certain that all bytes together are one value of RFC 8259,
/// white space around it allowed, in strict UTF-8 and not too deep. False is no verdict: it is for
/// a parser to find what is wrong, if anything is.
bool cbytescan_check_end(cbytescan_kernel kernel, cbytescan_check *_Nonnull check);

#ifdef __cplusplus
}
#endif
