#pragma once
#include <yajl/yajl_parse.h>

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
