#!/usr/bin/env bash
# Runs the release's program as clusters of nodes in networks of their own, and
# lets things fail: cluster_test.sh [ARGUMENTS OF tests/cluster/run.py...]. Without
# arguments, what is quick enough for every change (4 minutes), which has something
# of all that is to be survived. Needs root. Logs and results are kept below
# build/cluster.
set -euo pipefail
source "$(dirname "$0")/common.sh"

if [ "$(id -u)" -ne 0 ]; then
  echo '*** NOT TESTED: clusters in networks of their own, which need root' >&2
  if in_ci; then exit 1; else exit 0; fi
fi
scripts/deps.sh build cluster
scripts/build.sh release grapevine
[ $# -gt 0 ] || set -- --quick
exec python3 tests/cluster/run.py "$@"
