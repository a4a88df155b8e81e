// The check of every vector kernel: whether bytes are certainly JSON. No include guard: each
// kernel's file includes it once, after block_scan.h, and has three more primitives for it:
//
//   block_digits(b)            which bytes are 0-9                        ┐ masks, as those
//   block_bit_20(b)            which bytes have bit 20 set                │ of block_scan.h
//   block_at_least(b, byte)    which bytes are `byte` or more, unsigned   ┘
//
// JSON is not read token by token. Nearly all of its grammar is about neighbours: what may stand
// before a comma, behind a colon, before a digit. So each rule is a few operations on masks, for
// 64 bytes at once. What stands behind a token, white space left out, is found by adding: a carry
// runs through a row of ones and comes out at its end.
//
//   bytes      [ 1 ,     2 ]        bit 0 on the left
//   commas     . . 1 . . . .
//   white      . . . 1 1 . .
//   sum        . . . . . 1 .        white + (commas << 1), less white
//
// So are the end of a key, from where it starts, and that of a row of digits. Only brackets are
// taken one by one: whether a container is an object must be remembered until it ends.
//
// Rules may overlap, and a byte that one of them calls wrong makes the rest of the masks
// meaningless. That does no harm: wrong is wrong, and nothing but the verdict is told.

/// Which bytes of a block stand `places` behind those of `mask`; `before` is the mask of the block
/// before.
INLINE uint64_t behind(uint64_t mask, uint64_t before, int places) {
  return mask << places | before >> (64 - places);
}

/// Which bytes stand right behind those of `mask`. `carried` is bit 0 of the answer, and becomes
/// that of the next block's. `behind` would need a double shift, which is slow on AMD's processors.
INLINE uint64_t next_to(uint64_t mask, uint64_t *carried) {
  uint64_t next = mask << 1 | *carried;
  *carried = mask >> 63;
  return next;
}

/// The ends of the rows of ones in `rows` that begin at `starts`: the first bit behind each. A
/// start that is in no row is its own end. `carried` tells whether such a row goes on from the
/// block before, and then whether one goes on into the next.
INLINE uint64_t row_ends(uint64_t rows, uint64_t starts, uint64_t *carried) {
  unsigned long long sum;
  *carried = __builtin_uaddll_overflow(rows, starts | *carried, &sum);
  return sum & ~rows;
}

/// The first bytes behind `tokens` that are no white space; `carried` as above.
INLINE uint64_t next_token(uint64_t tokens, uint64_t white, uint64_t *carried) {
  uint64_t starts = tokens << 1 | *carried, goes_on = 0;
  uint64_t next = row_ends(white, starts, &goes_on);
  *carried = tokens >> 63 | goes_on;
  return next;
}

/// What one block hands to the next. Zero before the first.
typedef struct {
  carry strings;
  // Bit 0 of each: whether the next byte stands behind such a one.
  uint64_t scalar, digit, minus, point, first_zero, exponent, sign;
  // Whether the next byte that is no white space does.
  uint64_t value_end, opening, colon, key_end;
  // Whether the block ended in a key, in the digits behind a point, in those of an exponent.
  uint64_t in_key, in_fraction, in_exponent;
  // Masks of the block before.
  uint64_t letters_t, letters_f, letters_n;
  uint64_t hex_leads, lead2, lead3, lead4, lead_e0, lead_ed, lead_f0, lead_f4;
} neighbours;

_Static_assert(sizeof(neighbours) <= sizeof(((cbytescan_check *)0)->carried), "room");

/// One check while it runs.
typedef struct {
  neighbours last;
  uint64_t arrays;  // the open containers, see cbytescan_check
  uint64_t deepest;
  uint64_t wrong;
} checker;

