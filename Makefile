# Entry points for people; the work is done by scripts/ and CMakePresets.json.
# `make run` and `make test` install what is missing, on a fresh Debian 12 too.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

# Pass on what the user gives: make run ARGS="run --listen /ip4/0.0.0.0/tcp/4001"
ARGS ?= run
SANITIZER ?= asan-ubsan
SECONDS_EACH ?= 30
SCENARIOS ?=

.PHONY: help deps build run test test-caf interop sanitize fuzz bench tidy nightly \
        format format-check coverage docs install-check package package-test \
        image-test chart-check cluster-test cluster-report clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' \
	  $(firstword $(MAKEFILE_LIST))

deps: ## Install every package that building, testing and CI need
	@scripts/deps.sh build test ci package package-test image cluster

build: ## Build the release
	@scripts/deps.sh build
	@scripts/build.sh release grapevine

run: build ## Build the release and start a node (ARGS="run --listen ...")
	@scripts/run.sh $(ARGS)

test: ## Build the release and run all tests
	@scripts/test.sh

test-caf: ## Run the actors' tests, examples and documents' C++ with an installed CAF 1.x (PREFIX=/opt/caf)
	@scripts/test_caf.sh $(PREFIX)

interop: ## Run only the tests against the Go, Rust, JavaScript and Python nodes
	@scripts/interop.sh

sanitize: ## Run the tests with sanitizers (SANITIZER=asan-ubsan or tsan)
	@scripts/sanitize.sh $(SANITIZER)

fuzz: ## Fuzz every target for a while (SECONDS_EACH=30)
	@scripts/fuzz.sh $(SECONDS_EACH)

bench: ## Measure this and other implementations side by side (two hours)
	@scripts/bench.sh

tidy: ## Check with clang-tidy what changed since the last run
	@scripts/deps.sh build test ci
	@scripts/tidy.py

cluster-report: ## Run all scenarios of clusters (25 minutes), and keep what they show in docs/clusters.md
	@scripts/cluster_test.sh '*' --report docs/clusters.md

nightly: ## What takes too long for every change: an hour of fuzzing, all of clang-tidy, ...
	@scripts/deps.sh build test ci
	@scripts/sanitize.sh asan-ubsan --all
	@scripts/sanitize.sh tsan --all
	@scripts/bench.sh --short
	@scripts/cluster_test.sh '*'
	@scripts/fuzz.sh 300
	@scripts/tidy.py

format: ## Format the sources
	@scripts/format.sh

format-check: ## Check the format of the sources
	@scripts/format.sh --check

coverage: ## Measure which lines the tests run
	@scripts/coverage.sh

docs: ## Make the reference of the public headers (build/docs/html)
	@scripts/docs.sh

install-check: ## Install into a temporary place and build an example against it
	@scripts/install_check.sh

package: ## Build the Debian package, and print its path
	@scripts/package.sh

package-test: ## Let the package live in a container: installed, upgraded, purged (root)
	@scripts/package_test.sh

image-test: ## Build the container's image from the package, start, ask and stop it (root)
	@scripts/image_test.sh

cluster-test: ## Let clusters of nodes lose parts of themselves and of their network (root)
	@scripts/cluster_test.sh $(SCENARIOS)

chart-check: ## Check the Helm chart, the manifests made of it and the compose file (Go)
	@scripts/check_chart.sh

clean: ## Remove everything that was built
	rm -rf build
