#!/usr/bin/env bash
# Makes sure that the C libraries are there. Asks for root only when something is missing, so that the second
# `make` on a machine needs neither network nor privileges.
set -euo pipefail
cd "$(dirname "$0")/.."

die() {
  echo "setup: $*" >&2
  exit 1
}

command -v swift >/dev/null || die "swift is not on PATH; Swift 6.3 or later is needed: https://swift.org/install"
cc=$(command -v clang || command -v cc) || die "no C compiler is on PATH"

declare -A header=([libyajl-dev]=yajl/yajl_parse.h [libzstd-dev]=zstd.h [zlib1g-dev]=zlib.h [libssl-dev]=openssl/evp.h)
missing=()
for package in libyajl-dev libzstd-dev zlib1g-dev libssl-dev; do
  echo "#include <${header[$package]}>" | "$cc" -fsyntax-only -x c - 2>/dev/null || missing+=("$package")
done
# Asked only where a header is missing: the libraries may have been built from source.
[ ${#missing[@]} -eq 0 ] || exec scripts/install-packages.sh "${missing[@]}"
