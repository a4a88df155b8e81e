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
work=.build-engines
lakes=$work/lakes

# install_engines VENV REQUIREMENTS OPTION...
install_engines() {
  local venv=$work/$1 requirements=scripts/$2
  shift 2
  local stamp
  stamp=$venv/$(cat scripts/engines-requirements.txt "$requirements" | sha256sum | cut -c1-16)
  python=$venv/bin/python
  [ -f "$stamp" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" &&
    "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "$@" \
      -r "$requirements" </dev/null &&
    touch "$stamp"
}

# Spark 4 does not start below Java 17, and says so at length in words of its own.
java_is_there() {
  local java=java version
  [ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
  version=$("$java" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p') || true
  [ "${version:-0}" -ge 17 ]
}

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
  if ! install_engines venv engines-requirements.txt; then
    echo "engines: DuckDB and Polars could not be installed (python3-venv and PyPI are needed)" >&2
    echo "engines: NOT CHECKED" >&2
    exit 0
  fi
  bin=${SLUICE_BIN:-$(swift build --show-bin-path)}
  "$bin/generate-export" --size 2MB --seed 7 --kind images --output "$work/export.json" 2>/dev/null
  lake assets "$work/export.json" --partition-by stage,batch
  lake gzip "$work/export.json" --compression gzip --stage Complete --partition-by batch --target-size 20KB
  annotation_lakes "$work/export.json"
  "$python" scripts/check-engines.py "$lakes"/*
  exit
fi

if ! java_is_there; then
  echo "engines: Spark needs Java 17 or later: apt-get install default-jre-headless, or set JAVA_HOME" >&2
  exit 1
fi
# PySpark has no wheel; its source holds the jars that it runs.
if ! install_engines venv-long engines-long-requirements.txt --no-binary pyspark; then
  echo "engines: the engines could not be installed (python3-venv and PyPI are needed)" >&2
  exit 1
fi
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
