// Compares every scan kernel of this processor with the portable one: at every offset and length, from every
// state, beside pages that may not be touched. The tests in Swift do more on the machine they run on; this is
// for processors that only an emulator has here (scripts/kernels.sh).

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CByteScan.h"

enum { longest = 200, page_count = 3 };

static uint64_t random_state = 1;
static int failures = 0;
static long comparisons = 0;

/// SplitMix64: the same numbers in every run.
static uint64_t next_random(uint64_t below) {
  random_state += 0x9E3779B97F4A7C15;
  uint64_t mixed = random_state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
  return (mixed ^ (mixed >> 31)) % below;
}

/// Bytes that mean something to a scan, or nearly do.
static const uint8_t telling[] = "\"\\[]{},: \n\t\r\v\fa\x7f;[}0-.eE+utrn\x80\xa0\xdb\xfd\xc3\xa9\xed\xf0\x01";

static void fill(uint8_t *bytes, size_t count) {
  // Each text prefers a few bytes, so that there are also long strings, and texts of hardly anything but
  // backslashes.
  uint8_t favourites[4] = {'a', 'a', 'a', 'a'};
  for (int i = 0; i < 3; i++) favourites[i] = telling[next_random(sizeof telling - 1)];
  uint64_t share = next_random(11);
  for (size_t i = 0; i < count; i++) {
    bytes[i] = next_random(10) < share ? favourites[next_random(4)] : telling[next_random(sizeof telling - 1)];
  }
}

static void expect(bool holds, const char *what, const uint8_t *bytes, size_t count) {
  comparisons++;
  if (holds) return;
  failures++;
  if (failures > 20) return;
  fprintf(stderr, "%s differs on %zu bytes:", what, count);
  for (size_t i = 0; i < count; i++) fprintf(stderr, " %02x", bytes[i]);
  fprintf(stderr, "\n");
}

static bool same_state(cbytescan_state a, cbytescan_state b) {
  return a.depth == b.depth && a.in_string == b.in_string && a.escaped == b.escaped;
}

static bool same_outcome(cbytescan_outcome a, cbytescan_outcome b) {
  return a.depth_change == b.depth_change && a.lowest_depth == b.lowest_depth &&
         a.ends_in_string == b.ends_in_string;
}

static void compare_summaries(cbytescan_kernel kernel, const uint8_t *bytes, size_t count) {
  for (int escaped = 0; escaped < 2; escaped++) {
    cbytescan_summary a = cbytescan_summarize(kernel, bytes, count, escaped);
    cbytescan_summary b = cbytescan_summarize(cbytescan_kernel_portable, bytes, count, escaped);
    expect(
        same_outcome(a.outside, b.outside) && same_outcome(a.inside, b.inside) && a.newlines == b.newlines &&
            a.last_newline == b.last_newline && a.ends_escaped == b.ends_escaped,
        "summarize", bytes, count);
  }
  expect(
      cbytescan_count_newlines(kernel, bytes, count) ==
          cbytescan_count_newlines(cbytescan_kernel_portable, bytes, count),
      "count_newlines", bytes, count);
  expect(
      cbytescan_first_non_ascii(kernel, bytes, count) ==
          cbytescan_first_non_ascii(cbytescan_kernel_portable, bytes, count),
      "first_non_ascii", bytes, count);
}

static void compare_walks(
    cbytescan_kernel kernel, const uint8_t *bytes, size_t count, cbytescan_state start) {
  size_t from = count == 0 ? 0 : next_random(count);
  int64_t target = (int64_t)next_random(8) - 3;
  cbytescan_state a = start, b = start;
  int64_t close_a = cbytescan_skip(kernel, bytes, count, from, target, &a);
  int64_t close_b = cbytescan_skip(cbytescan_kernel_portable, bytes, count, from, target, &b);
  expect(close_a == close_b && same_state(a, b), "skip", bytes, count);
  a = b = start;
  int64_t next_a = cbytescan_next_bracket(kernel, bytes, count, from, &a);
  int64_t next_b = cbytescan_next_bracket(cbytescan_kernel_portable, bytes, count, from, &b);
  expect(next_a == next_b && same_state(a, b), "next_bracket", bytes, count);
}

static void compare_minified(
    cbytescan_kernel kernel, const uint8_t *bytes, size_t count, cbytescan_state start, uint8_t *room) {
  uint8_t expected[longest];
  cbytescan_state a = start, b = start;
  cbytescan_minified kept_a = cbytescan_minify(kernel, bytes, count, room, &a);
  cbytescan_minified kept_b = cbytescan_minify(cbytescan_kernel_portable, bytes, count, expected, &b);
  expect(
      kept_a.written == kept_b.written && kept_a.foreign == kept_b.foreign && same_state(a, b) &&
          memcmp(room, expected, (size_t)kept_b.written) == 0,
      "minify", bytes, count);
}

