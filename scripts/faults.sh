#!/usr/bin/env bash
# Lets everything go wrong that can, around the built command (Tests/faults).
#
#   faults.sh --short      what runs with every commit, by the debug build or that of SLUICE_BIN
#   faults.sh calls        every call of small runs fails, is cut short or is the last one; every limit
#   faults.sh hostile      gigabytes of strings, bombs, millions of brackets and assets
#
# The last two by the release build.
#
# SLUICE_BINARY names another binary, FAULT_TESTS some of test_calls, test_limits and test_hostile.
set -euo pipefail
cd "$(dirname "$0")/.."

tests=(test_calls test_limits test_hostile)
case ${1:---short} in
  --short) ;;
  calls) export SLUICE_FAULTS=long; tests=(test_calls test_limits) ;;
  hostile) export SLUICE_FAULTS=long; tests=(test_hostile) ;;
  *) echo "faults.sh: --short, calls or hostile" >&2; exit 64 ;;
esac

configuration=release
if [ "${1:---short}" = --short ]; then configuration=debug; fi
SLUICE_BINARY=$(realpath "${SLUICE_BINARY:-${SLUICE_BIN:-$(swift build -c "$configuration" --show-bin-path)}/sluice}")
# In memory where there is such a place: tens of thousands of small files take a disk minutes.
if [ -w /dev/shm ] && [ "${1:-}" != hostile ]; then export TMPDIR=/dev/shm; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -shared -fPIC -O1 -Wall -Wextra -Werror -o "$work/interpose.so" Tests/faults/interpose.c -ldl
export SLUICE_INTERPOSE=$work/interpose.so
export SLUICE_BINARY
status=0
# shellcheck disable=SC2206
tests=(${FAULT_TESTS:-${tests[@]}})
for test in "${tests[@]}"; do
  echo "$test"
  python3 -B "Tests/faults/$test.py" || status=1
done
exit $status