/// Bytes that are no UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
INLINE uint64_t wrong_utf8(block b, uint64_t high, neighbours *last) {
  uint64_t from_c0 = block_at_least(b, 0xc0), from_e0 = block_at_least(b, 0xe0);
  uint64_t from_f0 = block_at_least(b, 0xf0);
  uint64_t lead2 = from_c0 & ~from_e0, lead3 = from_e0 & ~from_f0, lead4 = from_f0;
  uint64_t second = behind(from_c0, last->lead2 | last->lead3 | last->lead4, 1);
  uint64_t third = behind(lead3 | lead4, last->lead3 | last->lead4, 2);
  uint64_t fourth = behind(lead4, last->lead4, 3);
  // A lead byte where a later one is wanted shows as one that is missing.
  uint64_t wrong = (second | third | fourth) ^ (high & ~from_c0);
  uint64_t e0 = block_equal(b, (char)0xe0), ed = block_equal(b, (char)0xed);
  uint64_t f0 = block_equal(b, (char)0xf0), f4 = block_equal(b, (char)0xf4);
  uint64_t from_a0 = block_at_least(b, 0xa0), from_90 = block_at_least(b, 0x90);
  wrong |= (lead2 & ~block_at_least(b, 0xc2)) | block_at_least(b, 0xf5);
  wrong |= behind(e0, last->lead_e0, 1) & ~from_a0;
  wrong |= behind(ed, last->lead_ed, 1) & from_a0;
  wrong |= behind(f0, last->lead_f0, 1) & ~from_90;
  wrong |= behind(f4, last->lead_f4, 1) & from_90;
  last->lead2 = lead2, last->lead3 = lead3, last->lead4 = lead4;
  last->lead_e0 = e0, last->lead_ed = ed, last->lead_f0 = f0, last->lead_f4 = f4;
  return wrong;
}

/// Escapes that JSON does not have, and backslashes outside strings.
INLINE uint64_t wrong_escapes(block b, uint64_t backslashes, strings s, neighbours *last) {
  uint64_t hex_leads = s.escaped & block_equal(b, 'u');
  uint64_t known = block_equal(b, '"') | block_equal(b, '\\') | block_equal(b, '/') |
                   block_equal(b, 'b') | block_equal(b, 'f') | block_equal(b, 'n') |
                   block_equal(b, 'r') | block_equal(b, 't');
  uint64_t wrong = (s.escaped & ~known & ~hex_leads) | (backslashes & ~s.inside);
  uint64_t hex = 0;
  for (int places = 1; places <= 4; places++) hex |= behind(hex_leads, last->hex_leads, places);
  if (UNLIKELY(hex)) {
    // Bit 20 makes 61-66 of the letters alone.
    block folded = block_fold_case(b);
    uint64_t letters = block_at_least(folded, 'a') & ~block_at_least(folded, 'g');
    wrong |= hex & ~(block_digits(b) | letters);
  }
  last->hex_leads = hex_leads;
  return wrong;
}

/// The scalars of a block, byte by byte.
typedef struct {
  uint64_t all, first;  // all bytes; the first of each scalar
  uint64_t digits, minuses, points, words;  // what a byte is; words are all others
  uint64_t behind_digit;
} scalars;

/// `true`, `false`, `null` and exponents: the scalars with letters, which most blocks don't have.
///
/// Returns which bytes are wrong, but for what `wrong_scalars` finds, and sets `signs` to those of
/// exponents.
static uint64_t wrong_words(block b, scalars s, uint64_t *signs, neighbours *last) {
  // What is wanted behind each first letter, byte by byte.
  uint64_t t = block_equal(b, 't') & s.first, f = block_equal(b, 'f') & s.first;
  uint64_t n = block_equal(b, 'n') & s.first;
  uint64_t bt = last->letters_t, bf = last->letters_f, bn = last->letters_n;
  uint64_t a = behind(f, bf, 1), r = behind(t, bt, 1);
  uint64_t u = behind(t, bt, 2) | behind(n, bn, 1);
  uint64_t l = behind(f, bf, 2) | behind(n, bn, 2) | behind(n, bn, 3);
  uint64_t w = behind(f, bf, 3), e = behind(t, bt, 3) | behind(f, bf, 4);
  uint64_t equal_e = block_equal(b, 'e');
  uint64_t wrong = (a & ~block_equal(b, 'a')) | (r & ~block_equal(b, 'r')) |
                   (u & ~block_equal(b, 'u')) | (l & ~block_equal(b, 'l')) |
                   (w & ~block_equal(b, 's')) | (e & ~equal_e);
  wrong |= (behind(t, bt, 4) | behind(n, bn, 4) | behind(f, bf, 5)) & s.all;
  last->letters_t = t, last->letters_f = f, last->letters_n = n;

  uint64_t literals = t | f | n | a | r | u | l | w | e;
  uint64_t exponents = (equal_e | block_equal(b, 'E')) & s.words & ~literals;
  uint64_t behind_exponent = next_to(exponents, &last->exponent);
  *signs = (block_equal(b, '+') | s.minuses) & s.all & behind_exponent;
  wrong |= s.words & ~(literals | exponents | *signs);
  wrong |= exponents & ~s.behind_digit;
  // Behind an exponent and its sign: digits, and nothing else up to the end.
  uint64_t starts = (behind_exponent & ~*signs) | next_to(*signs, &last->sign);
  wrong |= starts & ~s.digits;
  wrong |= row_ends(s.digits, starts, &last->in_exponent) & s.all;
  return wrong;
}

