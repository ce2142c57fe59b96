#!/usr/bin/env bash
# Runs all tests of actors, the examples (one of them with the program as its
# gateway) and the C++ of the documents with the CAF 1.x that is installed in a
# prefix: test_caf.sh PREFIX. What the prefix has of other packages is found
# there, too. With vcpkg, for example:
#
#     vcpkg install caf
#     make test-caf PREFIX=$VCPKG_ROOT/installed/x64-linux
#
# What is built is in build/caf-1, beside the builds with Debian's CAF.
set -euo pipefail
source "$(dirname "$0")/common.sh"

[ -n "${1:-}" ] || die "say where CAF is installed: make test-caf PREFIX=DIRECTORY"
[ -d "$1" ] || die "$1 is no directory"
prefix=$(realpath "$1")
build=$PWD/build/caf-1
installed=$build/installed

configure() {
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$prefix" -DGRAPEVINE_BUILD_APP=ON "$@" \
    --log-level=NOTICE >/dev/null
}

scripts/deps.sh build test
say "Build the libraries"
configure -DGRAPEVINE_BUILD_TESTS=OFF
found=$(sed -n 's/^CAF_DIR:[A-Z]*=//p' "$build/CMakeCache.txt")
[[ $found == "$prefix"/* ]] || die "there is no CAF 1.x in $prefix: CMake looks \
for CAFConfig.cmake below lib/cmake/CAF and share/caf"
cmake --build "$build"

say "Build and run the examples"
rm -rf "$installed"
cmake --install "$build" --prefix "$installed" >/dev/null
cmake -S examples -B "$build/examples" -G Ninja --log-level=NOTICE \
  -DCMAKE_PREFIX_PATH="$installed;$prefix" >/dev/null
cmake --build "$build/examples"
scripts/run_examples.sh "$build/examples" "$build/app/grapevine"

say "Build and run the C++ of the documents"
CMAKE_PREFIX_PATH="$installed:$prefix" scripts/run_snippets.sh "$build"

say "Build the tests"
configure -DGRAPEVINE_BUILD_TESTS=ON
targets=()
for target in actor_tests forgotten_init client_tests client_without_caf \
  gateway_tests testing_tests; do
  if grep -q "^build $target:" "$build/build.ninja"; then
    targets+=("$target")
  fi
done
cmake --build "$build" --target "${targets[@]}"

say "Test with the CAF in $prefix"
ctest --test-dir "$build" --output-on-failure --no-tests=error \
  --tests-regex "^($(IFS='|' && echo "${targets[*]}"))\$"
