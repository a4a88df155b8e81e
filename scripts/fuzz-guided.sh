#!/usr/bin/env bash
# Guided fuzzing: libFuzzer runs each target of FuzzChecks in turn, FUZZ_SECONDS (60) each.
#
#   fuzz-guided.sh [TARGET...]      kernels, sharding, events, engines, containers, manifests
#
# It starts from the seeds in Fuzzing/corpus/TARGET, from earlier finds, and from what earlier runs thought worth
# keeping, in Fuzzing/.build/corpus/TARGET. A find is made smaller and kept in Fixtures/fuzz-finds/TARGET, which
# `make test` runs again. FUZZ_SANITIZE=address adds the address sanitizer, FUZZ_JOBS bounds the build.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-60}
targets=("$@")
[ $# -gt 0 ] || targets=(kernels sharding events engines containers manifests)
sanitizers=fuzzer${FUZZ_SANITIZE:+,$FUZZ_SANITIZE}
scratch=Fuzzing/.build${FUZZ_SANITIZE:+-$FUZZ_SANITIZE}
jobs=${FUZZ_JOBS:+-j $FUZZ_JOBS}
# Preconditions and overflow traps stay in a release build, which does many times the runs.
# gold fails on what this links.
# shellcheck disable=SC2086
swift build --package-path Fuzzing --scratch-path "$scratch" $jobs -c release --product guided-fuzz \
  -Xswiftc "-sanitize=$sanitizers" -Xswiftc -use-ld=lld \
  -Xcc "-fsanitize=${sanitizers/fuzzer/fuzzer-no-link}"
program=$scratch/release/guided-fuzz

status=0
summary=$(printf '%-11s %10s %8s %9s %7s %6s' target runs runs/s coverage corpus finds)
for target in "${targets[@]}"; do
  export SLUICE_FUZZ_TARGET=$target
  work=Fuzzing/.build/corpus/$target
  finds=Fixtures/fuzz-finds/$target
  mkdir -p "$work" "$finds" "Fuzzing/corpus/$target"
  longest=4096
  [ "$target" = engines ] && longest=2048
  before=$(ls "$finds" | sort)
  log=$work.log
  echo "$target for $seconds s"
  "$program" "$work" "Fuzzing/corpus/$target" "$finds" -max_total_time="$seconds" -max_len="$longest" -timeout=30 \
    -rss_limit_mb=1024 -dict=Fuzzing/json.dict -print_final_stats=1 -artifact_prefix="$finds/" \
    >"$log" 2>&1 || status=1
  found=$(comm -13 <(echo "$before") <(ls "$finds" | sort))
  for find in $found; do
    echo "  $finds/$find: $(grep -m1 -E "^$target: |ERROR:" "$log" | cut -c1-400)"
    "$program" -minimize_crash=1 -max_total_time=30 -exact_artifact_path="$finds/$find" "$finds/$find" \
      >"$log.smaller" 2>&1 || true
  done
  runs=$(sed -nE 's/^stat::number_of_executed_units: *//p' "$log")
  rate=$(sed -nE 's/^stat::average_exec_per_sec: *//p' "$log")
  coverage=$(grep -oE 'cov: [0-9]+' "$log" | tail -1 | cut -d' ' -f2)
  summary+=$'\n'$(printf '%-11s %10s %8s %9s %7s %6s' "$target" "${runs:-?}" "${rate:-?}" "${coverage:-?}" \
    "$(ls "$work" | wc -l)" "$(wc -w <<<"$found")")
  rmdir --ignore-fail-on-non-empty "$finds"
done
echo "$summary"
exit $status
