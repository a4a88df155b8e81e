#!/usr/bin/env bash
# The test suite and failing calls under the address and the thread sanitizer, in build folders of their own.
#
#   sanitize.sh [address|thread] [swift test's arguments]
set -euo pipefail
cd "$(dirname "$0")/.."

kinds=(address thread)
if [ "${1:-}" = address ] || [ "${1:-}" = thread ]; then
  kinds=("$1")
  shift
fi
# Commands that tests start are built alike; one that finds something ends with a status no test expects.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:exitcode=66:allocator_may_return_null=1
export TSAN_OPTIONS=exitcode=66:halt_on_error=0:suppressions=$PWD/scripts/thread-sanitizer.supp
# Some tests bound what a sanitizer takes for itself.
export SLUICE_SANITIZER=1
# Optimized: the debug build takes hours. Preconditions and overflow traps stay.
build=(-c release -Xswiftc -enable-testing)
for kind in "${kinds[@]}"; do
  echo "the $kind sanitizer"
  scratch=.build-$kind
  swift build "${build[@]}" --build-tests --sanitize="$kind" --scratch-path "$scratch"
  preload=
  if [ "$kind" = thread ]; then
    # The library's own locks, as far as its code is not built for the sanitizer; see there.
    preload=$PWD/$scratch/thread-sanitizer-mutex.so
    clang -shared -fPIC -O1 -Wall -Wextra -Werror -o "$preload" scripts/thread-sanitizer-mutex.c -ldl
  fi
  LD_PRELOAD=$preload swift test "${build[@]}" --skip-build --sanitize="$kind" --scratch-path "$scratch" "$@"
  # What measures memory or bounds it has no meaning here.
  LD_PRELOAD=$preload SLUICE_BINARY=$scratch/release/sluice FAULT_TESTS=test_calls scripts/faults.sh --short
done
