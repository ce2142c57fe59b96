# Sourced, not run: how a Debian is made that a container or an image begins with.
# shellcheck shell=bash

# What the machine's apt reads Debian from, without what else it reads.
debian_sources() {
  local keys=/usr/share/keyrings/debian-archive-keyring.gpg
  # shellcheck disable=SC2016 # apt's own variables
  apt-get indextargets --format \
    "deb [signed-by=$keys] "'$(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Identifier: Packages' 'Origin: Debian' | sort -u
}

# debian_base FOLDER PLACE OPTION...: a minimal Debian of this machine's release
# at PLACE, a folder or a tar file. What this machine reaches Debian by is kept
# in FOLDER (apt.conf, debian.list).
debian_base() {
  local folder=$1 place=$2 release
  shift 2
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  [ -n "$(debian_sources)" ] || apt-get update --quiet
  debian_sources >"$folder/debian.list"
  apt-config dump --no-empty | grep -E '^Acquire::(https?|Check)' \
    >"$folder/apt.conf" || true
  mmdebstrap --quiet --mode=root --variant=minbase "$@" \
    --aptopt="$folder/apt.conf" "$release" "$place" "$folder/debian.list"
}
