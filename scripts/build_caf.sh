#!/usr/bin/env bash
# Builds libcaf_core with ThreadSanitizer from the source package of the CAF that
# is installed, into build/caf-tsan. Debian's own library is not instrumented:
# ThreadSanitizer would see none of the synchronisation inside it, and take
# whatever one actor hands to another for a race.
set -euo pipefail
source "$(dirname "$0")/common.sh"

prefix=$PWD/build/caf-tsan
version=$(dpkg-query --show --showformat='${source:Version}' libcaf-dev)
[ "$(cat "$prefix/version" 2>/dev/null)" != "$version" ] || exit 0

say "CAF $version with ThreadSanitizer"
rm -rf "$prefix"
mkdir -p "$prefix"/apt/{parts,lists/partial,archives/partial} "$prefix/source"

# The sources' lists beside those of the machine, which stay as they are.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -e "$list" ] || continue
  sed 's/^deb /deb-src /' "$list" >"$prefix/apt/parts/$(basename "$list" .list).list"
done
for list in /etc/apt/sources.list.d/*.sources; do
  [ -e "$list" ] || continue
  sed 's/^Types:.*/Types: deb-src/' "$list" >"$prefix/apt/parts/$(basename "$list")"
done
apt=(apt-get --quiet --quiet
     -o Dir::Etc::SourceList=/dev/null
     -o Dir::Etc::SourceParts="$prefix/apt/parts"
     -o Dir::State::Lists="$prefix/apt/lists"
     -o Dir::Cache="$prefix/apt"
     -o APT::Sandbox::User=)
"${apt[@]}" update
(cd "$prefix" && "${apt[@]}" source --tar-only "actor-framework=$version")
tar --extract --file "$prefix"/actor-framework_*.orig.tar.* \
  --strip-components=1 --directory "$prefix/source"

# As Debian configures it, and only what is used.
cmake -S "$prefix/source" -B "$prefix/build" -G Ninja --log-level=ERROR \
  -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_INSTALL_PREFIX="$prefix" \
  -DCMAKE_CXX_FLAGS="-fsanitize=thread -fno-omit-frame-pointer -w" \
  -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
  -DCAF_NO_IO=yes -DCAF_NO_OPENSSL=yes -DCAF_NO_OPENCL=yes -DCAF_NO_TOOLS=yes \
  -DCAF_NO_PYTHON=yes -DCAF_NO_EXAMPLES=yes -DCAF_NO_UNIT_TESTS=yes \
  -DCAF_NO_SUMMARY=yes >/dev/null
CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 \
  cmake --build "$prefix/build" --target install
rm -rf "$prefix/apt" "$prefix/build"
echo "$version" >"$prefix/version"
