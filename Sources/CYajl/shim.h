#pragma once
#include <stdlib.h>
#include <yajl/yajl_parse.h>

// yajl does not look at what its allocator returns and would write to address zero. So the allocator never returns
// NULL: where memory runs out the process ends at once, as the Swift runtime ends it where an object finds none.

static inline void *_Nonnull cyajl_checked(void *_Nullable block) {
  if (!block) __builtin_trap();
  return block;
}

static void *_Nonnull cyajl_malloc(void *_Nullable context, size_t size) {
  (void)context;
  return cyajl_checked(malloc(size));
}

static void *_Nonnull cyajl_realloc(void *_Nullable context, void *_Nullable block, size_t size) {
  (void)context;
  return cyajl_checked(realloc(block, size));
}

static void cyajl_free(void *_Nullable context, void *_Nullable block) {
  (void)context;
  free(block);
}

/// A parser that calls `callbacks` with `context`.
static inline yajl_handle _Nonnull cyajl_alloc(const yajl_callbacks *_Nonnull callbacks, void *_Nullable context) {
  yajl_alloc_funcs functions = {cyajl_malloc, cyajl_realloc, cyajl_free, NULL};
  // yajl copies the functions, and returns NULL only if one is missing.
  yajl_handle handle = yajl_alloc(callbacks, &functions, context);
  return (yajl_handle)cyajl_checked(handle);
}

// yajl_config is variadic, which Swift cannot call: one function for each flag that is used.

/// Lets one handle read value after value.
static inline void cyajl_allow_multiple_values(yajl_handle _Nonnull handle) {
  yajl_config(handle, yajl_allow_multiple_values, 1);
}

/// Turns yajl's UTF-8 check off: it takes overlong forms, encoded surrogates and code points
/// above U+10FFFF, so the strict check is made before yajl sees the bytes.
static inline void cyajl_leave_utf8_to_caller(yajl_handle _Nonnull handle) {
  yajl_config(handle, yajl_dont_validate_strings, 1);
}
