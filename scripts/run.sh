#!/usr/bin/env bash
# Runs the release binary with the given arguments.
set -euo pipefail
source "$(dirname "$0")/common.sh"

binary=build/release/app/grapevine
[ -t 0 ] || exec "$binary" "$@"
# On a terminal, Ctrl-C goes to the whole foreground job, and make would report
# an error although the node has stopped in order. So the node becomes a job of
# its own; it ends with this script, however that ends.
set -m
setpriv --pdeathsig TERM "$binary" "$@"
