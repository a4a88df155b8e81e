#!/usr/bin/env bash
# Puts the release build where a system looks for it: install.sh PREFIX. DESTDIR is honoured, for packagers.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${DESTDIR:-}${1:?usage: install.sh PREFIX}
binary=$(swift build -c release --show-bin-path)/sluice

install -d "$prefix/bin"
install -m 755 "$binary" "$prefix/bin/sluice"
# Symbols are more than half of it, and of use to those alone who have the sources, too.
if command -v strip >/dev/null; then strip "$prefix/bin/sluice"; fi

if [ -f docs/man/sluice.1 ]; then
  install -d "$prefix/share/man/man1"
  install -m 644 docs/man/sluice.1 "$prefix/share/man/man1/sluice.1"
fi

completion() { # shell, directory, file
  install -d "$prefix/share/$2"
  "$binary" --generate-completion-script "$1" >"$prefix/share/$2/$3"
}
completion bash bash-completion/completions sluice
completion zsh zsh/site-functions _sluice
completion fish fish/vendor_completions.d sluice.fish

echo "installed $prefix/bin/sluice"
