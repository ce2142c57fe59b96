#!/usr/bin/env bash
# Builds and runs the benchmarks: bench.sh [ARGUMENTS OF tests/bench/suite/run.py...]
# or bench.sh micro [ARGUMENTS OF Google Benchmark...]. tests/bench/README.md
# explains them. Implementations whose tools are missing are left out.
set -euo pipefail
source "$(dirname "$0")/common.sh"

build() {
  scripts/deps.sh build test
  cmake --preset release -DGRAPEVINE_BUILD_TESTS=ON --log-level=NOTICE >/dev/null
  cmake --build --preset release --target "$@"
}

if [ "${1:-}" = micro ]; then
  build micro_bench
  exec build/release/tests/bench/micro_bench "${@:2}"
fi

scripts/deps.sh bench
build bench_driver grapevine_relay limit_relay micro_bench
relays=(--relay grapevine=build/release/tests/bench/grapevine_relay
        --relay limit=build/release/tests/bench/limit_relay
        --relay nats=/usr/sbin/nats-server
        --relay mosquitto=/usr/sbin/mosquitto)
for language in go rust js; do
  status=0
  tests/bench/relays/build.sh "$language" || status=$?
  # 77: it has said loudly that it is left out.
  [ "$status" -eq 0 ] || [ "$status" -eq 77 ] ||
    die "the relay in $language cannot be built"
  relays+=(--relay "$language=${BENCH_BUILD_DIR:-build/bench}/$language/relay")
done
exec python3 tests/bench/suite/run.py "${relays[@]}" "$@"
