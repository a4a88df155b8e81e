#!/usr/bin/env bash
# Works whole outputs out again with the Python of Tests/oracle, row by row, and compares.
#
#   oracle.sh           20 MB exports, a giant among them, and ORACLE_ROUNDS=100 small random ones
#   oracle.sh --short   2 MB exports of the debug build, as part of `make test`
set -euo pipefail
cd "$(dirname "$0")/.."

size=20MB
configuration=release
short=false
if [ "${1:-}" = --short ]; then
  short=true
  size=2MB
  configuration=debug
fi
if ! command -v python3 >/dev/null; then
  echo "oracle: NOT CHECKED: python3 is needed" >&2
  $short && exit 0
  exit 1
fi
bin=${SLUICE_BIN:-$(swift build -c "$configuration" --show-bin-path)}
work=.build-oracle
rm -rf "$work"
mkdir -p "$work"
failed=0
# The oracle reads zstd through the command, which not every machine has.
compression=zstd
command -v zstd >/dev/null || compression=gzip

# again EXPORT OPTION...: one output, and what the oracle says of it
again() {
  local name=$1 verdict
  shift
  # Small blocks and more workers than processors, so that even a small giant is cut in many places.
  "$bin/sluice" run "$work/$name.json" --output "$work/lake" --quiet --workers 3 --block-size 64KiB \
    --compression "$compression" "$@"
  if ! verdict=$(python3 Tests/oracle/recompute.py "$work/lake" "$work/$name.json" \
    --compression "$compression" "$@"); then
    failed=1
  elif [[ $verdict == "0 rows"* ]]; then
    # Nothing was compared.
    failed=1
  fi
  printf '%-6s %s: %s\n' "$name" "$*" "$verdict"
  rm -rf "$work/lake"
}

"$bin/generate-export" --size "$size" --seed 7 --format mixed --traps --shuffle-keys --late-context \
  --output "$work/mixed.json" 2>/dev/null
"$bin/generate-export" --size "$size" --seed 7 --kind giant --late-context --output "$work/giant.json" 2>/dev/null
for export in mixed giant; do
  again "$export" --rows annotations
  again "$export" --rows annotations --history rows --context metadata --partition-by stage,kind
  again "$export" --rows annotations --title Car --strip-url-query --context asset
  again "$export" --title Car --prune --partition-by stage,batch
done
for export in mixed giant; do
  "$bin/sluice" inspect "$work/$export.json" --json --workers 3 --block-size 64KiB |
    python3 Tests/oracle/reinspect.py "$work/$export.json" || failed=1
done
$short || python3 Tests/oracle/compare.py "$bin/sluice" --count "${ORACLE_ROUNDS:-100}" \
  --keep "$work/differences" || failed=1
[ "$failed" = 0 ] && rm -rf "$work"
exit "$failed"
