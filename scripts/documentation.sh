#!/usr/bin/env bash
# Builds the documentation of the library with the toolchain's own docc, from the build that SLUICE_BIN names or else
# the debug build, and fails on any warning: a link that leads nowhere, a parameter that is not there.
#
#   documentation.sh OUTPUT     for example .build/documentation/Sluice.doccarchive
set -euo pipefail
cd "$(dirname "$0")/.."

output=${1:?usage: documentation.sh OUTPUT}
built=${SLUICE_BIN:-$(swift build --show-bin-path)}
symbols=$(mktemp -d)
trap 'rm -rf "$symbols"' EXIT

# The built module is asked; compiling it again with -emit-symbol-graph would make a second build folder.
maps=()
for map in Sources/C*/module.modulemap "$built"/C*.build/module.modulemap \
  "$built"/../../checkouts/*/Sources/*/include/module.modulemap; do
  maps+=(-Xcc "-fmodule-map-file=$map")
done
target=$(swift -print-target-info | sed -n 's/.*"triple": "\(.*\)",/\1/p' | head -1)
swift symbolgraph-extract -module-name Sluice -I "$built/Modules" -target "$target" "${maps[@]}" \
  -minimum-access-level public -skip-synthesized-members -output-dir "$symbols"

docc=$(command -v docc || echo "$(dirname "$(readlink -f "$(command -v swift)")")/docc")
rm -rf "$output"
mkdir -p "$(dirname "$output")"
"$docc" convert Sources/Sluice/Sluice.docc --additional-symbol-graph-dir "$symbols" --output-path "$output" \
  --fallback-display-name Sluice --fallback-bundle-identifier sluice --warnings-as-errors
