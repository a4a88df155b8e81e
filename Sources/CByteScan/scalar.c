// The portable kernel: one byte at a time, written to be read. It runs where no other
// kernel does and is what the others are tested against.

#include "kernels.h"

/// What a byte is, seen from the state before it.
typedef enum { role_other, role_open, role_close } byte_role;

/// Moves the state past one byte.
static byte_role step(cbytescan_state *state, uint8_t byte) {
  if (state->escaped) {
    state->escaped = false;
    return role_other;
  }
  if (byte == '\\') {
    state->escaped = true;
  } else if (byte == '"') {
    state->in_string = !state->in_string;
  } else if (!state->in_string && (byte == '[' || byte == '{')) {
    state->depth += 1;
    return role_open;
  } else if (!state->in_string && (byte == ']' || byte == '}')) {
    state->depth -= 1;
    return role_close;
  }
  return role_other;
}

static cbytescan_outcome outcome(const uint8_t *bytes, size_t count, cbytescan_state state) {
  int64_t lowest = 0;
  for (size_t i = 0; i < count; i++) {
    step(&state, bytes[i]);
    if (state.depth < lowest) lowest = state.depth;
  }
  return (cbytescan_outcome){state.depth, lowest, state.in_string};
}

static bool ends_escaped(const uint8_t *bytes, size_t count, bool starts_escaped) {
  cbytescan_state state = {.escaped = starts_escaped};
  for (size_t i = 0; i < count; i++) step(&state, bytes[i]);
  return state.escaped;
}

static cbytescan_summary summarize(const uint8_t *bytes, size_t count, bool starts_escaped) {
  cbytescan_summary summary = {
      .outside = outcome(bytes, count, (cbytescan_state){0, false, starts_escaped}),
      .inside = outcome(bytes, count, (cbytescan_state){0, true, starts_escaped}),
      .last_newline = -1,
      .ends_escaped = ends_escaped(bytes, count, starts_escaped),
  };
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] != '\n') continue;
    summary.newlines += 1;
    summary.last_newline = (int64_t)i;
  }
  return summary;
}

static int64_t skip(
    const uint8_t *bytes, size_t count, size_t from, int64_t target, cbytescan_state *state) {
  for (size_t i = from; i < count; i++) {
    if (step(state, bytes[i]) == role_close && state->depth <= target) return (int64_t)i;
  }
  return -1;
}

static int64_t next_bracket(
    const uint8_t *bytes, size_t count, size_t from, cbytescan_state *state) {
  for (size_t i = from; i < count; i++) {
    if (step(state, bytes[i]) != role_other) return (int64_t)i;
  }
  return -1;
}

static bool is_white_space(uint8_t byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static cbytescan_minified minify(
    const uint8_t *bytes, size_t count, uint8_t *destination, cbytescan_state *state) {
  cbytescan_minified result = {0, -1};
  int64_t depth = state->depth;
  for (size_t i = 0; i < count; i++) {
    uint8_t byte = bytes[i];
    bool outside = !state->in_string;
    bool drop = outside && !state->escaped && is_white_space(byte);
    if (outside && byte < ' ' && !is_white_space(byte) && result.foreign < 0) {
      result.foreign = (int64_t)i;
    }
    if (!drop) destination[result.written++] = byte;
    step(state, byte);
  }
  state->depth = depth;
  return result;
}

static int64_t count_newlines(const uint8_t *bytes, size_t count) {
  int64_t newlines = 0;
  for (size_t i = 0; i < count; i++) newlines += bytes[i] == '\n';
  return newlines;
}

static int64_t first_non_ascii(const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] >= 0x80) return (int64_t)i;
  }
  return -1;
}

const cbytescan_operations cbytescan_portable_operations = {
    summarize, skip, next_bracket, minify, count_newlines, first_non_ascii,
    &cbytescan_portable_check,
};
