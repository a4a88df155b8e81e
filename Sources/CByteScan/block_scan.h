// The algorithm of every vector kernel, over blocks of 64 bytes. No include guard: each
// kernel's file includes it once, after it has defined for its instruction set
//
//   block                      64 bytes in registers
//   block_load(p)              ... from 64 readable bytes
//   block_store(p, b)          ... to 64 writable bytes
//   block_equal(b, byte)       which bytes are `byte`                     ┐
//   block_fold_case(b)         the block with bit 20 of each byte set     │ masks: bit i of a
//   block_up_to_space(b)       which bytes are 20 or less                 │ uint64_t stands for
//   block_white_space(b)       which bytes are 20 09 0A 0D                │ byte i of the block
//   block_above_ascii(b)       which bytes are 80 or more                 ┘
//   prefix_xor(mask)           bit i of the answer: parity of bits 0...i
//   shuffle_eight(to, from, s) eight bytes, moved as `s` says (see compaction_table.c)
//
// Everything here works on the masks, so that an instruction set is a page of code. A block
// that reaches beyond the end is copied to a padded one first: nothing outside is ever read.

#define INLINE static inline __attribute__((always_inline))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

INLINE int64_t count_bits(uint64_t mask) { return __builtin_popcountll(mask); }

/// The bits below the lowest set one. `mask` must not be 0.
INLINE uint64_t below_lowest(uint64_t mask) { return (mask & -mask) - 1; }

/// The start of the 64 bytes at `p`, of which `left` exist: `p`, or a padded copy.
///
/// The padding is spaces, which mean nothing to a scan; minify masks them off.
INLINE const uint8_t *whole_block(const uint8_t *p, size_t left, uint8_t padded[64]) {
  if (LIKELY(left >= 64)) return p;
  memset(padded, ' ', 64);
  memcpy(padded, p, left);
  return padded;
}

/// What one block hands to the next.
typedef struct {
  uint64_t in_string;  // all ones inside a string, else 0
  uint64_t escaped;    // 1 if the first byte is escaped, else 0
} carry;

INLINE carry carry_from(const cbytescan_state *state) {
  return (carry){state->in_string ? ~(uint64_t)0 : 0, state->escaped};
}

/// Which bytes are escaped by the one before them.
///
/// In a run of backslashes the first escapes the second, the third the fourth, and so on: the
/// ones that escape have the parity of the run's first. Adding the starts of the runs that
/// begin at odd places makes those runs carry out of themselves, which tells the two kinds of
/// run apart.
INLINE uint64_t escaped_bytes(uint64_t backslashes, uint64_t first_escaped) {
  const uint64_t even = 0x5555555555555555;
  uint64_t runs = backslashes & ~first_escaped;
  uint64_t odd_starts = runs & ~(runs << 1) & ~even;
  uint64_t escaping = runs & ~((runs + odd_starts) ^ even);
  return escaping << 1 | first_escaped;
}

/// Whether the byte behind the block is escaped: the last one is a backslash that escapes.
INLINE uint64_t next_escaped(uint64_t backslashes, uint64_t escaped) {
  return (backslashes & ~escaped) >> 63;
}

/// Where a block's strings are.
typedef struct {
  uint64_t escaped;
  uint64_t inside;  // from each opening quote up to the byte before the closing one
} strings;

INLINE strings find_strings(block b, carry *c) {
  uint64_t backslashes = block_equal(b, '\\');
  uint64_t quotes = block_equal(b, '"');
  uint64_t escaped = 0;
  if (UNLIKELY(backslashes | c->escaped)) {
    escaped = escaped_bytes(backslashes, c->escaped);
    quotes &= ~escaped;
    c->escaped = next_escaped(backslashes, escaped);
  }
  uint64_t inside = prefix_xor(quotes) ^ c->in_string;
  c->in_string = (uint64_t)((int64_t)inside >> 63);
  return (strings){escaped, inside};
}

/// After a padded block: whether the byte behind its `count` % 64 real ones is escaped.
///
/// In a whole block `next_escaped` told; here the padding has hidden it.
INLINE void settle_escape(carry *c, strings last, size_t count) {
  if (count % 64 != 0) c->escaped = last.escaped >> (count % 64) & 1;
}

/// A block's unescaped brackets, inside strings and outside.
typedef struct {
  uint64_t open;
  uint64_t close;
} brackets;

