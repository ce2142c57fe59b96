#!/usr/bin/env bash
# Builds the Debian package from scratch, at build/release/, and prints its path.
# Its version is that of the last entry of deploy/debian/changelog.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/deps.sh build package >&2
scripts/build.sh release package_files >&2
cd build/release
rm -f grapevine_*.deb
cpack -G DEB >&2
ls "$PWD"/grapevine_*.deb
