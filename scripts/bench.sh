#!/usr/bin/env bash
# Runs the benchmarks; arguments go to each, e.g. --benchmark_filter=relay.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/deps.sh build test
scripts/build.sh release
for program in build/release/tests/bench/*_bench; do
  say "$(basename "$program")"
  "$program" "$@"
done
