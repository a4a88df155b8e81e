#!/usr/bin/env bash
# Everything that must pass before a commit, in steps whose times are printed at the end.
#
# The tests are built optimized, as the sanitizers' are: the debug build takes ten times as long for them, and checks
# nothing more, since preconditions and overflow traps stay. They have a build folder of their own: with other flags
# than `make release` in one folder, each would undo the other.
set -euo pipefail
cd "$(dirname "$0")/.."

tests=(-c release -Xswiftc -enable-testing --scratch-path .build/tests)
logs=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$logs"' EXIT
names=()
times=()

# step NAME COMMAND...: runs it, and notes how long it took
step() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  "$@"
  names+=("$name")
  times+=($((SECONDS - start)))
}

# aside NAME COMMAND...: the same beside the build, which leaves a processor free most of the time
aside() {
  local name=$1
  shift
  (
    SECONDS=0
    status=0
    "$@" >"$logs/$name" 2>&1 || status=$?
    echo "$SECONDS" >"$logs/$name.seconds"
    exit $status
  ) &
  asides+=("$name" "$!")
}

# Waits for what runs aside, shows what it said, and fails if it failed.
join_asides() {
  while [ ${#asides[@]} -gt 0 ]; do
    local name=${asides[0]} status=0
    wait "${asides[1]}" || status=$?
    echo "== $name"
    cat "$logs/$name"
    [ $status -eq 0 ] || exit $status
    names+=("$name (beside the build)")
    times+=("$(cat "$logs/$name.seconds")")
    asides=("${asides[@]:2}")
  done
}

asides=()
aside lint make --no-print-directory lint
aside warnings make --no-print-directory warnings
aside kernels make --no-print-directory kernels
aside framework swift build --package-path Benchmarks --target Benchmark
step build swift build "${tests[@]}" --build-tests
join_asides
SLUICE_BIN=$(swift build "${tests[@]}" --show-bin-path)
export SLUICE_BIN
step clients scripts/check-clients.sh
step tests swift test "${tests[@]}" --skip-build
step documentation scripts/documentation.sh .build/documentation/Sluice.doccarchive
step engines scripts/engines.sh --short
step recipes scripts/recipes.sh --short
step oracle scripts/oracle.sh --short
step faults scripts/faults.sh --short

echo "== all passed; seconds:"
for index in "${!names[@]}"; do printf '%6d  %s\n' "${times[index]}" "${names[index]}"; done
printf '%6d  in all\n' "$SECONDS"
