#!/usr/bin/env bash
# Builds the image from the Debian package, and has it live as an orchestrator
# would: with a root that is read-only, without capabilities, as its own user;
# asks for its health as the image says, and stops it in order. Prints what it
# takes beyond its base. Without a registry: the base is a Debian that is made
# here, once. Without a daemon: buildah builds, runc runs. Needs root.
#   scripts/image_test.sh [PACKAGE]    the .deb, build/release/grapevine_*.deb
set -euo pipefail
source "$(dirname "$0")/common.sh"
source scripts/debian_base.sh

if [ "$(id -u)" -ne 0 ]; then
  echo '*** NOT TESTED: the image, which needs root' >&2
  if in_ci; then exit 1; else exit 0; fi
fi
[ "${GRAPEVINE_SKIP_DEPS:-}" ] || scripts/deps.sh image

# What the image may take beyond its base, in MiB.
most=60
# How long it may take to become healthy, and to stop; it takes a fraction.
patience=20

folder=build/image-test
name=grapevine-image-test-$$
package=${1:-$(ls build/release/grapevine_*.deb 2>/dev/null || true)}
[ -e "$package" ] || die "there is no package: scripts/package.sh makes it"
mkdir -p $folder
rm -rf $folder/given $folder/data
mkdir $folder/given $folder/data

# Its images are its own, and no part of the machine's.
store=(--root "$PWD/$folder/store" --runroot "$PWD/$folder/run")
build() { buildah "${store[@]}" "$@"; }

cleanup() {
  runc delete --force $name >/dev/null 2>&1 || true
  build rm --all >/dev/null 2>&1 || true
}
trap cleanup EXIT

# -- built ---------------------------------------------------------------------

say "Base"
# As debian:12-slim, without what only people read.
slim=()
for path in man doc info locale; do
  slim+=(--dpkgopt="path-exclude=/usr/share/$path/*")
done
if [ ! -e $folder/base.tar ]; then
  debian_base $folder $folder/new.tar "${slim[@]}"
  mv $folder/new.tar $folder/base.tar
fi
if ! build inspect --type image grapevine-base >/dev/null 2>&1; then
  base=$(build from scratch)
  build add --quiet "$base" $folder/base.tar / >/dev/null
  build commit --quiet --rm "$base" grapevine-base >/dev/null
fi

say "Build"
cp "$package" $folder/given
build build --isolation chroot --format docker --layers=false --quiet \
  --file deploy/container/Containerfile --tag grapevine-test \
  --build-arg BASE=localhost/grapevine-base --build-arg PACKAGE=given \
  $folder/given >/dev/null

# -- what it is ----------------------------------------------------------------

# said PATH...: of the image's configuration, a word a line.
said() {
  build inspect --type image grapevine-test | python3 -c '
import json, sys
config = json.load(sys.stdin)["Docker"]["config"]
for name in sys.argv[1:]:
    value = config
    for part in name.split("."):
        value = value[part]
    for word in value if isinstance(value, (list, dict)) else [value]:
        print(word)' "$@"
}

container=$(build from --pull-never localhost/grapevine-test)
root=$(build mount "$container")
base=$(build from --pull-never localhost/grapevine-base)
base_root=$(build mount "$base")
size() { du --summarize --one-file-system --block-size=1K "$1" | cut -f1; }
over=$(( ($(size "$root") - $(size "$base_root") + 1023) / 1024 ))
echo "The image takes $over MiB over its base (at most $most)"
[ $over -le $most ] || die "that is too much: $(build images)"

user=$(said User)
[[ $user =~ ^[1-9][0-9]*:[1-9][0-9]*$ ]] ||
  die "the image's user is '$user': Kubernetes wants numbers that are not 0"
found=$(find "$root" -xdev -perm /6000 -newer $folder/base.tar -print)
[ -z "$found" ] || die "the image brings programs with others' rights: $found"
mapfile -t health < <(said Healthcheck.Test)
[ "${health[0]}" = CMD ] || die "the image says no command for its health"
mapfile -t command < <(said Entrypoint Cmd)
[ "$(said StopSignal)" = SIGTERM ] || die "the image stops by another signal"
[ "$(said Volumes)" = /data ] || die "the image has other volumes than /data"

# -- its life ------------------------------------------------------------------

say "Run: ${command[*]}"
chown "$user" $folder/data
chmod 700 $folder/data

# A bundle as Docker and Kubernetes make it, as strict as the manifests in
# deploy/ ask for: a network of its own, in which there is nothing.
(cd $folder && rm -f config.json && runc spec)
python3 - $folder/config.json "$root" "$PWD/$folder/data" "$user" \
  "${command[@]}" <<'PY'
import json, sys
path, root, data, user, *command = sys.argv[1:]
uid, gid = map(int, user.split(":"))
spec = json.load(open(path))
spec["root"] = {"path": root, "readonly": True}
spec["hostname"] = "grapevine"
spec["process"].update({
    "terminal": False, "user": {"uid": uid, "gid": gid}, "args": command,
    "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"],
    "cwd": "/", "noNewPrivileges": True, "capabilities": {}})
spec["mounts"] = [mount for mount in spec["mounts"]
                  if mount["destination"] != "/sys/fs/cgroup"]
spec["mounts"].append({"destination": "/data", "type": "bind", "source": data,
                       "options": ["bind", "rw", "nosuid", "nodev"]})
# Limits are the machine's affair.
spec["linux"].pop("resources", None)
spec["linux"]["namespaces"] = [
    one for one in spec["linux"]["namespaces"] if one["type"] != "cgroup"]
json.dump(spec, open(path, "w"))
PY

begin=$SECONDS
runc run --bundle $folder $name \
  >$folder/said.log 2>$folder/node.log &
runner=$!

fail() {
  cat $folder/said.log $folder/node.log >&2
  die "$*"
}

# healthy: as the image's own check says.
healthy() { runc exec $name "${health[@]:1}" >$folder/health.log 2>&1; }
until healthy; do
  kill -0 $runner 2>/dev/null || fail "the node ended"
  [ $((SECONDS - begin)) -lt $patience ] ||
    fail "it is not healthy: $(cat $folder/health.log)"
  sleep 0.1
done
echo "Healthy after $((SECONDS - begin)) s:"
cat $folder/health.log
grep -q '^ready *yes' $folder/health.log || fail "it is not ready"
[ -s $folder/data/identity.key ] || fail "its key is not in the volume"
# The health check notices a node that is none.
! runc exec $name "${health[@]:1}" --api 127.0.0.1:1 >/dev/null 2>&1 ||
  fail "the health check says yes to anything"

begin=$SECONDS
runc kill $name TERM
status=0
timeout $patience tail --pid=$runner -f /dev/null || fail "it does not stop"
wait $runner || status=$?
[ $status -eq 0 ] || fail "stopped by TERM, it ended with status $status"
echo "Stopped after $((SECONDS - begin)) s, with status 0"
