#!/usr/bin/env bash
# Runs the tests with coverage and prints how much of each file they ran.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/deps.sh build test
scripts/build.sh coverage
find build/coverage -name '*.gcda' -delete
scripts/ctest.sh coverage --label-exclude "^interop$"
# gcov repeats a header for every source that includes it: the best one counts.
find "$PWD"/build/coverage -name '*.gcda' -not -path '*/tests/*' -print0 |
  xargs -0 gcov --no-output --relative-only --source-prefix "$PWD" 2>/dev/null |
  awk -F "['%:]" '
    /^File / { file = $2 }
    /^Lines executed/ && file ~ /^[a-z0-9]+\/.*pp$/ {
      if ($2 + 0 > best[file]) best[file] = $2 + 0
      seen[file]
    }
    END { for (file in seen) printf "%6.1f %%  %s\n", best[file], file }' |
  sort -k3
