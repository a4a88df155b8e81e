#!/usr/bin/env bash
# Type-checks what is built by packages of its own, against the modules of a build that is there: Examples/, Fuzzing/
# and Benchmarks/. Building them anew would take minutes each, and what nobody builds rots.
#
# SLUICE_BIN names the build; without it the debug build is taken.
set -euo pipefail
cd "$(dirname "$0")/.."

built=${SLUICE_BIN:-$(swift build --show-bin-path)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

flags=(
  -swift-version 6 -warnings-as-errors -I "$built/Modules" -enable-upcoming-feature ExistentialAny
  -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility
)
# maps FILE...: what headers make a module, each module once
declare -A mapped
maps() {
  local map module
  for map in "$@"; do
    [ -e "$map" ] || continue
    module=$(sed -nE 's/^ *module ([A-Za-z_]+).*/\1/p' "$map" | head -1)
    [ -z "${mapped[$module]:-}" ] || continue
    mapped[$module]=$map
    flags+=(-Xcc "-fmodule-map-file=$map")
  done
}
maps Sources/C*/module.modulemap "$built"/C*.build/module.modulemap "$built"/../../checkouts/*/Sources/*/include/module.modulemap

check() { swiftc -typecheck -module-name "$1" "${flags[@]}" "${@:2}"; }

check StageCounts -parse-as-library -strict-memory-safety Examples/Sources/StageCounts/*.swift
# A build makes this map of the headers.
echo "module CLibFuzzer { umbrella \"$PWD/Fuzzing/Sources/CLibFuzzer/include\" export * }" >"$work/module.modulemap"
check guided_fuzz -strict-memory-safety -Xcc "-fmodule-map-file=$work/module.modulemap" Fuzzing/Sources/guided-fuzz/*.swift

# The framework of the benchmarks is built, without them; scripts/test.sh has done so by now.
swift build --package-path Benchmarks --target Benchmark
framework=$(swift build --package-path Benchmarks --show-bin-path)
flags+=(-I "$framework/Modules")
maps "$framework"/*.build/module.modulemap Benchmarks/.build/checkouts/*/Sources/*/include/module.modulemap
swiftc -emit-module -o "$work/BenchmarkSupport.swiftmodule" -module-name BenchmarkSupport -parse-as-library "${flags[@]}" \
  Benchmarks/Sources/BenchmarkSupport/*.swift
check StepBenchmarks -I "$work" Benchmarks/Benchmarks/StepBenchmarks/*.swift
check RunBenchmarks -I "$work" Benchmarks/Benchmarks/RunBenchmarks/*.swift
echo "Examples, Fuzzing, Benchmarks: they compile"