static bool is_certain(cbytescan_kernel kernel, const uint8_t *bytes, size_t count, size_t cut) {
  cbytescan_check check = cbytescan_check_start(62);
  return cbytescan_check_bytes(kernel, bytes, cut, &check) &&
         cbytescan_check_bytes(kernel, bytes + cut, count - cut, &check) && cbytescan_check_end(kernel, &check);
}

static void compare_checks(cbytescan_kernel kernel, const uint8_t *bytes, size_t count) {
  size_t cut = next_random(count + 1);
  expect(
      is_certain(kernel, bytes, count, cut) == is_certain(cbytescan_kernel_portable, bytes, count, count),
      "check", bytes, count);
}

/// A page that may be used, between two that may not.
static uint8_t *guarded_page(size_t size) {
  uint8_t *start = mmap(NULL, page_count * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED || mprotect(start + size, size, PROT_READ | PROT_WRITE) != 0) {
    perror("guarded page");
    exit(2);
  }
  return start + size;
}

static void compare_random_texts(cbytescan_kernel kernel, uint8_t *page, uint8_t *room, size_t size) {
  for (size_t count = 0; count <= longest; count++) {
    for (size_t offset = 0; offset < 64; offset++) {
      // In turn right behind the page's start, and right before its end.
      uint8_t *bytes = offset % 2 == 0 ? page + offset : page + size - count - offset;
      uint8_t *kept = offset % 2 == 0 ? room : room + size - count;
      fill(bytes, count);
      cbytescan_state start = {
          (int64_t)next_random(7) - 2, next_random(2) == 1, next_random(2) == 1};
      compare_summaries(kernel, bytes, count);
      compare_walks(kernel, bytes, count, start);
      compare_minified(kernel, bytes, count, start, kept);
      compare_checks(kernel, bytes, count);
    }
  }
}

/// JSON, and JSON with one byte changed: of random bytes hardly any are.
static void compare_json(cbytescan_kernel kernel, uint8_t *page, size_t size) {
  static const char *const texts[] = {
      " { \"a\" : [ 1 , { } , [ ] , \"x\" ] ,\r\n\t\"b\" : true } ",
      "[1,2.5,-3e-7,true,false,null,\"x\",{},[]]",
      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u12aF\"",
      "\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
      "{\"\":\"\",\"\":\"\"}",
      "[[[[[[[[[[0.0,-0e-0,123456789012345678901234567890]]]]]]]]]]",
      "{\"tools\":[{\"title\":\"Car\",\"bounding-box\":{\"x\":1.5,\"y\":-2}}],\"stage\":\"Complete\"}",
  };
  for (size_t text = 0; text < sizeof texts / sizeof *texts; text++) {
    size_t length = strlen(texts[text]);
    for (size_t offset = 0; offset < 128; offset++) {
      size_t count = offset + length;
      uint8_t *bytes = page + size - count;
      memset(bytes, ' ', offset);
      memcpy(bytes + offset, texts[text], length);
      expect(is_certain(kernel, bytes, count, next_random(count + 1)), "valid JSON", bytes, count);
      for (int change = 0; change < 20; change++) {
        size_t place = offset + next_random(length);
        uint8_t before = bytes[place];
        bytes[place] = telling[next_random(sizeof telling - 1)];
        compare_checks(kernel, bytes, count);
        bytes[place] = before;
      }
    }
  }
}

int main(void) {
  static const struct {
    cbytescan_kernel kernel;
    const char *name;
  } kernels[] = {
      {cbytescan_kernel_sse, "sse"}, {cbytescan_kernel_avx2, "avx2"}, {cbytescan_kernel_neon, "neon"}};
  size_t size = (size_t)sysconf(_SC_PAGESIZE);
  uint8_t *page = guarded_page(size), *room = guarded_page(size);
  int compared = 0;
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    if (!cbytescan_is_available(kernels[i].kernel)) continue;
    comparisons = 0;
    compare_random_texts(kernels[i].kernel, page, room, size);
    compare_json(kernels[i].kernel, page, size);
    printf("%s: %ld comparisons with the portable kernel\n", kernels[i].name, comparisons);
    compared++;
  }
  if (compared == 0) fprintf(stderr, "this processor has no kernel but the portable one\n");
  if (failures > 0) fprintf(stderr, "%d differences\n", failures);
  return failures == 0 && compared > 0 ? 0 : 1;
}
