#!/usr/bin/env bash
# Runs the examples that were built in a folder, each as it ends by itself:
# run_examples.sh BUILD [GRAPEVINE]
# With the program, also the one that needs a node of another process.
set -euo pipefail
source "$(dirname "$0")/common.sh"

build=${1:?say where the examples were built}
for example in pure_router client client_callback chat existing_app validator \
  slow_subscriber embedding/tour; do
  program=$build/$example
  [ ! -d "$program" ] || program=$program/$(basename "$example")
  # The others end by themselves.
  demo=()
  ! grep -q -e --demo "examples/${example%/*}"/*.cpp || demo=(--demo)
  timeout 60 "$program" "${demo[@]}" >"$build/said" 2>&1 ||
    { cat "$build/said" && die "$example failed"; }
  echo "ok: $example"
done
[ -z "${2:-}" ] || scripts/remote_example.py "$build/remote/remote" "$2"
