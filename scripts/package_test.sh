#!/usr/bin/env bash
# Builds the packages and checks what lintian and man say of them; builds an
# application with those of the libraries, on a copy of this machine; and has the
# program's live in a container that systemd boots: tests/package/life.sh. The container has a network of its own, with nothing on
# it but itself. Needs root. Its files are kept below build/package-test.
set -euo pipefail
source "$(dirname "$0")/common.sh"
source scripts/debian_base.sh

if [ "$(id -u)" -ne 0 ]; then
  echo '*** NOT TESTED: the package in a container, which needs root' >&2
  if in_ci; then exit 1; else exit 0; fi
fi
[ "${GRAPEVINE_SKIP_DEPS:-}" ] || scripts/deps.sh build package package-test

folder=build/package-test
# How long the container may run; it takes a fraction of that.
patience=5m

say "Build"
mkdir -p $folder
mapfile -t made < <(scripts/package.sh)
first=${made[0]}
libraries=("${made[@]:1}")
ls -l "${made[@]}"
[ ${#libraries[@]} -eq 2 ] || die "two packages of libraries are needed"

say "Check"
# Not as root: it reads files only.
lintian --allow-root --fail-on error "${made[@]}"
dpkg-deb --fsys-tarfile "$first" | tar --extract --to-stdout \
  ./etc/grapevine/grapevine.toml >$folder/grapevine.toml
# The example is the defaults, as it is and with all keys in force.
print_config() {
  XDG_STATE_HOME=/var/lib build/release/app/grapevine run --print-config "$@" |
    sed -E '/^#/d; s/ +# .*//'
}
sed 's/^#\([a-z0-9-]* = \)/\1/' $folder/grapevine.toml >$folder/all_keys.toml
for example in grapevine all_keys; do
  print_config --config $folder/$example.toml | diff <(print_config) - ||
    die "the package's configuration is not the defaults: $folder/$example.toml"
done
warned=$(for page in build/release/package/*.1.gz; do
           man --warnings --local-file "$page" 2>&1 >/dev/null
         done)
[ -z "$warned" ] || die "man warns of the manual pages: $warned"

say "Libraries"
# on_copy COMMAND...: on this machine, of which nothing is changed by it.
on_copy() {
  # shellcheck disable=SC2016 # that shell's own variables
  unshare --mount --propagation private bash -euc '
    place=$(mktemp --directory)
    trap "rmdir $place" EXIT
    mount -t tmpfs tmpfs "$place"
    mkdir "$place"/{changes,work,root}
    mount -t overlay overlay "$place/root" \
      -o "lowerdir=/,upperdir=$place/changes,workdir=$place/work"
    mount --bind /proc "$place/root/proc"
    mount --bind /dev "$place/root/dev"
    mount --bind "$PWD" "$place/root$PWD"
    chroot "$place/root" "$@"
    umount --recursive "$place"' on_copy "$@"
}

# Finds nothing but what the packages have: this machine has no other Grapevine.
# shellcheck disable=SC2016 # that shell's own variables
on_copy bash -euo pipefail -c '
  cd "$1"
  shift
  dpkg --install "$@" >/dev/null
  build=build/package-test/application
  rm -rf $build
  # Compiled once, linked with both.
  for static in ON OFF; do
    cmake -S examples/embedding -B $build -DGRAPEVINE_USE_STATIC_LIBS=$static \
      >/dev/null
    cmake --build $build --target tour
    $build/tour
  done
  ldd $build/tour | grep libgrapevine_actors.so
  g++ -std=c++20 tests/install/find/router.cpp -o build/package-test/router \
    $(pkg-config --cflags --libs grapevine-gossip)
  build/package-test/router
  dpkg --purge libgrapevine-dev libgrapevine0 >/dev/null
  [ ! -e /usr/include/grapevine ]
  ' on_copy "$PWD" "${libraries[@]}"
echo "ok: an application is built with the packages"

# -- the container's files -----------------------------------------------------

# A Debian of this machine's release with what the package depends on, and no
# more: made once, until either changes.
make_root() {
  local depends wanted
  depends=$(dpkg-deb --field "$first" Depends | sed 's/([^)]*)//g; s/ //g')
  wanted=systemd,systemd-sysv,procps,$depends
  root=$folder/root-$(echo "$release $wanted" | sha256sum | cut -c1-12)
  [ ! -d "$root" ] || return 0
  rm -rf $folder/root-* $folder/new
  debian_base $folder $folder/new --include="$wanted"
  mv $folder/new "$root"
}

say "Container"
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
make_root

# in_container OPTION... : what it changes is gone with it. It is no part of the
# machine's own systemd, if there is one.
in_container() {
  timeout --kill-after=10s $patience systemd-nspawn --quiet --register=no \
    --keep-unit --private-network --volatile=overlay --directory="$root" \
    --bind="$PWD/$folder/life:/package" "$@" </dev/null
}

# The package as its next revision may be: with another configuration, too.
next_revision() {
  local place=$folder/next
  rm -rf $place
  dpkg-deb --raw-extract "$first" $place
  sed -i -E 's/^(Version: .*-)[0-9]+$/\1999/' $place/DEBIAN/control
  echo '# Another example.' >>$place/etc/grapevine/grapevine.toml
  (cd $place && find . -type f ! -path './DEBIAN/*' -printf '%P\0' |
     xargs -0 md5sum >DEBIAN/md5sums)
  dpkg-deb --root-owner-group -Zgzip --build $place $folder/life >/dev/null
}

rm -rf $folder/life
mkdir $folder/life
cp tests/package/life.sh "$first" $folder/life
next_revision

# As an image is made: without a systemd that runs.
in_container --pipe /bin/bash -ec '
  apt-get --yes --quiet install /package/'"$(basename "$first")"' >/dev/null
  test -e /etc/systemd/system/multi-user.target.wants/grapevine.service
  grapevine --version'
echo "ok: installed into an image"

cat >$folder/life/life.service <<'EOF'
[Unit]
Description=The life of a package
After=network-online.target
[Service]
Type=oneshot
ExecStart=/bin/bash /package/life.sh
StandardOutput=file:/package/log
StandardError=inherit
ExecStopPost=/bin/systemctl --no-block exit
EOF
begin=$SECONDS
in_container --boot --console=pipe \
  --bind-ro="$PWD/$folder/life/life.service:/etc/systemd/system/life.service" \
  systemd.wants=life.service >$folder/boot.log 2>&1 || true
cat $folder/life/log 2>/dev/null || cat $folder/boot.log
echo "The container ran for $((SECONDS - begin)) s"
tail -n 1 $folder/life/log | grep -q '^[0-9]* passed, 0 failed$' ||
  die "the package did not live through it"
