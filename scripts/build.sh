#!/usr/bin/env bash
# Builds targets of a preset: build.sh PRESET [TARGET...]. Without targets, what
# the preset names, tests included.
set -euo pipefail
source "$(dirname "$0")/common.sh"

preset=${1:?usage: build.sh PRESET [TARGET...]}
shift
options=()
if [ $# -eq 0 ]; then
  options+=(-DGRAPEVINE_BUILD_TESTS=ON)
elif [ ! -e "build/$preset/build.ninja" ]; then
  # Somebody who only wants the binary needs none of the tests' packages.
  options+=(-DGRAPEVINE_BUILD_TESTS=OFF)
fi
if [ ! -e "build/$preset/build.ninja" ] || [ ${#options[@]} -gt 0 ]; then
  cmake --preset "$preset" "${options[@]}" --log-level=NOTICE >/dev/null
fi
exec cmake --build --preset "$preset" ${1:+--target "$@"}