INLINE brackets find_brackets(block b, uint64_t escaped) {
  // '[' and ']' differ from '{' and '}' in bit 20 alone, and no other byte folds onto them.
  block folded = block_fold_case(b);
  return (brackets){block_equal(folded, '{') & ~escaped, block_equal(folded, '}') & ~escaped};
}

/// A depth and the least it has been.
typedef struct {
  int64_t depth;
  int64_t lowest;
} depth_track;

/// Walks the closing brackets of one block to find exactly how low the depth goes.
static int64_t lowest_in_block(int64_t depth, uint64_t open, uint64_t close) {
  int64_t lowest = INT64_MAX;
  for (int64_t closed = 1; close != 0; close &= close - 1, closed++) {
    int64_t now = depth + count_bits(open & below_lowest(close)) - closed;
    if (now < lowest) lowest = now;
  }
  return lowest;
}

INLINE void follow_depth(depth_track *track, uint64_t open, uint64_t close) {
  int64_t closed = count_bits(close);
  if (UNLIKELY(track->depth - closed < track->lowest)) {
    int64_t low = lowest_in_block(track->depth, open, close);
    if (low < track->lowest) track->lowest = low;
  }
  track->depth += count_bits(open) - closed;
}

static cbytescan_summary summarize(const uint8_t *bytes, size_t count, bool starts_escaped) {
  carry c = {0, starts_escaped};
  strings s = {0, 0};
  depth_track outside = {0, 0}, inside = {0, 0};
  int64_t newlines = 0;
  uint64_t last_newlines = 0;
  size_t last_newline_block = 0;
  uint8_t padded[64];
  for (size_t i = 0; i < count; i += 64) {
    block b = block_load(whole_block(bytes + i, count - i, padded));
    s = find_strings(b, &c);
    brackets found = find_brackets(b, s.escaped);
    follow_depth(&outside, found.open & ~s.inside, found.close & ~s.inside);
    follow_depth(&inside, found.open & s.inside, found.close & s.inside);
    uint64_t lines = block_equal(b, '\n');
    newlines += count_bits(lines);
    last_newline_block = lines ? i : last_newline_block;
    last_newlines = lines ? lines : last_newlines;
  }
  settle_escape(&c, s, count);
  return (cbytescan_summary){
      .outside = {outside.depth, outside.lowest, c.in_string != 0},
      .inside = {inside.depth, inside.lowest, c.in_string == 0},
      .newlines = newlines,
      .last_newline =
          newlines ? (int64_t)last_newline_block + 63 - __builtin_clzll(last_newlines) : -1,
      .ends_escaped = c.escaped != 0,
  };
}

/// Leaves `state` as it is behind a bracket: outside strings, nothing escaped.
INLINE int64_t found_at(size_t offset, int64_t depth, cbytescan_state *state) {
  *state = (cbytescan_state){.depth = depth};
  return (int64_t)offset;
}

INLINE int64_t found_none(carry c, int64_t depth, cbytescan_state *state) {
  *state = (cbytescan_state){depth, c.in_string != 0, c.escaped != 0};
  return -1;
}

static int64_t skip(
    const uint8_t *bytes, size_t count, size_t from, int64_t target, cbytescan_state *state) {
  carry c = carry_from(state);
  strings s = {0, 0};
  int64_t depth = state->depth;
  uint8_t padded[64];
  for (size_t i = from; i < count; i += 64) {
    block b = block_load(whole_block(bytes + i, count - i, padded));
    s = find_strings(b, &c);
    brackets found = find_brackets(b, s.escaped);
    uint64_t open = found.open & ~s.inside, close = found.close & ~s.inside;
    // Most blocks cannot reach the target even if all their closing brackets came first.
    if (UNLIKELY(depth - count_bits(close) <= target)) {
      int64_t closed = 1;
      for (uint64_t rest = close; rest != 0; rest &= rest - 1, closed++) {
        int64_t now = depth + count_bits(open & below_lowest(rest)) - closed;
        if (now <= target) return found_at(i + (size_t)__builtin_ctzll(rest), now, state);
      }
    }
    depth += count_bits(open) - count_bits(close);
  }
  if (from < count) settle_escape(&c, s, count - from);
  return found_none(c, depth, state);
}

