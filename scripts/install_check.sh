#!/usr/bin/env bash
# Installs the release and uses it as others would: builds examples/ with g++ and
# clang++ against static and shared libraries, each installed header by itself,
# the C++ of the documents, and with what pkg-config says; asks find_package for
# what is there and what is not; and makes Grapevine a part of another project's
# tree. Its files are kept below build/install-check.
set -euo pipefail
source "$(dirname "$0")/common.sh"

place=$PWD/build/install-check
prefix=$place/prefix
mkdir -p "$place"
scripts/deps.sh build test

say "Install"
scripts/build.sh release
cmake build/release -DGRAPEVINE_SHARED=ON --log-level=NOTICE >/dev/null
cmake --build build/release
rm -rf "$prefix"
cmake --install build/release --prefix "$prefix" >/dev/null
"$prefix/bin/grapevine" --version
libraries=$(dirname "$(find "$prefix" -name libgrapevine_proto.a)")
export CMAKE_PREFIX_PATH=$prefix
export PKG_CONFIG_PATH=$libraries/pkgconfig
export LD_LIBRARY_PATH=$libraries
# What is built with the same headers is built once.
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
strict='-Wall -Wextra -Wconversion -Werror'

say "Shared libraries"
for library in "$libraries"/libgrapevine_*.so; do
  readelf -d "$library" | grep "SONAME.*$(basename "$library")\.[0-9]" >/dev/null ||
    die "$library has no version in its soname"
  ! nm -D --defined-only "$library" | awk '{ print $3 }' | grep -v grapevine ||
    die "$library shows names that are not the project's"
  echo "ok: $(basename "$library")"
done

# configure SOURCES BUILD OPTION... : says what went wrong.
configure() {
  local sources=$1 build=$2
  shift 2
  rm -rf "$build/CMakeCache.txt"
  cmake -S "$sources" -B "$build" -G Ninja "$@" >"$place/said" 2>&1 ||
    { cat "$place/said" && die "$sources $*"; }
}

say "Find"
# asked RESULT WANTED OPTION... : tests/install/find says what these are.
asked() {
  local result=$1 wanted=$2
  shift 2
  configure tests/install/find "$place/find" "-DRESULT=$result" \
    "-DWANTED=$wanted" "$@"
  echo "ok: find_package(grapevine $wanted): $result"
}
without_actors='-DHIDDEN=CAF_compat;CAF;spdlog;SQLite3;cares'
asked 'has no component "gossips"' 'COMPONENTS gossips'
asked '0.1.0' 9.1
asked 'grapevine::messages needs CAF' 'COMPONENTS actors' "$without_actors"
# Nothing but what others say is written when they ask for quiet.
asked 'grapevine::messages needs CAF' QUIET "$without_actors"
! grep -i -e warning -e found "$place/said" || die "QUIET is not"
# What is optional and cannot be used is left out, and that is said.
asked found 'REQUIRED COMPONENTS gossip OPTIONAL_COMPONENTS actors gossips' \
  "$without_actors" '-DWITHOUT=actors;messages;gossips'
grep 'without actors: .*grapevine::messages needs CAF' "$place/said" >/dev/null
grep 'without gossips: .* no component' "$place/said" >/dev/null
cmake --build "$place/find"
asked found 'REQUIRED QUIET OPTIONAL_COMPONENTS gossip libp2p'
# What the sources of shared libraries use need not be there for others.
asked found '0.1 REQUIRED COMPONENTS gossip libp2p' -DKIND=SHARED_LIBRARY \
  "$without_actors;Protobuf;re2;OpenSSL"
cmake --build "$place/find"
"$place/find/router"
asked found '0.1 REQUIRED COMPONENTS gossip libp2p' -DKIND=STATIC_LIBRARY \
  -DGRAPEVINE_USE_STATIC_LIBS=ON "$without_actors"
cmake --build "$place/find"
"$place/find/router"

say "Package configurations"
# shellcheck disable=SC2046 # words
g++ -std=c++20 tests/install/find/router.cpp -o "$place/router" \
  $(pkg-config --cflags --libs grapevine-gossip)
"$place/router"
# shellcheck disable=SC2046 # words
g++ -std=c++20 -I tests/install/headers tests/install/headers/namesake.cpp \
  tests/install/headers/messages/events.cpp -o "$place/namesake" \
  $(pkg-config --cflags --libs grapevine-actors)
"$place/namesake"

say "Headers"
configure tests/install/headers "$place/headers"
cmake --build "$place/headers"
"$place/headers/namesake"
configure tests/install/headers "$place/headers-clang" \
  -DCMAKE_CXX_COMPILER=clang++
cmake --build "$place/headers-clang" --target together

say "Examples"
# Each compiler with both kinds of libraries and both languages.
for way in 'g++ OFF 20' 'g++ ON 23' 'clang++ OFF 23' 'clang++ ON 20'; do
  read -r compiler static language <<<"$way"
  build=$place/examples-$compiler-$static
  configure examples "$build" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_CXX_STANDARD="$language" -DCMAKE_CXX_EXTENSIONS=OFF \
    -DGRAPEVINE_USE_STATIC_LIBS="$static" "-DCMAKE_CXX_FLAGS=$strict"
  cmake --build "$build"
  scripts/run_examples.sh "$build" "$prefix/bin/grapevine"
done

say "Compile time"
# seconds_of HEADER: processor time of what includes it alone, the least of five.
seconds_of() {
  echo "#include <$1>" >"$place/one.cpp"
  for _ in 1 2 3 4 5; do
    # shellcheck disable=SC2046 # words
    (TIMEFORMAT=%U && time g++ -std=c++20 -c "$place/one.cpp" -o "$place/one.o" \
       $(pkg-config --cflags grapevine-actors))
  done 2>&1 | sort -n | head -n 1
}
caf=$(seconds_of caf/all.hpp)
own=$(seconds_of grapevine/actors/node.hpp)
echo "caf/all.hpp: $caf s, grapevine/actors/node.hpp: $own s"
# 1.5 times as much is the bound; the rest is for a machine that does other things, too.
awk -v own="$own" -v caf="$caf" 'BEGIN { exit !(own > 0 && own < 1.6 * caf) }' ||
  die "the API takes too long to compile: what do its headers include?"

say "Reference"
scripts/docs.sh

say "Documents"
scripts/run_snippets.sh "$place"

say "Part of another project"
configure tests/install/outer "$place/outer" "-DGRAPEVINE_SOURCES=$PWD" \
  -DGRAPEVINE_FIRST_TYPE_ID=31000
# Objects alone: the libraries are no others here.
cmake --build "$place/outer" --target namesake router
! grep -e '-Werror' "$place/outer/compile_commands.json" ||
  die "warnings are errors in another project"
cmake --install "$place/outer" --prefix "$place/outer-prefix"
[ ! -e "$place/outer-prefix" ] || die "it installs what nobody asked it for"
