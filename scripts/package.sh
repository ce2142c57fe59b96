#!/usr/bin/env bash
# Builds the Debian packages from scratch, at build/release/, and prints their
# paths: of the program's first, then of the libraries'. Their version is that of
# the last entry of deploy/debian/changelog.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/deps.sh build package >&2
scripts/build.sh release grapevine_headers >&2 # configures, too
cmake build/release -DGRAPEVINE_SHARED=ON --log-level=NOTICE \
  -DCMAKE_INSTALL_LIBDIR="lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)" >/dev/null
scripts/build.sh release package_files >&2
cd build/release
rm -f ./*.deb
cpack -G DEB >&2
ls "$PWD"/grapevine_*.deb "$PWD"/libgrapevine*.deb
