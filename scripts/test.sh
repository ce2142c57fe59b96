#!/usr/bin/env bash
# Builds the release and runs every test: unit, actors, fuzz corpus, simulations
# (ctest), then the nodes of other languages. The last line of the output is
# `N passed, N failed`, with `, N skipped` if tests could not run here.
set -euo pipefail
source "$(dirname "$0")/common.sh"

tally=$PWD/build/test-tally
mkdir -p build
: >"$tally"

build() {
  scripts/deps.sh build test && say "Build" && scripts/build.sh release
}

begin=$SECONDS
if ! build; then
  echo "build 0 1 0 $((SECONDS - begin))" >>"$tally"
else
  echo "Built in $((SECONDS - begin)) s"
  say "Tests"
  ctest --preset release ||
    echo "Failed: the output is in build/release/Testing/Temporary/LastTest.log"
  awk -f scripts/tally.awk build/release/Testing/Temporary/LastTest.log >>"$tally"
  TALLY=$tally scripts/interop.sh || true # it told the tally
fi

say "Summary ($((SECONDS - begin)) s)"
awk '{
  printf "  %-20s %5d passed %3d failed %3d skipped %7.1f s\n", $1, $2, $3, $4, $5
  passed += $2; failed += $3; skipped += $4
}
END {
  printf "\n%d passed, %d failed%s\n", passed, failed,
         (skipped ? ", " skipped " skipped" : "")
  exit failed > 0
}' "$tally"
