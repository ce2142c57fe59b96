#!/usr/bin/env bash
# Runs the benchmarks: bench.sh [relay|micro] [ARGUMENTS OF THAT PROGRAM...].
# Without arguments, both. tests/bench/README.md explains the figures.
set -euo pipefail
source "$(dirname "$0")/common.sh"

programs=(relay_bench micro_bench)
case ${1:-} in
  relay | micro)
    programs=("${1}_bench")
    shift
    ;;
  "") ;;
  *) die "usage: bench.sh [relay|micro] [arguments]" ;;
esac

scripts/deps.sh build test
cmake --preset release -DGRAPEVINE_BUILD_TESTS=ON --log-level=NOTICE >/dev/null
cmake --build --preset release --target "${programs[@]}"
for program in "${programs[@]}"; do
  say "$program"
  "build/release/tests/bench/$program" "$@"
done
