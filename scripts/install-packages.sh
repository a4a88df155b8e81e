#!/usr/bin/env bash
# Installs Debian packages that are missing: install-packages.sh NAME…
set -euo pipefail

missing=()
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

die() {
  echo "setup: $*" >&2
  exit 1
}
command -v apt-get >/dev/null ||
  die "missing: ${missing[*]} (Debian's names); this system has no apt-get, please install them its own way"
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  die "missing: ${missing[*]}; as root: apt-get install ${missing[*]}"
fi

echo "setup: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q </dev/null
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null
