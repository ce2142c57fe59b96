#!/usr/bin/env bash
# Builds the nodes of other languages that the machine has the tools for, and
# tests against them. Appends its counts to the file TALLY, if set.
set -euo pipefail
source "$(dirname "$0")/common.sh"

tally=${TALLY:-/dev/null}
export INTEROP_BUILD_DIR=${INTEROP_BUILD_DIR:-$PWD/build/interop}
log=$INTEROP_BUILD_DIR/interop_tests.log
mkdir -p "$INTEROP_BUILD_DIR"
failed=0

for language in go rust js; do
  say "Interop: build the $language node"
  begin=$SECONDS
  status=0
  tests/interop/build.sh "$language" || status=$?
  case $status in
    0)
      export "GRAPEVINE_INTEROP_${language^^}=$INTEROP_BUILD_DIR/$language/peer"
      echo "Built in $((SECONDS - begin)) s"
      ;;
    77) echo "interop-$language 0 0 1 $((SECONDS - begin))" >>"$tally" ;;
    *)
      echo "interop-$language 0 1 0 $((SECONDS - begin))" >>"$tally"
      failed=1
      ;;
  esac
done

say "Interop: test"
scripts/deps.sh build test
[ -e build/release/build.ninja ] || scripts/build.sh release
scripts/build.sh release interop_tests grapevine
begin=$SECONDS
status=0
build/release/tests/interop/interop_tests --durations yes 2>&1 </dev/null |
  tee "$log" || status=$?
awk -f scripts/tally.awk -v name=interop -v status="$status" \
  -v seconds=$((SECONDS - begin)) "$log" >>"$tally"
[ "$status" -eq 0 ] && [ "$failed" -eq 0 ]
