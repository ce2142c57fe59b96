#!/usr/bin/env bash
# Runs ctest on a preset's build, then tells how many tests each program ran:
# ctest.sh PRESET [OPTION...]. The last line is `N passed, N failed`, with
# `, N skipped` if tests could not run here.
set -euo pipefail
source "$(dirname "$0")/common.sh"

preset=$1
report=$PWD/build/$preset/tests.xml
rm -f "$report"
begin=$SECONDS
# Of long outputs the end is kept: that is where programs count their tests.
ctest --preset "$preset" --output-junit "$report" \
  --test-output-truncation head --test-output-size-passed 100000 "${@:2}" || true

say "Summary ($((SECONDS - begin)) s)"
[ -e "$report" ] || die "ctest did not run"
# Why tests were skipped is part of passed programs' output, which ctest hides.
sed -n "s/&apos;/'/g; /^\*\*\* /p" "$report" | sort -u
awk -f scripts/tally.awk "$report" | awk '{
  printf "  %-24s %5d passed %3d failed %3d skipped %7.1f s\n", $1, $2, $3, $4, $5
  passed += $2; failed += $3; skipped += $4
}
END {
  printf "\n%d passed, %d failed%s\n", passed, failed,
         (skipped ? ", " skipped " skipped" : "")
  exit failed > 0 || passed == 0
}'
