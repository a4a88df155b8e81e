#!/usr/bin/env bash
# Reads an output with DuckDB and Polars and compares what they count with the manifest and the report.
#
#   engines.sh [DIR]     DIR, or demo/lake, which is made where missing, and annotation rows of its export
#   engines.sh --short   small outputs of the debug build, as part of `make test`; where the engines cannot be
#                        installed (no network, no venv module) it says so and lets the tests pass
set -euo pipefail
cd "$(dirname "$0")/.."

short=false
[ "${1:-}" = --short ] && short=true && shift
work=.build-engines
python=$work/venv/bin/python
stamp=$work/venv/$(sha256sum scripts/engines-requirements.txt | cut -c1-16)

install_engines() {
  [ -f "$stamp" ] && return
  rm -rf "$work/venv"
  python3 -m venv "$work/venv" &&
    "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
      -r scripts/engines-requirements.txt </dev/null &&
    touch "$stamp"
}

# Annotation rows of an export, alone and with those of snapshots.
check_annotations() {
  rm -rf "$work/lake"
  "$1/sluice" run "$2" --output "$work/lake" --rows annotations --partition-by title,kind,tool --quiet
  "$python" scripts/check-engines.py "$work/lake"
  rm -rf "$work/lake"
  "$1/sluice" run "$2" --output "$work/lake" --rows annotations --history rows --context metadata \
    --exclude-title Car --partition-by stage,batch --batch rain --quiet
  "$python" scripts/check-engines.py "$work/lake"
  rm -rf "$work/lake"
}

mkdir -p "$work"
if ! install_engines; then
  echo "engines: DuckDB and Polars could not be installed (python3-venv and PyPI are needed)" >&2
  $short && echo "engines: NOT CHECKED" >&2 && exit 0
  exit 1
fi

if $short; then
  bin=$(swift build --show-bin-path)
  rm -rf "$work/lake"
  "$bin/generate-export" --size 2MB --seed 7 --kind images --output "$work/export.json" 2>/dev/null
  "$bin/sluice" run "$work/export.json" --output "$work/lake" --partition-by stage,batch --quiet
  "$python" scripts/check-engines.py "$work/lake"
  rm -rf "$work/lake"
  "$bin/sluice" run "$work/export.json" --output "$work/lake" --compression gzip --stage Complete \
    --partition-by batch --target-size 20KB --quiet
  "$python" scripts/check-engines.py "$work/lake"
  check_annotations "$bin" "$work/export.json"
  exit
fi

lake=${1:-demo/lake}
[ -d "$lake" ] || [ $# -gt 0 ] || scripts/demo.sh
"$python" scripts/check-engines.py "$lake"
[ $# -gt 0 ] || check_annotations "$(swift build -c release --show-bin-path)" demo/export.json
