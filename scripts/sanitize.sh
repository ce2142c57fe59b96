#!/usr/bin/env bash
# Builds with sanitizers and runs the tests, except those against other nodes:
# sanitize.sh [asan-ubsan|tsan]
set -euo pipefail
source "$(dirname "$0")/common.sh"

preset=${1:-asan-ubsan}
scripts/deps.sh build test
scripts/build.sh "$preset"
exec scripts/ctest.sh "$preset" --label-exclude '^interop$'
