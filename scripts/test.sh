#!/usr/bin/env bash
# Builds the release and runs every test: unit, actors, fuzz corpus, simulations
# and the nodes of other languages. The last line of the output is
# `N passed, N failed`, with `, N skipped` if tests could not run here.
set -euo pipefail
source "$(dirname "$0")/common.sh"

begin=$SECONDS
scripts/deps.sh build test
say "Build"
scripts/build.sh release
echo "Built in $((SECONDS - begin)) s"
say "Test"
exec scripts/ctest.sh release
