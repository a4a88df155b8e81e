#!/usr/bin/env bash
# What takes too long for every commit: the tests over generated exports with other seeds, and a hundred
# thousand partitions under few descriptors and the default memory.
#
#   STRESS_ROUNDS=20 scripts/stress.sh
set -euo pipefail
cd "$(dirname "$0")/.."

first=${STRESS_SEED:-1}
for ((seed = first; seed < first + ${STRESS_ROUNDS:-3}; seed++)); do
  echo "seed $seed"
  SLUICE_STRESS_SEED=$seed swift test --filter 'GeneratedExportTests|MalformedExportTests'
done

bin=${SLUICE_BIN:-$(swift build -c release --show-bin-path)}
# In memory where there is such a place: so many files take a disk minutes.
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "100,000 partitions"
awk 'BEGIN {
  for (row = 0; row < 1000000; row++) {
    batch = row * 7919 % 100000
    printf "{\"externalId\":\"a%d\",\"batches\":[\"batch %d\"],\"task\":{\"taskId\":\"t%d\",", row, batch, row
    printf "\"stage\":\"Complete\",\"tools\":[{\"title\":\"car\",\"objectId\":\"%d\"}]}}\n", row * 31 % 65537
  }
}' >"$work/input.ndjson"
(
  ulimit -n 64
  scripts/peak-memory.py "$work/peak" "$bin/sluice" run "$work/input.ndjson" --partition-by batch --output "$work/few"
)
peak=$(cat "$work/peak")
echo "peak memory: $((peak / 1000000)) MB"
"$bin/sluice" run "$work/input.ndjson" --partition-by batch --output "$work/many" --memory 4GB --workers 3
diff -r "$work/few/data" "$work/many/data"
"$bin/sluice" verify "$work/few"
if [ "$peak" -gt 256000000 ]; then
  echo "stress: more than 256 MB" >&2
  exit 1
fi
