#!/usr/bin/env bash
# Compares the scan kernels with their portable twin (Tests/kernels): those of this processor, and those of arm64
# under an emulator. What that takes is installed where it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=$(command -v clang) || {
  echo "kernels: clang, which comes with Swift, is not on PATH" >&2
  exit 1
}
build() { # output, further flags
  "$cc" -std=gnu17 -O2 -Wall -Wextra -Werror "${@:2}" -I Sources/CByteScan/include -o "$work/$1" \
    Sources/CByteScan/*.c Tests/kernels/compare.c
}

build native
"$work/native"

if [ "$(uname -m)" != aarch64 ]; then
  # The compiler package brings what clang needs to link for that processor.
  scripts/install-packages.sh gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
  # Static, so that the emulator needs no libraries of that system.
  build arm64 --target=aarch64-linux-gnu -fuse-ld=lld -static
  qemu-aarch64 "$work/arm64"
fi
