#!/usr/bin/env bash
# The package manager doesn't fail on warnings in C, so each C file is looked at once more on its own.
set -euo pipefail
cd "$(dirname "$0")/.."

cc=$(command -v clang) || {
  echo "check-c-warnings: clang, which comes with Swift, is not on PATH" >&2
  exit 1
}
for module in CByteScan CStorage; do
  for file in Sources/"$module"/*.c; do
    "$cc" -std=gnu17 -Wall -Wextra -Werror -fsyntax-only -I "Sources/$module/include" "$file"
  done
done
echo "C sources: no warnings"
