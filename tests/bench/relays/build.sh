#!/bin/sh
# Builds one of the relays from its lock file, see scripts/build_peer.sh.
#
#   tests/bench/relays/build.sh go|rust|js
#
# The result is $BENCH_BUILD_DIR/<language>/relay. The default of
# BENCH_BUILD_DIR is build/bench at the root of the repository. BENCH_JOBS limits
# how many compilers run at once.
#
# Exit status: 0 built or up to date; 77 the language's tool is missing or its
# packages cannot be downloaded (1 instead with CI=true); 1 anything else.
set -eu
case ${1:-} in
go | rust | js) ;;
*)
    echo "usage: $0 go|rust|js" >&2
    exit 2
    ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
export PEER_JOBS="${BENCH_JOBS:-}"
exec "$here/../../../scripts/build_peer.sh" bench relay "$1" "$here" "${BENCH_BUILD_DIR:-$here/../../../build/bench}"