INLINE uint64_t wrong_scalars(block b, uint64_t all, uint64_t first, neighbours *last) {
  scalars s = {.all = all, .first = first, .digits = block_digits(b) & all};
  s.minuses = block_equal(b, '-') & all, s.points = block_equal(b, '.') & all;
  s.words = all & ~(s.digits | s.minuses | s.points);
  s.behind_digit = next_to(s.digits, &last->digit);
  uint64_t wrong = 0, signs = 0;
  uint64_t unfinished = last->letters_t | last->letters_f | last->letters_n;
  unfinished |= last->exponent | last->sign | last->in_exponent;
  if (UNLIKELY(s.words | unfinished)) wrong = wrong_words(b, s, &signs, last);
  uint64_t minuses = s.minuses & ~signs;
  uint64_t behind_minus = next_to(minuses, &last->minus);
  uint64_t behind_point = next_to(s.points, &last->point);
  wrong |= minuses & ~s.first;
  wrong |= (behind_minus | behind_point) & ~s.digits;
  wrong |= s.points & ~s.behind_digit;
  // No second point behind the digits that follow a point.
  wrong |= row_ends(s.digits, behind_point, &last->in_fraction) & s.points;
  // No digit behind a first zero.
  uint64_t first_zeros = s.digits & (s.first | behind_minus) & block_equal(b, '0');
  wrong |= next_to(first_zeros, &last->first_zero) & s.digits;
  return wrong;
}

/// Brackets that close nothing, and commas outside all containers, in a block that starts at
/// `depth`.
static uint64_t wrong_outside(int64_t depth, uint64_t open, uint64_t close, uint64_t commas) {
  uint64_t wrong = 0;
  for (uint64_t rest = open | close | commas; rest != 0; rest &= rest - 1) {
    uint64_t bit = rest & -rest;
    if (open & bit) {
      depth += 1;
    } else if (depth <= 0) {
      wrong |= bit;
    } else if (close & bit) {
      depth -= 1;
    }
  }
  return wrong;
}

/// Follows the containers through a block; of its brackets, `squares` tells those that are `[` or
/// `]`. Returns which bytes stand in an array or in nothing; an opening bracket stands in what is
/// around it.
INLINE uint64_t follow_containers(
    checker *c, uint64_t open, uint64_t close, uint64_t squares, uint64_t commas) {
  uint64_t arrays = c->arrays, deepest = c->deepest, lowest = arrays, wrong = 0;
  uint64_t in_array = -(arrays & 1);
  for (uint64_t rest = open | close; rest != 0; rest &= rest - 1) {
    int place = __builtin_ctzll(rest);
    uint64_t opens = open >> place & 1, is_square = squares >> place & 1, top = arrays & 1;
    wrong |= (top ^ is_square) & ~opens;
    arrays = opens ? arrays << 1 | is_square : arrays >> 1;
    deepest |= arrays;
    lowest = arrays < lowest ? arrays : lowest;
    in_array ^= -(top ^ (arrays & 1)) & (uint64_t)-2 << place;
  }
  // The outermost value begins or ends here, or has no brackets.
  if (UNLIKELY(lowest <= 1)) {
    wrong |= wrong_outside(63 - __builtin_clzll(c->arrays | 1), open, close, commas);
  }
  c->arrays = arrays;
  c->deepest = deepest;
  c->wrong |= wrong;
  return in_array;
}

/// The tokens of a block: brackets, separators, and the ends of strings and scalars.
typedef struct {
  uint64_t open, close, commas, colons;
  uint64_t opening_quotes, closing_quotes, inside;  // inside as in `strings`
  uint64_t scalars, first;                          // all their bytes; the first of each
  uint64_t white;                                   // white space between tokens
} tokens;

