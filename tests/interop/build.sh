#!/bin/sh
# Builds one of the interop peers from its lock file, see scripts/build_peer.sh.
#
#   tests/interop/build.sh go|rust|js|py
#
# The result is $INTEROP_BUILD_DIR/<language>/peer. The default of
# INTEROP_BUILD_DIR is build/interop at the root of the repository. INTEROP_JOBS
# limits how many compilers run at once.
#
# Exit status: 0 built or up to date; 77 the language's tool is missing or its
# packages cannot be downloaded (1 instead with CI=true); 1 anything else.
set -eu
case ${1:-} in
go | rust | js | py) ;;
*)
    echo "usage: $0 go|rust|js|py" >&2
    exit 2
    ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
export PEER_JOBS="${INTEROP_JOBS:-}"
exec "$here/../../scripts/build_peer.sh" interop peer "$1" "$here" "${INTEROP_BUILD_DIR:-$here/../../build/interop}"
