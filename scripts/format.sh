#!/usr/bin/env bash
# Formats the C++ sources; with --check, only tells which need it.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/deps.sh ci
case ${1:-} in
  "") options=(-i) ;;
  --check) options=(--dry-run --Werror) ;;
  *) die "usage: format.sh [--check]" ;;
esac
cpp_files | xargs --no-run-if-empty clang-format "${options[@]}"
