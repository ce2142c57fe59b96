#!/usr/bin/env bash
# Builds and runs the C++ of the documents against an installed Grapevine:
# run_snippets.sh FOLDER, where their sources and programs are kept.
# CMAKE_PREFIX_PATH says where it is installed.
set -euo pipefail
source "$(dirname "$0")/common.sh"

folder=${1:?say where the programs are to be built}
names=$(scripts/snippets.py "$folder/snippets" README.md docs/embedding.md)
said=$folder/snippets-said
rm -f "$folder/snippets-build/CMakeCache.txt"
cmake -S "$folder/snippets" -B "$folder/snippets-build" -G Ninja >"$said" 2>&1 ||
  { cat "$said" && die "the documents' C++ cannot be configured"; }
cmake --build "$folder/snippets-build"
for name in $names; do
  timeout 60 "$folder/snippets-build/$name" </dev/null 2>"$said" ||
    { cat "$said" && die "$name of the documents failed"; }
  [ ! -s "$said" ] || { cat "$said" && die "$name complains"; }
done
