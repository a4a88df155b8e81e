#!/usr/bin/env bash
# Reads outputs with data-lake engines and compares what they count with the manifest and the report.
#
#   engines.sh [DIR]     DuckDB, Polars, ClickHouse and Spark over DIR, or over demo/lake, which is made where
#                        missing, and several outputs of rows of both kinds. An engine that cannot be
#                        installed is a failure. Spark needs Java 17 or later; all four take 2 GB of disk
#   engines.sh --short   DuckDB and Polars over small outputs of the debug build, as part of `make test`; where
#                        they cannot be installed (no network, no venv module) it says so and lets the tests pass
set -euo pipefail
cd "$(dirname "$0")/.."

short=false
[ "${1:-}" = --short ] && short=true && shift

. scripts/engines-setup.sh
lakes=$work/lakes

# lake NAME INPUT OPTION...: one output to read
lake() {
  local name=$1 input=$2
  shift 2
  "$bin/sluice" run "$input" --output "$lakes/$name" --quiet "$@"
}

# Annotation rows of an export, alone, with those of snapshots, and copied into every batch.
annotation_lakes() {
  lake annotations "$1" --rows annotations --partition-by title,kind,tool
  lake history "$1" --rows annotations --history rows --context metadata --exclude-title Car \
    --partition-by stage,batch --batch rain
  lake copies "$1" --rows annotations --history rows --partition-by stage,batch
}

mkdir -p "$work"
rm -rf "$lakes"
trap 'rm -rf "$lakes"' EXIT

if $short; then
  require_short_engines engines
  bin=${SLUICE_BIN:-$(swift build --show-bin-path)}
  "$bin/generate-export" --size 2MB --seed 7 --kind images --output "$work/export.json" 2>/dev/null
  lake assets "$work/export.json" --partition-by stage,batch
  lake gzip "$work/export.json" --compression gzip --stage Complete --partition-by batch --target-size 20KB
  annotation_lakes "$work/export.json"
  "$python" scripts/check-engines.py "$lakes"/*
  exit
fi

require_long_engines engines
if [ $# -gt 0 ]; then
  "$python" scripts/check-engines.py --all "$@"
  exit
fi
[ -d demo/lake ] || scripts/demo.sh
bin=${SLUICE_BIN:-$(swift build -c release --show-bin-path)}
"$bin/generate-export" --size 20MB --seed 7 --format mixed --output "$work/export.json" 2>/dev/null
lake assets "$work/export.json" --partition-by stage,batch
lake gzip "$work/export.json" --compression gzip --target-size 200KB
lake flat "$work/export.json" --rows annotations
annotation_lakes "$work/export.json"
"$python" scripts/check-engines.py --all demo/lake "$lakes"/*
