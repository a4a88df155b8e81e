#!/usr/bin/env bash
# The main job from end to end, on an export that anyone can make again: generate, run, verify, look.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${SLUICE_BIN:-$(swift build -c release --show-bin-path)}
mkdir -p demo

say() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
run() {
  say "$@"
  "$@"
}

run "$bin/generate-export" --size 100MB --seed 2026 --output demo/export.json --expect demo/truth.json
run "$bin/sluice" run demo/export.json --output demo/lake --stage Complete \
  --partition-by stage,batch --overwrite
run "$bin/sluice" verify demo/lake

say "find demo/lake | sort | head -n 30"
# A reader that has seen enough closes the pipe; that is not a failure here.
find demo/lake | sort | { head -n 30; cat >/dev/null; }

say "what the report says"
python3 scripts/show-report.py demo/lake/report.json demo/truth.json

first=$(find demo/lake/data -name '*.jsonl.zst' | sort | { head -n 1; cat >/dev/null; })
if command -v zstd >/dev/null; then
  say "zstd -dc '$first' | head -c 600"
  { zstd -dcq "$first" || true; } 2>/dev/null | head -c 600 || true
  echo " …"
else
  echo "(the zstd command would show the rows: apt-get install zstd)"
fi
