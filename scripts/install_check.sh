#!/usr/bin/env bash
# Installs the release into a temporary place and builds the embedding examples
# against it, as an application that uses find_package(grapevine) would.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/deps.sh build test
scripts/build.sh release
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install build/release --prefix "$place/prefix" >/dev/null
"$place/prefix/bin/grapevine" --version
cmake -S examples/embedding -B "$place/build" -G Ninja \
  -DCMAKE_PREFIX_PATH="$place/prefix" >/dev/null
cmake --build "$place/build"
"$place/build/tour"
