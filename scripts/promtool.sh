#!/usr/bin/env bash
# Runs Prometheus's promtool: scripts/promtool.sh check metrics <FILE
# Where it is not installed it comes from Debian's package, which is fetched once
# and not installed: that would start a service and take 96 MB.
# Exit status 77: it cannot be had here (1 instead with CI=true).
set -euo pipefail
place=$PWD
source "$(dirname "$0")/common.sh"

tool=$(command -v promtool || echo "$PWD/build/tools/promtool")
fetch() (
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # The user that apt drops to may write there.
  chmod 777 "$folder"
  cd "$folder"
  apt-get download prometheus || { apt-get update && apt-get download prometheus; }
  dpkg-deb --extract prometheus_*.deb .
  mkdir -p "$(dirname "$tool")"
  # Another one may do the same at this moment.
  mv usr/bin/promtool "$tool.$$"
  mv "$tool.$$" "$tool"
)
if [ ! -x "$tool" ] && ! fetch >/dev/null; then
  echo "promtool is missing, and Debian's package prometheus cannot be fetched" >&2
  if in_ci; then exit 1; fi
  exit 77
fi
cd "$place"
exec "$tool" "$@"
