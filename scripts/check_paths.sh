#!/usr/bin/env bash
# Checks that every path that ARCHITECTURE.md names in backquotes exists: what
# looks like one has a slash and is made of a path's characters only.
set -euo pipefail
source "$(dirname "$0")/common.sh"

document=${1:-ARCHITECTURE.md}
[ -e "$document" ] || die "$document is missing"
missing=0
while read -r path; do
  # Unquoted: it may be a pattern, and stand for several files.
  # shellcheck disable=SC2086
  if ! ls -d $path >/dev/null 2>&1; then
    echo "$document names $path, which does not exist" >&2
    missing=1
  fi
done < <(awk -F '`' '{ for (i = 2; i <= NF; i += 2) print $i }' "$document" |
           grep -E '^[A-Za-z0-9_.*-]+/[A-Za-z0-9_./*-]*$' | sort -u)
exit "$missing"
