#pragma once
// The size estimates are declared only on this condition, though the shared library exports them.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>
