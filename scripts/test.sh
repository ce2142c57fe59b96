#!/usr/bin/env bash
# Builds the release and runs every test: unit, actors, fuzz corpus, simulations
# and the nodes of other languages. The last line of the output is
# `N passed, N failed`, with `, N skipped` if tests could not run here.
set -euo pipefail
source "$(dirname "$0")/common.sh"

begin=$SECONDS
scripts/deps.sh build test
say "Build"
if ! scripts/build.sh release; then
  printf '\nThe build failed.\n\n0 passed, 1 failed\n'
  exit 1
fi
echo "Built in $((SECONDS - begin)) s"
say "Test"
exec scripts/ctest.sh release
