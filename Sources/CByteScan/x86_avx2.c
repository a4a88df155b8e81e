// The AVX2 kernel: 64 bytes are two registers of 32. Compiled for every x86-64 machine by
// function attributes, without compiler flags, and called only where the processor has it.

#include "kernels.h"

#if CBYTESCAN_X86

#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx2,bmi,pclmul,popcnt,lzcnt"))), apply_to = function)

#define PRIMITIVE static inline __attribute__((always_inline))

typedef struct {
  __m256i low, high;
} block;

PRIMITIVE block block_load(const uint8_t *p) {
  return (block){
      _mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)(p + 32))};
}

PRIMITIVE void block_store(uint8_t *p, block b) {
  _mm256_storeu_si256((__m256i *)p, b.low);
  _mm256_storeu_si256((__m256i *)(p + 32), b.high);
}

/// The highest bit of each byte.
PRIMITIVE uint64_t block_bits(__m256i low, __m256i high) {
  uint64_t upper = (uint32_t)_mm256_movemask_epi8(high);
  return upper << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

PRIMITIVE uint64_t block_equal(block b, char byte) {
  __m256i wanted = _mm256_set1_epi8(byte);
  return block_bits(_mm256_cmpeq_epi8(b.low, wanted), _mm256_cmpeq_epi8(b.high, wanted));
}

PRIMITIVE block block_fold_case(block b) {
  __m256i bit = _mm256_set1_epi8(0x20);
  return (block){_mm256_or_si256(b.low, bit), _mm256_or_si256(b.high, bit)};
}

PRIMITIVE uint64_t block_up_to_space(block b) {
  __m256i space = _mm256_set1_epi8(' ');
  return block_bits(
      _mm256_cmpeq_epi8(_mm256_min_epu8(b.low, space), b.low),
      _mm256_cmpeq_epi8(_mm256_min_epu8(b.high, space), b.high));
}

PRIMITIVE uint64_t block_white_space(block b) {
  // Looked up by its low four bits, a white space finds itself. Other bytes find a byte
  // they are not: those below 80 find 80 or a white space, those above find 0.
  const __m256i itself = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      ' ', -128, -128, -128, -128, -128, -128, -128, -128, '\t', '\n', -128, -128, '\r', -128,
      -128));
  return block_bits(
      _mm256_cmpeq_epi8(_mm256_shuffle_epi8(itself, b.low), b.low),
      _mm256_cmpeq_epi8(_mm256_shuffle_epi8(itself, b.high), b.high));
}

PRIMITIVE uint64_t block_above_ascii(block b) { return block_bits(b.low, b.high); }

PRIMITIVE uint64_t block_bit_20(block b) {
  return block_bits(_mm256_slli_epi16(b.low, 2), _mm256_slli_epi16(b.high, 2));
}

PRIMITIVE uint64_t block_at_least(block b, uint8_t byte) {
  __m256i least = _mm256_set1_epi8((char)byte);
  return block_bits(
      _mm256_cmpeq_epi8(_mm256_max_epu8(b.low, least), b.low),
      _mm256_cmpeq_epi8(_mm256_max_epu8(b.high, least), b.high));
}

PRIMITIVE uint64_t block_digits(block b) {
  __m256i zero = _mm256_set1_epi8('0'), nine = _mm256_set1_epi8(9);
  __m256i low = _mm256_sub_epi8(b.low, zero), high = _mm256_sub_epi8(b.high, zero);
  return block_bits(
      _mm256_cmpeq_epi8(_mm256_min_epu8(low, nine), low),
      _mm256_cmpeq_epi8(_mm256_min_epu8(high, nine), high));
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

const cbytescan_operations cbytescan_avx2_operations = {
    summarize, skip, next_bracket, minify, count_newlines, first_non_ascii, &check_operations,
};

#pragma clang attribute pop

#endif
