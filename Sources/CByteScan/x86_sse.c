// The SSE kernel, for x86-64 machines without AVX2: 64 bytes are four registers of 16.
// It needs SSE4.2, which brings the byte shuffle, and carry-less multiplication.

#include "kernels.h"

#if CBYTESCAN_X86

#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("sse4.2,pclmul,popcnt"))), apply_to = function)

#define PRIMITIVE static inline __attribute__((always_inline))

typedef struct {
  __m128i part[4];
} block;

/// A block whose parts are `expression` of the parts `v` of block `b`.
#define EACH_PART(b, v, expression)                           \
  ({                                                          \
    block answer;                                             \
    for (int i = 0; i < 4; i++) {                             \
      __m128i v = (b).part[i];                                \
      answer.part[i] = (expression);                          \
    }                                                         \
    answer;                                                   \
  })

PRIMITIVE block block_load(const uint8_t *p) {
  const __m128i *parts = (const __m128i *)p;
  return (block){{
      _mm_loadu_si128(parts), _mm_loadu_si128(parts + 1), _mm_loadu_si128(parts + 2),
      _mm_loadu_si128(parts + 3)}};
}

PRIMITIVE void block_store(uint8_t *p, block b) {
  for (int i = 0; i < 4; i++) _mm_storeu_si128((__m128i *)p + i, b.part[i]);
}

/// The highest bit of each byte.
PRIMITIVE uint64_t block_bits(block b) {
  uint64_t bits = 0;
  for (int i = 0; i < 4; i++) {
    bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(b.part[i]) << (16 * i);
  }
  return bits;
}

PRIMITIVE uint64_t block_equal(block b, char byte) {
  __m128i wanted = _mm_set1_epi8(byte);
  return block_bits(EACH_PART(b, v, _mm_cmpeq_epi8(v, wanted)));
}

PRIMITIVE block block_fold_case(block b) {
  __m128i bit = _mm_set1_epi8(0x20);
  return EACH_PART(b, v, _mm_or_si128(v, bit));
}

PRIMITIVE uint64_t block_up_to_space(block b) {
  __m128i space = _mm_set1_epi8(' ');
  return block_bits(EACH_PART(b, v, _mm_cmpeq_epi8(_mm_min_epu8(v, space), v)));
}

PRIMITIVE uint64_t block_white_space(block b) {
  // Looked up by its low four bits, a white space finds itself. Other bytes find a byte
  // they are not: those below 80 find 80 or a white space, those above find 0.
  const __m128i itself = _mm_setr_epi8(
      ' ', -128, -128, -128, -128, -128, -128, -128, -128, '\t', '\n', -128, -128, '\r', -128,
      -128);
  return block_bits(EACH_PART(b, v, _mm_cmpeq_epi8(_mm_shuffle_epi8(itself, v), v)));
}

PRIMITIVE uint64_t block_above_ascii(block b) { return block_bits(b); }

PRIMITIVE uint64_t block_bit_20(block b) {
  return block_bits(EACH_PART(b, v, _mm_slli_epi16(v, 2)));
}

PRIMITIVE uint64_t block_at_least(block b, uint8_t byte) {
  __m128i least = _mm_set1_epi8((char)byte);
  return block_bits(EACH_PART(b, v, _mm_cmpeq_epi8(_mm_max_epu8(v, least), v)));
}

PRIMITIVE uint64_t block_digits(block b) {
  __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
  block above = EACH_PART(b, v, _mm_sub_epi8(v, zero));
  return block_bits(EACH_PART(above, v, _mm_cmpeq_epi8(_mm_min_epu8(v, nine), v)));
}

PRIMITIVE uint64_t prefix_xor(uint64_t mask) {
  // A carry-less product with all ones sums, without carries, the bits up to each place.
  __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)mask), _mm_set1_epi8(-1), 0);
  return (uint64_t)_mm_cvtsi128_si64(product);
}

PRIMITIVE void shuffle_eight(uint8_t *to, const uint8_t *from, uint64_t shuffle) {
  __m128i bytes = _mm_loadl_epi64((const __m128i *)from);
  _mm_storel_epi64(
      (__m128i *)to, _mm_shuffle_epi8(bytes, _mm_cvtsi64_si128((int64_t)shuffle)));
}

#include "block_scan.h"
#include "block_check.h"

const cbytescan_operations cbytescan_sse_operations = {
    summarize, skip, next_bracket, minify, count_newlines, first_non_ascii, &check_operations,
};

#pragma clang attribute pop

#endif
