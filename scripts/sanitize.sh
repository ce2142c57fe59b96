#!/usr/bin/env bash
# Builds with sanitizers and runs the tests that have something to find for them:
# sanitize.sh [asan-ubsan|tsan]
set -euo pipefail
source "$(dirname "$0")/common.sh"

preset=${1:-asan-ubsan}
case $preset in
  asan-ubsan) # what reads what peers and users send
    labels='unit|actors|attack|app'
    programs=(unit_tests actor_tests attack_tests attack_sim_tests app_tests)
    ;;
  tsan) # what runs on several threads; the simulations do not
    labels='actors|attack|app|interop'
    programs=(actor_tests attack_tests app_tests interop_tests grapevine_peer)
    ;;
  *) die "usage: sanitize.sh [asan-ubsan|tsan]" ;;
esac

scripts/deps.sh build test ci
[ "$preset" != tsan ] || scripts/build_caf.sh
cmake --preset "$preset" -DGRAPEVINE_BUILD_TESTS=ON --log-level=NOTICE >/dev/null
cmake --build --preset "$preset" --target "${programs[@]}"
options=(--label-regex "^($labels)\$")
[ "$preset" != tsan ] || options+=(--exclude-regex '^attack_sim_tests$')
exec scripts/ctest.sh "$preset" "${options[@]}"
