#!/usr/bin/env bash
# Runs only the tests against the nodes of other languages; arguments go to
# ctest, e.g. -R go.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/deps.sh build test
scripts/build.sh release
exec scripts/ctest.sh release --label-regex '^interop$' "$@"