static int64_t next_bracket(
    const uint8_t *bytes, size_t count, size_t from, cbytescan_state *state) {
  carry c = carry_from(state);
  strings s = {0, 0};
  uint8_t padded[64];
  for (size_t i = from; i < count; i += 64) {
    block b = block_load(whole_block(bytes + i, count - i, padded));
    s = find_strings(b, &c);
    brackets found = find_brackets(b, s.escaped);
    uint64_t either = (found.open | found.close) & ~s.inside;
    if (either) {
      int64_t change = found.open & either & -either ? 1 : -1;
      return found_at(i + (size_t)__builtin_ctzll(either), state->depth + change, state);
    }
  }
  if (from < count) settle_escape(&c, s, count - from);
  return found_none(c, state->depth, state);
}

/// Copies the kept bytes of a block to `to`, eight at a time, and returns where they end.
///
/// Writes up to 64 bytes from `to`. Without branches, since where white space stands in a
/// block of pretty-printed text cannot be predicted.
INLINE uint8_t *compact(uint8_t *to, const uint8_t *from, uint64_t keep) {
  for (int i = 0; i < 64; i += 8) {
    unsigned mask = keep >> i & 0xff;
    shuffle_eight(to, from + i, cbytescan_compaction_shuffles[mask]);
    to += __builtin_popcount(mask);
  }
  return to;
}

/// Which bytes of a block minify keeps, and which are foreign.
typedef struct {
  uint64_t keep;
  uint64_t foreign;
} sifted;

INLINE sifted sift(block b, strings s, uint64_t low) {
  uint64_t white = block_white_space(b);
  return (sifted){~(white & low & ~s.escaped), low & ~white};
}

/// The last bytes of minify, fewer than 64, by way of a block that may be overrun.
static uint8_t *minify_tail(
    const uint8_t *from, size_t left, uint8_t *to, carry *c, uint64_t *foreign) {
  uint8_t padded[64], packed[64];
  block b = block_load(whole_block(from, left, padded));
  strings s = find_strings(b, c);
  settle_escape(c, s, left);
  sifted sieve = sift(b, s, block_up_to_space(b) & ~s.inside);
  uint64_t real = ((uint64_t)1 << left) - 1;
  *foreign = sieve.foreign & real;
  size_t kept = (size_t)(compact(packed, padded, sieve.keep & real) - packed);
  memcpy(to, packed, kept);
  return to + kept;
}

static cbytescan_minified minify(
    const uint8_t *bytes, size_t count, uint8_t *destination, cbytescan_state *state) {
  carry c = carry_from(state);
  uint8_t *to = destination;
  int64_t first_foreign = -1;
  size_t i = 0;
  // No write is beyond the room of `count`: `to` is never further on than `i`.
  for (; count - i >= 64; i += 64) {
    block b = block_load(bytes + i);
    strings s = find_strings(b, &c);
    uint64_t low = block_up_to_space(b) & ~s.inside;
    if (low == 0) {
      block_store(to, b);
      to += 64;
      continue;
    }
    sifted sieve = sift(b, s, low);
    if (UNLIKELY(sieve.foreign != 0 && first_foreign < 0)) {
      first_foreign = (int64_t)i + __builtin_ctzll(sieve.foreign);
    }
    if (sieve.keep != 0) to = compact(to, bytes + i, sieve.keep);
  }
  if (i < count) {
    uint64_t foreign;
    to = minify_tail(bytes + i, count - i, to, &c, &foreign);
    if (foreign != 0 && first_foreign < 0) {
      first_foreign = (int64_t)i + __builtin_ctzll(foreign);
    }
  }
  state->in_string = c.in_string != 0;
  state->escaped = c.escaped != 0;
  return (cbytescan_minified){to - destination, first_foreign};
}

static int64_t count_newlines(const uint8_t *bytes, size_t count) {
  int64_t newlines = 0;
  uint8_t padded[64];
  for (size_t i = 0; i < count; i += 64) {
    block b = block_load(whole_block(bytes + i, count - i, padded));
    newlines += count_bits(block_equal(b, '\n'));
  }
  return newlines;
}

static int64_t first_non_ascii(const uint8_t *bytes, size_t count) {
  uint8_t padded[64];
  for (size_t i = 0; i < count; i += 64) {
    block b = block_load(whole_block(bytes + i, count - i, padded));
    uint64_t above = block_above_ascii(b);
    if (above) return (int64_t)i + __builtin_ctzll(above);
  }
  return -1;
}
