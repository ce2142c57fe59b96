#!/usr/bin/env bash
# Runs fuzz targets with libFuzzer: fuzz.sh [SECONDS_EACH [NAME...]]. It starts
# from the committed corpus; what it finds on the way stays in build/fuzz/corpus,
# and an input that crashes a target in build/fuzz/crashes.
set -euo pipefail
source "$(dirname "$0")/common.sh"

seconds=${1:-30}
names=("${@:2}")
scripts/deps.sh build ci
scripts/build.sh fuzz
if [ ${#names[@]} -eq 0 ]; then
  for source in tests/fuzz/*_fuzz.cpp; do
    names+=("$(basename "$source" _fuzz.cpp)")
  done
fi

mkdir -p build/fuzz/crashes
for name in "${names[@]}"; do
  corpus=tests/fuzz/corpus/$name
  [ -d "$corpus" ] || die "no corpus: $corpus"
  found=build/fuzz/corpus/$name
  mkdir -p "$found"
  # stderr is quiet unless the target fails.
  log=build/fuzz/$name.log
  if ! build/fuzz/tests/fuzz/"$name"_fuzz -max_total_time="$seconds" \
       -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
       -artifact_prefix=build/fuzz/crashes/"$name"- \
       "$found" "$corpus" >"$log" 2>&1; then
    cat "$log"
    die "fuzzing $name failed; add the input to $corpus when it is fixed"
  fi
  printf '%-24s %s\n' "$name" \
    "$(awk '/number_of_executed_units/ { print $2, "inputs tried" }' "$log")"
done
