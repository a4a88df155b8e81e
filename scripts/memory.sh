#!/usr/bin/env bash
# How much memory the command takes at its peak, by kind of export: big ones of every kind, from a file and
# from a pipe, kept whole and searched for a needle. Fails if any run passes the limit that it promises, by the
# kernel's accounting, or says of itself that it took something else; if the output is not well, or file and pipe
# do not give the same bytes.
#
#   MEMORY_SIZE=10GB MEMORY_KINDS="video giant" scripts/memory.sh
set -euo pipefail
cd "$(dirname "$0")/.."

size=${MEMORY_SIZE:-1GB}
kinds=${MEMORY_KINDS:-video pretty giant late-giant images batches absurd}
limit=${MEMORY_LIMIT:-256000000}
work=$(mktemp -d "${MEMORY_DIR:-${TMPDIR:-/tmp}}/sluice-memory-XXXXXX")
trap 'rm -rf "$work"' EXIT
bin=${SLUICE_BIN:-$(swift build -c release --show-bin-path)}
failed=0

# row NAME file|pipe QUESTION OPTION...: one run and its line of the table
row() {
  local name=$1 source=$2 question=$3
  shift 3
  local start end peak said status=0
  start=$(date +%s.%N)
  if [ "$source" = file ]; then
    scripts/peak-memory.py "$work/peak" "$bin/sluice" run "$work/export" "$@" --output "$work/out" \
      --quiet --stats "json=$work/stats" 2>"$work/messages" || status=$?
  else
    # A pipe, not a redirection, which would be a file that can be read anywhere.
    # shellcheck disable=SC2002
    cat "$work/export" | scripts/peak-memory.py "$work/peak" "$bin/sluice" run - "$@" --output "$work/out" \
      --quiet --stats "json=$work/stats" 2>"$work/messages" || status=$?
  fi
  end=$(date +%s.%N)
  peak=$(cat "$work/peak")
  said=$(sed -nE 's/.*"peakMemoryBytes":([0-9]+).*/\1/p' "$work/stats")
  local verdict=ok sums difference=$((peak - ${said:-0}))
  "$bin/sluice" verify "$work/out" >"$work/messages.verify" 2>&1 || status=9
  # Counts and hashes of all parts: the same for a pipe as for a file, and not of nothing, except where there may
  # be no needle and where what is absurd is left out.
  sums=$(sed -E 's/.*"totals":(.*),"reportSha256".*/\1/' "$work/out/manifest.json")
  if [ "$question" != needle ] && [ "${worst:-0}" = 0 ] && [[ $sums == *'"rows":0,'* ]]; then status=9; fi
  sums=$(sha256sum <<<"$sums")
  if [ "$source" = file ]; then
    printf '%s\n' "$sums" >"$work/sums.$question"
  elif [ "$sums" != "$(cat "$work/sums.$question")" ]; then
    status=9
  fi
  if [ "$status" -gt "${worst:-0}" ] || [ "$peak" -gt "$limit" ] ||
    [ "${difference#-}" -gt 4000000 ]; then
    verdict=FAILED
    failed=1
    cat "$work/messages" "$work/messages.verify" >&2
  fi
  awk -v name="$name" -v source="$source" -v question="$question" -v peak="$peak" \
    -v bytes="$(stat -c %s "$work/export")" -v seconds="$(echo "$end $start" | awk '{ print $1 - $2 }')" \
    -v verdict="$verdict" 'BEGIN {
      printf "%-14s %-5s %-11s %8.1f MB %8.0f MB/s  %s\n", name, source, question, peak / 1e6,
        bytes / 1e6 / seconds, verdict
    }'
  rm -rf "$work/out" "$work/stats" "$work/peak"
}

# wanted NAME: whether there are runs of this kind
wanted() { [[ " $kinds " == *" $1 "* ]]; }

# kind NAME OPTION...: all runs over one export
kind() {
  local name=$1
  shift
  wanted "$name" || return 0
  "$bin/generate-export" --size "$size" "$@" --output "$work/export" 2>/dev/null
  local keep=()
  if [ "$name" = batches ]; then keep=(--partition-by batch); fi
  local source
  for source in file pipe; do
    row "$name" "$source" keep "${keep[@]}"
    row "$name" "$source" "keep, skip" "${keep[@]}" --on-error skip
    row "$name" "$source" needle --stage Consensus --batch "2024-Q1/lot 7"
    row "$name" "$source" annotations --rows annotations --history rows --context metadata \
      --partition-by title,tool
    row "$name" "$source" "one title" --rows annotations --title Car --on-error skip "${keep[@]}"
  done
  rm -f "$work/export"
}

# absurd SHAPE OPTION...: one asset that has very much of one small thing; what goes beyond a limit is left out
absurd() {
  local shape=$1 source worst=1
  shift
  wanted absurd || return 0
  scripts/absurd-assets.py "$shape" "${MEMORY_ABSURD_MB:-100}" >"$work/export"
  for source in file pipe; do row "$shape" "$source" "$(tr -d - <<<"$1")" "$@"; done
  rm -f "$work/export"
}

printf '%-14s %-5s %-11s %11s %13s\n' export from question peak speed
kind video
kind pretty --style pretty
kind giant --kind giant
kind late-giant --kind giant --late-context
kind images --kind images --style ndjson
kind batches --kind images --batches 10000
absurd titles --title nothing
absurd titles --title car --prune
absurd titles --rows annotations --partition-by kind
absurd types --rows annotations
absurd keys --rows annotations
absurd late --rows annotations --title "car 7" --history rows
absurd urls --strip-url-query
absurd urls --rows annotations --strip-url-query
absurd drops --history drop
absurd history --rows annotations --history rows --on-error skip
absurd tasks --rows annotations --on-error skip
absurd batches --on-error skip
absurd context --rows annotations --context metadata --on-error skip
exit "$failed"
