# What a person types. Every recipe works from a bare clone; `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

PREFIX ?= /usr/local
SLUICE_FUZZ_SECONDS ?= 60
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?=
BENCH_SIZE ?= 1GB
BENCH_ARGUMENTS ?=
BENCH_PACKAGE ?=
COMPARE_SIZE ?= 1GB
COMPARE_ARGUMENTS ?=
SWIFT ?= swift
LINTED = Package.swift Sources Tools Tests Examples $(if $(wildcard Benchmarks/Package.swift),Benchmarks) \
  $(if $(wildcard Fuzzing/Package.swift),Fuzzing)

.PHONY: help setup build release test lint warnings kernels demo install format manual documentation examples fuzz fuzz-guided stress memory scale faults hostile sanitize bench bench-chart bench-package bench-smoke compare engines recipes oracle clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install the C libraries where they are missing (apt)
	@scripts/setup.sh

build: setup ## debug build
	$(SWIFT) build

# One set of flags for all release builds: with two, each would undo the other. Static, so that what is installed
# runs where no Swift is.
RELEASE = $(SWIFT) build -c release --static-swift-stdlib

release: setup
	$(RELEASE) --product sluice
	$(RELEASE) --product generate-export

test: setup ## everything that must pass before a commit
	scripts/test.sh

lint: ## formatting and documentation rules
	$(SWIFT) format lint --strict --recursive $(LINTED)

warnings: ## the C code under clang's stricter warnings
	scripts/check-c-warnings.sh

kernels: ## compare the scan kernels of this processor, and of arm64 (emulated), with their portable twin
	scripts/kernels.sh

format: ## rewrite the Swift sources in the house style
	$(SWIFT) format --in-place --recursive $(LINTED)

manual: build ## docs/man/sluice.1 from the declarations of the options
	scripts/manual.sh

documentation: build ## .build/documentation/Sluice.doccarchive, of the library
	scripts/documentation.sh .build/documentation/Sluice.doccarchive

# Not part of `make test`, which builds and runs the same sources: the first build takes some minutes.
examples: setup ## build Examples/ as a client of the library does
	$(SWIFT) build --package-path Examples

demo: release ## filter a generated 100 MB export into demo/lake and look at it
	scripts/demo.sh

install: release ## binary, man page and completions under PREFIX (/usr/local)
	scripts/install.sh "$(PREFIX)"

fuzz: setup ## random inputs for SLUICE_FUZZ_SECONDS (60)
	SLUICE_FUZZ_SECONDS=$(SLUICE_FUZZ_SECONDS) $(SWIFT) test --filter Fuzz

fuzz-guided: setup ## libFuzzer on each target (Fuzzing/) for FUZZ_SECONDS (60); FUZZ_TARGETS=engines
	FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz-guided.sh $(FUZZ_TARGETS)

stress: release ## generated exports with other seeds, 100,000 partitions; STRESS_ROUNDS=3
	scripts/stress.sh

faults: release ## every call of small runs fails once; disks, descriptors and memory run out
	scripts/faults.sh calls

hostile: release ## bombs, strings of gigabytes, millions of brackets, assets and names
	scripts/faults.sh hostile

sanitize: setup ## the test suite under the address and thread sanitizers
	scripts/sanitize.sh

memory: release ## peak memory over big exports of every kind; MEMORY_SIZE=1GB
	scripts/memory.sh

scale: release ## exports of 10 GB, of many assets and of one, from files and pipes, in bounded memory
	MEMORY_SIZE=10GB MEMORY_KINDS="video giant late-giant" scripts/memory.sh

bench: release ## the figures of docs/performance.md; BENCH_SIZE=1GB
	$(RELEASE) --product measure-limits
	python3 Benchmarks/bench.py --size $(BENCH_SIZE) $(BENCH_ARGUMENTS)

bench-chart: ## docs/img/history.svg from Benchmarks/history.jsonl
	python3 Benchmarks/chart_history.py

bench-package: setup ## each step and each kind of run by itself (Benchmarks/); BENCH_PACKAGE=--filter=scan
	cd Benchmarks && $(SWIFT) package --allow-writing-to-package-directory benchmark $(BENCH_PACKAGE)

# Not part of `make test`: the first build takes some minutes.
bench-smoke: setup ## build the benchmarks, and run each once over little input
	cd Benchmarks && SLUICE_BENCHMARK_SIZE=2 SLUICE_BENCHMARK_SECONDS=0.01 \
	  $(SWIFT) package benchmark --quiet --no-progress 2>&1 | tee .build/smoke
	# A wrong answer is told, but does not fail the command.
	! grep ' failed with ' Benchmarks/.build/smoke

compare: release ## the same jobs by jq, DuckDB, ClickHouse, Polars, ijson, yajl, zstd; COMPARE_SIZE=1GB
	Benchmarks/compare/setup.sh
	python3 Benchmarks/compare/compare.py --size $(COMPARE_SIZE) $(COMPARE_ARGUMENTS)

engines: release ## count rows of many layouts with DuckDB, Polars, ClickHouse and Spark (needs Java 17)
	scripts/engines.sh

recipes: release ## run the recipes of docs/recipes over the demo export (needs Java 17)
	scripts/recipes.sh

oracle: release ## work outputs out again in Python, row by row; ORACLE_ROUNDS=100
	scripts/oracle.sh

clean: ## remove whatever was built or generated
	rm -rf .build .build-* demo Benchmarks/.build Examples/.build Fuzzing/.build
