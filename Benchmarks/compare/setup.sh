#!/usr/bin/env bash
# Installs what sluice is compared with, where it is missing: jq, zstd and yajl's json_reformat by apt, the
# Python packages into .build-compare.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
for pair in jq:jq zstd:zstd json_reformat:yajl-tools cmp:diffutils; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq "${missing[@]}"
fi

requirements=Benchmarks/compare/requirements.txt
venv=.build-compare/venv
stamp=$venv/$(sha256sum "$requirements" | cut -c1-16)
[ -f "$stamp" ] && exit
rm -rf "$venv"
mkdir -p .build-compare
python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: -r "$requirements"
touch "$stamp"
