// The NEON kernel: 64 bytes are four registers of 16. Every arm64 processor has NEON, so
// that nothing is asked at run time.

#include "kernels.h"

#if CBYTESCAN_NEON

#include <arm_neon.h>

#define PRIMITIVE static inline __attribute__((always_inline))

typedef struct {
  uint8x16_t part[4];
} block;

/// A block whose parts are `expression` of the parts `v` of block `b`.
#define EACH_PART(b, v, expression)                           \
  ({                                                          \
    block answer;                                             \
    for (int i = 0; i < 4; i++) {                             \
      uint8x16_t v = (b).part[i];                             \
      answer.part[i] = (expression);                          \
    }                                                         \
    answer;                                                   \
  })

PRIMITIVE block block_load(const uint8_t *p) {
  return (block){{vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + 32), vld1q_u8(p + 48)}};
}

PRIMITIVE void block_store(uint8_t *p, block b) {
  for (int i = 0; i < 4; i++) vst1q_u8(p + 16 * i, b.part[i]);
}

/// One bit for each byte, all of whose bits must be alike.
///
/// Each byte keeps the bit of its place in eight; three rounds of adding neighbours then
/// gather eight bytes in one, and 64 in eight, in order.
PRIMITIVE uint64_t block_bits(block b) {
  const uint8x16_t place = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  block bits = EACH_PART(b, v, vandq_u8(v, place));
  uint8x16_t low = vpaddq_u8(bits.part[0], bits.part[1]);
  uint8x16_t high = vpaddq_u8(bits.part[2], bits.part[3]);
  uint8x16_t sums = vpaddq_u8(low, high);
  sums = vpaddq_u8(sums, sums);
  return vgetq_lane_u64(vreinterpretq_u64_u8(sums), 0);
}

PRIMITIVE uint64_t block_equal(block b, char byte) {
  uint8x16_t wanted = vdupq_n_u8((uint8_t)byte);
  return block_bits(EACH_PART(b, v, vceqq_u8(v, wanted)));
}

PRIMITIVE block block_fold_case(block b) {
  uint8x16_t bit = vdupq_n_u8(0x20);
  return EACH_PART(b, v, vorrq_u8(v, bit));
}

PRIMITIVE uint64_t block_up_to_space(block b) {
  uint8x16_t space = vdupq_n_u8(' ');
  return block_bits(EACH_PART(b, v, vcleq_u8(v, space)));
}

PRIMITIVE uint64_t block_white_space(block b) {
  // Looked up by its low four bits, a white space finds itself, and other bytes find one
  // that they are not: 80, which has the low bits 0, stands nowhere at place 0.
  const uint8x16_t itself = {' ', 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                             0x80, '\t', '\n', 0x80, 0x80, '\r', 0x80, 0x80};
  uint8x16_t low_bits = vdupq_n_u8(0x0f);
  return block_bits(EACH_PART(b, v, vceqq_u8(vqtbl1q_u8(itself, vandq_u8(v, low_bits)), v)));
}

PRIMITIVE uint64_t block_above_ascii(block b) {
  uint8x16_t first = vdupq_n_u8(0x80);
  return block_bits(EACH_PART(b, v, vcgeq_u8(v, first)));
}

PRIMITIVE uint64_t block_bit_20(block b) {
  uint8x16_t bit = vdupq_n_u8(0x20);
  return block_bits(EACH_PART(b, v, vtstq_u8(v, bit)));
}

PRIMITIVE uint64_t block_at_least(block b, uint8_t byte) {
  uint8x16_t least = vdupq_n_u8(byte);
  return block_bits(EACH_PART(b, v, vcgeq_u8(v, least)));
}

PRIMITIVE uint64_t block_digits(block b) {
  uint8x16_t zero = vdupq_n_u8('0'), nine = vdupq_n_u8(9);
  return block_bits(EACH_PART(b, v, vcleq_u8(vsubq_u8(v, zero), nine)));
}

PRIMITIVE uint64_t prefix_xor(uint64_t mask) {
  // The carry-less product would be one instruction, but belongs to an extension.
  for (int shift = 1; shift < 64; shift *= 2) mask ^= mask << shift;
  return mask;
}

PRIMITIVE void shuffle_eight(uint8_t *to, const uint8_t *from, uint64_t shuffle) {
  uint8x8_t bytes = vld1_u8(from);
  vst1_u8(to, vtbl1_u8(bytes, vcreate_u8(shuffle)));
}

#include "block_scan.h"
#include "block_check.h"

const cbytescan_operations cbytescan_neon_operations = {
    summarize, skip, next_bracket, minify, count_newlines, first_non_ascii, &check_operations,
};

#endif
