#!/usr/bin/env bash
# Builds with sanitizers and runs the tests that have something to find for them:
# sanitize.sh [asan-ubsan|tsan] [--all]
# Simulated attacks take longer than all the other tests together, and run on one
# thread what the unit tests run; nodes of other implementations take minutes,
# and meet the same actors as our own: both are left out unless --all asks for
# them.
set -euo pipefail
source "$(dirname "$0")/common.sh"

preset=${1:-asan-ubsan}
without=(--exclude-regex '^attack_sim_tests$')
case $preset in
  asan-ubsan) # what reads what peers and users send
    labels='unit|actors|attack|app|gateway|examples'
    programs=(unit_tests actor_tests forgotten_init attack_tests
              attack_http_tests app_tests gateway_tests examples)
    if [ "${2:-}" = --all ]; then
      programs+=(attack_sim_tests)
      without=()
    fi
    ;;
  tsan) # what runs on several threads
    labels='actors|attack|app|client|gateway|examples'
    programs=(actor_tests forgotten_init attack_tests attack_http_tests
              app_tests client_tests client_without_caf gateway_tests
              examples)
    if [ "${2:-}" = --all ]; then
      labels+='|interop'
      programs+=(interop_tests grapevine_peer)
    fi
    ;;
  *) die "usage: sanitize.sh [asan-ubsan|tsan] [--all]" ;;
esac

scripts/deps.sh build test ci
[ "$preset" != tsan ] || scripts/build_caf.sh
cmake --preset "$preset" -DGRAPEVINE_BUILD_TESTS=ON --log-level=NOTICE >/dev/null
cmake --build --preset "$preset" --target "${programs[@]}"
exec scripts/ctest.sh "$preset" --label-regex "^($labels)\$" "${without[@]}"
