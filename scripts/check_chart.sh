#!/usr/bin/env bash
# Checks the chart, the manifests made of it and the compose file (tests/chart/).
#   scripts/check_chart.sh            checks, with the release binary if it is there
#   scripts/check_chart.sh --write    writes deploy/kubernetes/ anew from the chart
# Needs Go, and the modules of tests/chart/go.sum, which are fetched once.
set -euo pipefail
source "$(dirname "$0")/common.sh"

if ! command -v go >/dev/null; then
  echo '*** NOT TESTED: the chart, as Go is missing' >&2
  if in_ci; then exit 1; else exit 0; fi
fi
tool=build/tools/chart
mkdir -p build/tools
(cd tests/chart && go build -mod=readonly -o "$OLDPWD/$tool" .)
if [ "${1:-}" = --write ]; then
  exec $tool -write .
fi
binary=build/release/app/grapevine
if [ -x $binary ]; then
  exec $tool . $binary
fi
echo '*** not checked: the nodes'"'"' configurations, as there is no binary'
exec $tool .
