#!/usr/bin/env bash
# Runs the recipes of docs/recipes as they stand, and compares what they count with the outputs' reports.
#
#   recipes.sh           all that can run here, over the demo export, which is made where missing. An engine that
#                        cannot be installed is a failure. Spark needs Java 17 or later
#   recipes.sh --short   those of DuckDB and Polars over a small export of the debug build, as part of `make test`;
#                        where they cannot be installed it says so and lets the tests pass
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/engines-setup.sh

# The directory in which the recipes' own relative paths are right.
kitchen=$work/recipes
rm -rf "$kitchen"
mkdir -p "$kitchen"
trap 'rm -rf "$kitchen"' EXIT

if [ "${1:-}" = --short ]; then
  require_short_engines recipes
  bin=${SLUICE_BIN:-$(swift build --show-bin-path)}
  "$bin/generate-export" --size 2MB --seed 7 --kind images --output "$kitchen/export.json" 2>/dev/null
  timeout 600 "$python" scripts/recipes.py --in "$kitchen" --bin "$bin" \
    docs/recipes/{README,duckdb,polars,parquet}.md
  exit
fi

require_long_engines recipes
[ -f demo/export.json ] || scripts/demo.sh
bin=${SLUICE_BIN:-$(swift build -c release --show-bin-path)}
ln -s "$PWD/demo/export.json" "$kitchen/export.json"
shopt -s extglob
# An engine may wait for ever instead of failing; all of it takes a minute or two.
timeout 1800 "$python" scripts/recipes.py --in "$kitchen" --bin "$bin" \
  docs/recipes/README.md docs/recipes/!(README).md Tests/recipes/*.md
