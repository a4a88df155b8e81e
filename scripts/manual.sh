#!/usr/bin/env bash
# Writes the man page from the declarations of the options.
#
#   manual.sh            docs/man/sluice.1, by the debug build
#   manual.sh BINARY     to standard output, by BINARY: what tests compare the committed page with
set -euo pipefail
cd "$(dirname "$0")/.."

page() {
  local version
  version=$("$1" --version | cut -d' ' -f2)
  "$1" --experimental-dump-help | python3 scripts/manual.py "$version"
}

if [ $# -gt 0 ]; then
  page "$1"
else
  page "$(swift build --show-bin-path)/sluice" >docs/man/sluice.1.new
  mv docs/man/sluice.1.new docs/man/sluice.1
fi
