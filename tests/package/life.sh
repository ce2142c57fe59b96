#!/bin/bash
# The life of the package on a machine that systemd runs: installed, started,
# watched, changed, upgraded, removed and purged. scripts/package_test.sh runs it
# as root in a container of its own, with both packages in /package.
set -euo pipefail

here=/package
unit=grapevine.service
conf=/etc/grapevine/grapevine.toml
key=/var/lib/grapevine/identity.key
drop_in=/run/systemd/system/$unit.d
passed=0

fail() {
  printf 'FAILED: %s\n' "$*"
  systemctl status --no-pager --full $unit || true
  journalctl --no-pager --unit $unit --lines 30 || true
  exit 1
}

# check WHAT COMMAND...
check() {
  local what=$1
  shift
  "$@" >$here/said 2>&1 || { cat $here/said && fail "$what: $*"; }
  printf 'ok: %s\n' "$what"
  passed=$((passed + 1))
}

absent() { ! "$@"; }
property() { systemctl show --value --property "$1" $unit; }
is() { [ "$(property "$1")" = "$2" ] || { property "$1" && false; }; }
said() { journalctl --unit $unit --grep "$1" >/dev/null; }

# until_true SECONDS COMMAND...: nothing tells when systemd has done it.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet "$@" </dev/null
}

peer_id() { grapevine id --identity $key; }
# Whether the node tells others this address, or one like it.
announces() { grapevine status | grep -q "$1/tcp/4001"; }
answers() { grapevine ping "$1/tcp/4001/p2p/$(peer_id)" --count 1; }

# Everything that has the package's name, and all users.
traces() {
  find / -xdev -path $here -prune -o -path /proc -prune -o -path /sys -prune -o \
    -name '*grapevine*' -print
  cut -d: -f1 /etc/passwd /etc/group
}

mapfile -t packages < <(ls -v $here/grapevine_*.deb)
[ ${#packages[@]} -eq 2 ] || fail "two packages are needed: ${packages[*]}"
version() { dpkg-deb --field "$1" Version; }

traces >$here/before

# -- installed -----------------------------------------------------------------

check 'apt installs it' apt_get install "${packages[0]}"
check 'it runs at once' is ActiveState active
check 'and at each start' systemctl is-enabled $unit
check 'systemd hears how it is' until_true 10 is StatusText 'peers: 0, topics: 0'
check 'it answers over IPv4' answers /ip4/127.0.0.1
check 'it answers over IPv6' answers /ip6/::1
# The container has no addresses but those of itself.
check 'it has found the addresses of the machine' announces /ip4/127.0.0.1
check 'of both families' announces /ip6/::1
check 'it tells nobody that it is everywhere' \
  absent announces '/ip4/0[.]0[.]0[.]0\|/ip6/::'
check 'its key is its own' [ "$(stat --format %a $key)" = 600 ]
check 'its user is no user of the machine' absent grep -q grapevine /etc/passwd
id=$(peer_id)

# -- watched -------------------------------------------------------------------

mkdir -p $drop_in
printf '[Service]\nWatchdogSec=1\nRestartSec=0\n' >$drop_in/quick.conf
systemctl daemon-reload
systemctl restart $unit
kill -STOP "$(property MainPID)"
check 'a node that hangs is started again' until_true 30 is NRestarts 1
rm -r $drop_in
systemctl daemon-reload
systemctl reset-failed $unit

printf 'mesh-d = "many"\n' >>$conf
check 'a wrong configuration does not run' absent systemctl restart $unit
check 'and is not tried again' is ExecMainStatus 2
check 'nor counted as a start' is NRestarts 0
check 'the journal says what is wrong' said 'grapevine.toml.*mesh-d'
sed -i '$d' $conf
check 'the right one runs again' systemctl restart $unit

# -- changed and upgraded ------------------------------------------------------

printf 'topic = ["news"]\n' >>$conf
before=$(property MainPID)
check 'it takes a changed configuration' systemctl reload $unit
check 'and says so' until_true 10 said 'info reloaded: .*topic'
check 'without a restart' is MainPID "$before"
# The new one has another example: as unattended upgrades do, keep ours.
check 'apt upgrades it' \
  apt_get install --option Dpkg::Options::=--force-confold "${packages[1]}"
check 'to the other version' \
  [ "$(dpkg-query -Wf '${Version}' grapevine)" = "$(version "${packages[1]}")" ]
check 'whose example is beside the configuration' grep -q another -i $conf.dpkg-dist
check 'it was started again' absent is MainPID "$before"
check 'it runs' is ActiveState active
check 'it is who it was' [ "$(peer_id)" = "$id" ]
check 'it answers' answers /ip4/127.0.0.1
check 'its configuration is still changed' grep -q '^topic = \["news"\]' $conf

systemctl disable --now $unit
check 'apt installs it again' apt_get install --reinstall "${packages[1]}"
check 'what was disabled stays so' absent systemctl is-enabled $unit
check 'and does not run' absent systemctl is-active $unit
systemctl enable --now $unit

# -- removed and purged --------------------------------------------------------

check 'apt removes it' apt_get remove grapevine
check 'nothing runs' absent pgrep -x grapevine
check 'the program is gone' absent [ -e /usr/bin/grapevine ]
check 'the configuration stays' [ -e $conf ]
check 'the key stays' [ -e $key ]
check 'apt installs it once more' apt_get install "${packages[1]}"
check 'it is still who it was' [ "$(peer_id)" = "$id" ]
check 'apt purges it' apt_get purge grapevine
traces >$here/after
check 'nothing of it is left' diff $here/before $here/after

printf '%d passed, 0 failed\n' $passed
