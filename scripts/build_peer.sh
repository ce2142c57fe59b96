#!/bin/sh
# Builds a program in another language from its lock file: on another implementation
# of GossipSub, or a test that uses such a language's tools.
#
#   scripts/build_peer.sh SUITE PROGRAM go|rust|js|py SOURCES OUTPUT
#
# SUITE and PROGRAM name it: interop peer, bench relay, page test. SOURCES/<language> holds
# the sources; the result is OUTPUT/<language>/PROGRAM, an executable (for js and
# py a small script that starts node or python). Nothing is written to the source
# folders.
# PEER_JOBS limits how many compilers run at once.
#
# Exit status: 0 built or up to date; 77 the language's tool is missing or its
# packages cannot be downloaded (1 instead with CI=true: there it must not be
# missed); 1 anything else, such as a lock file that does not fit.
set -eu

if [ $# -ne 5 ]; then
    echo "usage: $0 SUITE PROGRAM go|rust|js|py SOURCES OUTPUT" >&2
    exit 2
fi
suite=$1
program=$2
language=$3
scripts=$(cd "$(dirname "$0")" && pwd)
source_dir=$4/$language
# What the programs in JavaScript have in common.
js_support=$scripts/../tests/support/js
mkdir -p "$5/$language"
build_dir=$(cd "$5/$language" && pwd)
stamp=$build_dir/stamp
log=$build_dir/download.log

say() { echo "$suite $language: $*"; }

# The program cannot be had on this machine: says so in a way that nobody
# overlooks.
unavailable() {
    {
        echo "***********************************************************************"
        echo "*** $suite $language: THE $program IS NOT BUILT, WHAT NEEDS IT WILL NOT RUN"
        echo "*** $*"
        echo "***********************************************************************"
    } >&2
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 77
}

need_tool() {
    command -v "$1" >/dev/null 2>&1 || unavailable "the program '$1' is missing"
}

# Runs a command that downloads. No network is a reason to skip; a lock file or
# checksum that does not fit is an error.
download() {
    say "$*"
    if "$@" >"$log" 2>&1; then return 0; fi
    cat "$log" >&2
    if grep -Eq 'SECURITY ERROR|checksum mismatch|EINTEGRITY|EUSAGE|DO NOT MATCH THE HASHES|lock file|go.sum entry|updates to go.mod' "$log"; then
        say "the lock file and what was downloaded do not fit together" >&2
        exit 1
    fi
    unavailable "its packages could not be downloaded (see above)"
}

# Names what the build depends on: the sources, the lock file and the version of
# the tool.
fingerprint() {
    {
        "$@"
        cat "$scripts/build_peer.sh" "$js_support"/*.js
        cd "$source_dir"
        find . -type f ! -path './node_modules/*' ! -path './target/*' ! -name '*.pyc' | LC_ALL=C sort | xargs sha256sum
    } | sha256sum
}

stop_if_current() {
    current=$(fingerprint "$@")
    if [ -x "$build_dir/$program" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$current" ]; then
        say "up to date: $build_dir/$program"
        exit 0
    fi
    rm -f "$stamp"
}

build_go() {
    need_tool go
    stop_if_current go version
    cd "$source_dir"
    download go mod download
    say "go build"
    nice go build -mod=readonly -trimpath ${PEER_JOBS:+-p "$PEER_JOBS"} -o "$build_dir/$program" .
}

build_rust() {
    need_tool cargo
    stop_if_current cargo --version
    cd "$source_dir"
    download cargo fetch --locked
    say "cargo build --release --locked (takes minutes the first time)"
    CARGO_TARGET_DIR=$build_dir/target nice cargo build --release --locked ${PEER_JOBS:+-j "$PEER_JOBS"}
    cp "$build_dir/target/release/$suite-rust-$program" "$build_dir/$program"
}

build_js() {
    need_tool node
    need_tool npm
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
        unavailable "node $(node --version) is too old, 20 is the oldest that works"
    stop_if_current node --version
    rm -f "$build_dir"/*.js
    cp "$js_support"/*.js "$source_dir"/*.js "$source_dir"/package.json "$source_dir"/package-lock.json \
        "$source_dir"/.npmrc "$build_dir"
    cd "$build_dir"
    download npm ci --ignore-scripts
    # exec: the process that is started, and may be killed, is the program itself.
    printf '#!/bin/sh\nexec node "%s/main.js" "$@"\n' "$build_dir" >"$program"
    chmod +x "$program"
}

build_py() {
    need_tool python3
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        unavailable "$(python3 --version) is too old, 3.11 is the oldest that works"
    python3 -c 'import ensurepip, venv' 2>/dev/null || unavailable "python3 cannot make virtual environments"
    stop_if_current python3 --version
    rm -rf "$build_dir/venv" "$build_dir"/*.py
    cp "$source_dir"/*.py "$build_dir"
    cd "$build_dir"
    python3 -m venv venv
    # What builds those packages that come as sources is pinned, too; what this is
    # called depends on the version of pip.
    export PIP_CONSTRAINT="$source_dir/build.txt" PIP_BUILD_CONSTRAINT="$source_dir/build.txt"
    download venv/bin/pip install --quiet --disable-pip-version-check \
        --require-hashes --requirement "$source_dir/requirements.txt"
    printf '#!/bin/sh\nexec "%s/venv/bin/python" "%s/main.py" "$@"\n' "$build_dir" "$build_dir" >"$program"
    chmod +x "$program"
}

case $language in
go | rust | js | py) "build_$language" ;;
*)
    echo "$0: no such language: $language" >&2
    exit 2
    ;;
esac
echo "$current" >"$stamp"
say "built: $build_dir/$program"
