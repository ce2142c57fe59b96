#!/usr/bin/env bash
# Installs the Debian packages that are missing, of the groups that are named:
# build (the binary), test (all tests), ci (also format, tidy, fuzzing, reference),
# package (the .deb), package-test (its life in a container), image (the image
# of the package, built and run without a daemon), cluster (nodes in networks of
# their own), bench (brokers that the benchmarks measure, too).
# Go, Cargo and Node, which only the nodes of other languages need, are not among
# them: Debian's are too old for those that Grapevine is tested against.
# GRAPEVINE_SKIP_DEPS=1 leaves the machine as it is.
set -euo pipefail
source "$(dirname "$0")/common.sh"

build=(g++ cmake ninja-build ccache mold
       libcaf-dev libprotobuf-dev protobuf-compiler libssl-dev libspdlog-dev
       libsodium-dev libsecp256k1-dev libre2-dev libexpected-dev
       libsqlite3-dev libc-ares-dev libcli11-dev nlohmann-json3-dev libtomlplusplus-dev
       libboost-dev libwslay-dev node-d3-force node-d3-selection libjs-chart.js)
# python3-venv, python3-dev and libgmp-dev are for the node in Python, one of whose
# packages is built here; the shells for their completions.
test=(catch2 libbenchmark-dev ca-certificates python3
      python3-venv python3-dev libgmp-dev zsh fish)
# The browser, and letters for it, are for the live page.
ci=(clang libclang-rt-14-dev clang-tidy clang-format shellcheck doxygen
    chromium fonts-dejavu-core)
package=(dpkg-dev help2man)
package_test=(lintian man-db mmdebstrap systemd systemd-container)
# buildah builds, runc runs.
image=(buildah runc mmdebstrap python3)
# faketime has the clock of a node go wrong.
cluster=(python3 iproute2 util-linux faketime)
bench=(nats-server mosquitto)

packages=()
for group in "${@:-build}"; do
  case $group in
    build) packages+=("${build[@]}") ;;
    test) packages+=("${test[@]}") ;;
    ci) packages+=("${ci[@]}") ;;
    package) packages+=("${package[@]}") ;;
    package-test) packages+=("${package_test[@]}") ;;
    image) packages+=("${image[@]}") ;;
    cluster) packages+=("${cluster[@]}") ;;
    bench) packages+=("${bench[@]}") ;;
    *) die "usage: deps.sh [build] [test] [ci] [package] [package-test] [image] [cluster] [bench]" ;;
  esac
done

[ -z "${GRAPEVINE_SKIP_DEPS:-}" ] || exit 0
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  cat >&2 <<EOF
This is no Debian, so nothing was installed. Grapevine needs g++ 12 or newer,
CMake 3.25, Ninja, protobuf 3.21, OpenSSL 3, CAF (0.17.6, or 1.x), spdlog,
libsodium, libsecp256k1 (0.2 or newer), RE2, SQLite 3, c-ares, tl::expected, CLI11,
nlohmann-json, toml++, wslay, Boost's headers, and for its page d3-force,
d3-selection and Chart.js 3; its tests Catch2 2.13, Google
Benchmark, zsh and fish.
Their names on Debian:
  ${packages[*]}
Install them, then run the same command with GRAPEVINE_SKIP_DEPS=1.
EOF
  exit 1
fi

# One call for all packages: fast enough to be part of every `make`.
installed=$(dpkg-query --show --showformat='${Package}=${db:Status-Status}\n' \
              "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  [[ $'\n'$installed$'\n' == *$'\n'"$package=installed"$'\n'* ]] ||
    missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null ||
    die "run as root, or install sudo: these packages are missing: ${missing[*]}"
  root=(sudo)
fi
echo "Installing: ${missing[*]}"
apt_install() {
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
}
# The package lists may be absent (a fresh container) or out of date (then the
# download fails): only then are they fetched.
if ! apt-get install --simulate "${missing[@]}" >/dev/null 2>&1 ||
   ! apt_install </dev/null; then
  "${root[@]}" apt-get update --quiet
  apt_install </dev/null
fi
# The benchmarks start brokers of their own: none is to run as a service because
# its package is there now.
for package in nats-server mosquitto; do
  if [[ " ${missing[*]} " == *" $package "* ]] && [ -d /run/systemd/system ]; then
    "${root[@]}" systemctl disable --now "$package"
  fi
done
