#!/usr/bin/env bash
# Makes sure that the C libraries are there. Asks for root only when something is missing, so that the second
# `make` on a machine needs neither network nor privileges.
set -euo pipefail

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
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null ||
  die "missing: ${missing[*]} (Debian's names); this system has no apt-get, please install them its own way"
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  die "missing: ${missing[*]}; as root: apt-get install ${missing[*]}"
fi

echo "setup: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q </dev/null
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null