/// Tokens that cannot follow the one before, given which bytes stand in arrays or in nothing.
INLINE uint64_t wrong_order(tokens t, uint64_t in_array, neighbours *last) {
  uint64_t value_ends = t.closing_quotes | t.close | t.scalars;
  uint64_t behind_value = next_token(value_ends, t.white, &last->value_end);
  uint64_t behind_open = next_token(t.open, t.white, &last->opening);
  uint64_t behind_colon = next_token(t.colons, t.white, &last->colon);
  // In an object, a string that is not behind a colon is a key.
  uint64_t keys = t.opening_quotes & ~in_array & ~behind_colon;
  uint64_t key_ends = row_ends(t.inside, keys, &last->in_key);
  uint64_t wrong = next_token(key_ends, t.white, &last->key_end) ^ t.colons;
  wrong |= t.commas & ~behind_value;
  wrong |= (t.opening_quotes | t.first | t.open) & behind_value;
  wrong |= t.close & ~(behind_value | behind_open);
  wrong |= (t.first | t.open) & ~in_array & ~behind_colon;
  return wrong;
}

/// Finds a block's strings; returns which bytes are wrong in one, or as escapes.
INLINE uint64_t wrong_text(block b, tokens *t, neighbours *last) {
  uint64_t backslashes = block_equal(b, '\\'), quotes = block_equal(b, '"'), wrong = 0;
  strings s = {0, 0};
  bool escapes = (backslashes | last->strings.escaped | last->hex_leads) != 0;
  if (UNLIKELY(escapes)) {
    s.escaped = escaped_bytes(backslashes, last->strings.escaped);
    quotes &= ~s.escaped;
    last->strings.escaped = next_escaped(backslashes, s.escaped);
  }
  s.inside = prefix_xor(quotes) ^ last->strings.in_string;
  last->strings.in_string = (uint64_t)((int64_t)s.inside >> 63);
  if (UNLIKELY(escapes)) wrong |= wrong_escapes(b, backslashes, s, last);
  uint64_t high = block_above_ascii(b);
  if (UNLIKELY(high | last->lead2 | last->lead3 | last->lead4)) wrong |= wrong_utf8(b, high, last);
  t->inside = s.inside;
  t->opening_quotes = quotes & s.inside;
  t->closing_quotes = quotes & ~s.inside;
  return wrong;
}

INLINE void check_block(checker *c, block b) {
  tokens t;
  uint64_t wrong = wrong_text(b, &t, &c->last);
  uint64_t outside = ~(t.inside | t.closing_quotes), low = block_up_to_space(b);
  t.white = 0;
  if (low) {
    t.white = block_white_space(b) & outside;
    wrong |= low & outside & ~t.white;
    wrong |= low & t.inside & ~block_equal(b, ' ');
  }
  brackets found = find_brackets(b, ~outside);
  t.open = found.open, t.close = found.close;
  t.commas = block_equal(b, ',') & outside, t.colons = block_equal(b, ':') & outside;
  t.scalars = outside & ~(t.white | t.open | t.close | t.commas | t.colons);
  t.first = t.scalars & ~next_to(t.scalars, &c->last.scalar);
  wrong |= wrong_scalars(b, t.scalars, t.first, &c->last);
  uint64_t in_array = follow_containers(c, t.open, t.close, ~block_bit_20(b), t.commas);
  c->wrong |= wrong | wrong_order(t, in_array, &c->last);
}

static bool check(const uint8_t *bytes, size_t count, cbytescan_check *state) {
  checker c = {.arrays = state->arrays, .deepest = state->deepest, .wrong = !state->certain};
  memcpy(&c.last, state->carried, sizeof c.last);
  size_t i = 0;
  if (state->held_count > 0) {
    size_t room = 64 - state->held_count;
    i = count < room ? count : room;
    if (i > 0) memcpy(state->held + state->held_count, bytes, i);
    state->held_count += i;
    if (state->held_count == 64) {
      check_block(&c, block_load(state->held));
      state->held_count = 0;
    }
  }
  for (; count - i >= 64; i += 64) check_block(&c, block_load(bytes + i));
  if (i < count) {
    memcpy(state->held, bytes + i, count - i);
    state->held_count = count - i;
  }
  memcpy(state->carried, &c.last, sizeof c.last);
  state->arrays = c.arrays;
  state->deepest = c.deepest;
  state->certain = c.wrong == 0 && c.deepest >> state->max_depth <= 1;
  return state->certain;
}

static bool check_end(cbytescan_check *state) {
  uint8_t spaces[64];
  memset(spaces, ' ', 64);
  // At least one space, so that a token which the end cuts shows.
  check(spaces, 64 - state->held_count, state);
  neighbours last;
  memcpy(&last, state->carried, sizeof last);
  return state->certain && state->arrays == 1 && last.strings.in_string == 0 && last.value_end;
}

static const cbytescan_check_operations check_operations = {check, check_end};
