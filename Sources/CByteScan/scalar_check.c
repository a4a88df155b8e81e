// The portable check: RFC 8259 as a machine that takes one byte at a time. It runs where no other
// kernel does and is what the others are tested against, so that it shares nothing with them but
// the form of the stack.

#include "kernels.h"

/// What may come next.
typedef enum {
  want_value,
  want_value_or_end,  // behind `[`
  want_key,
  want_key_or_end,  // behind `{`
  want_colon,
  want_separator,  // behind a value
  in_string,
  in_escape,
  in_hex,
  in_literal,
  in_minus,
  in_zero,
  in_integer,
  in_point,
  in_fraction,
  in_exponent,
  in_exponent_sign,
  in_exponent_digits,
} expectation;

typedef struct {
  expectation next;
  bool is_key;
  /// What of `true`, `false` or `null` is missing.
  const char *literal;
  /// How many hexadecimal digits or bytes of a character are missing, and what the next byte of the
  /// character may be.
  int missing;
  uint8_t least, most;
} machine;

_Static_assert(sizeof(machine) <= sizeof(((cbytescan_check *)0)->carried), "room");

static bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

static bool is_hex(uint8_t byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool is_white_space(uint8_t byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool in_array(const cbytescan_check *check) { return check->arrays & 1; }
static bool in_nothing(const cbytescan_check *check) { return check->arrays == 1; }

static bool begin_string(machine *m, bool is_key) {
  m->next = in_string;
  m->is_key = is_key;
  return true;
}

static bool begin_literal(machine *m, const char *rest) {
  m->next = in_literal;
  m->literal = rest;
  return true;
}

static bool open(machine *m, cbytescan_check *check, bool is_array) {
  check->arrays = check->arrays << 1 | is_array;
  check->deepest |= check->arrays;
  m->next = is_array ? want_value_or_end : want_key_or_end;
  return check->arrays >> check->max_depth <= 1;
}

static bool close(machine *m, cbytescan_check *check, bool is_array) {
  if (in_nothing(check) || in_array(check) != is_array) return false;
  check->arrays >>= 1;
  m->next = want_separator;
  return true;
}

static bool begin_value(machine *m, cbytescan_check *check, uint8_t byte) {
  switch (byte) {
    case '"': return begin_string(m, false);
    case '{': return open(m, check, false);
    case '[': return open(m, check, true);
    case 't': return begin_literal(m, "rue");
    case 'f': return begin_literal(m, "alse");
    case 'n': return begin_literal(m, "ull");
    case '-': m->next = in_minus; return true;
    case '0': m->next = in_zero; return true;
    default: m->next = in_integer; return is_digit(byte);
  }
}

static bool separate(machine *m, cbytescan_check *check, uint8_t byte) {
  if (byte == ']' || byte == '}') return close(m, check, byte == ']');
  m->next = in_array(check) ? want_value : want_key;
  return byte == ',' && !in_nothing(check);
}

/// The first byte of a character that is not ASCII.
static bool begin_character(machine *m, uint8_t byte) {
  m->least = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
  m->most = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
  m->missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
  return byte >= 0xc2 && byte <= 0xf4;
}

static bool go_on_in_string(machine *m, uint8_t byte) {
  if (m->missing > 0) {
    bool fits = byte >= m->least && byte <= m->most;
    m->least = 0x80, m->most = 0xbf;
    m->missing -= 1;
    return fits;
  }
  if (byte == '"') m->next = m->is_key ? want_colon : want_separator;
  if (byte == '\\') m->next = in_escape;
  return byte >= 0x80 ? begin_character(m, byte) : byte >= ' ';
}

static bool escape(machine *m, uint8_t byte) {
  m->next = byte == 'u' ? in_hex : in_string;
  m->missing = byte == 'u' ? 4 : 0;
  return byte != 0 && strchr("\"\\/bfnrtu", byte) != NULL;
}

static bool go_on_in_hex(machine *m, uint8_t byte) {
  m->missing -= 1;
  if (m->missing == 0) m->next = in_string;
  return is_hex(byte);
}

static bool go_on_in_literal(machine *m, uint8_t byte) {
  bool fits = (uint8_t)*m->literal == byte;
  m->literal += 1;
  if (*m->literal == 0) m->next = want_separator;
  return fits;
}

/// Reads on in a number; a byte that ends it is read as what it is.
static bool go_on_in_number(machine *m, cbytescan_check *check, uint8_t byte);

static bool take(machine *m, cbytescan_check *check, uint8_t byte) {
  switch (m->next) {
    case in_string: return go_on_in_string(m, byte);
    case in_escape: return escape(m, byte);
    case in_hex: return go_on_in_hex(m, byte);
    case in_literal: return go_on_in_literal(m, byte);
    case want_value: case want_value_or_end: case want_key: case want_key_or_end:
    case want_colon: case want_separator: break;
    default: return go_on_in_number(m, check, byte);
  }
  if (is_white_space(byte)) return true;
  switch (m->next) {
    case want_value_or_end:
      if (byte == ']') return close(m, check, true);
      return begin_value(m, check, byte);
    case want_key_or_end:
      if (byte == '}') return close(m, check, false);
      return byte == '"' && begin_string(m, true);
    case want_key: return byte == '"' && begin_string(m, true);
    case want_colon: m->next = want_value; return byte == ':';
    case want_separator: return separate(m, check, byte);
    default: return begin_value(m, check, byte);
  }
}

static bool go_on_in_number(machine *m, cbytescan_check *check, uint8_t byte) {
  bool digit = is_digit(byte), exponent = byte == 'e' || byte == 'E';
  switch (m->next) {
    case in_minus: m->next = byte == '0' ? in_zero : in_integer; return digit;
    case in_point: m->next = in_fraction; return digit;
    case in_exponent:
      m->next = digit ? in_exponent_digits : in_exponent_sign;
      return digit || byte == '+' || byte == '-';
    case in_exponent_sign: m->next = in_exponent_digits; return digit;
    default: break;
  }
  if (digit) return m->next != in_zero;
  if (byte == '.' && (m->next == in_zero || m->next == in_integer)) {
    m->next = in_point;
    return true;
  }
  m->next = exponent && m->next != in_exponent_digits ? in_exponent : want_separator;
  return m->next == in_exponent || take(m, check, byte);
}

static bool check(const uint8_t *bytes, size_t count, cbytescan_check *state) {
  machine m;
  memcpy(&m, state->carried, sizeof m);
  for (size_t i = 0; i < count && state->certain; i++) state->certain = take(&m, state, bytes[i]);
  memcpy(state->carried, &m, sizeof m);
  return state->certain;
}

static bool check_end(cbytescan_check *state) {
  // A space ends a number, and is wrong in what cannot end here.
  const uint8_t space = ' ';
  machine m;
  check(&space, 1, state);
  memcpy(&m, state->carried, sizeof m);
  return state->certain && m.next == want_separator && in_nothing(state);
}

const cbytescan_check_operations cbytescan_portable_check = {check, check_end};
