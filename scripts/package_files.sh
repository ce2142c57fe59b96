#!/usr/bin/env bash
# Makes what the package holds beside the binary, all of it from what the binary
# says: package_files.sh BINARY FOLDER. The manual pages (grapevine.1 and one
# for each command) come from the help texts, the example of a configuration
# from --print-config. The same binary gives the same files.
set -euo pipefail

binary=$(realpath "${1:?usage: package_files.sh BINARY FOLDER}")
mkdir -p "${2:?usage: package_files.sh BINARY FOLDER}"
folder=$(realpath "$2")
source "$(dirname "$0")/common.sh"

debian=deploy/debian
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
# Of the changelog's last entry: the pages' date.
SOURCE_DATE_EPOCH=$(date +%s -d "$(
  sed -n '/^ -- /{s/.*>  //p;q}' $debian/changelog)")
export SOURCE_DATE_EPOCH

# -- manual pages --------------------------------------------------------------

# The examples of a help text as a section: what is indented stays as it is,
# what is not is a paragraph. help2man would take them for options.
examples_section() {
  awk '
    function roff(line) {
      gsub(/\\/, "\\e", line)
      gsub(/-/, "\\-", line)
      return line ~ /^[.\x27]/ ? "\\&" line : line
    }
    !found { found = /^Examples:$/; if (found) print "[EXAMPLES]"; next }
    /^ / { if (!code) print ".PP\n.nf\n.RS 2"; code = 1; print roff(substr($0, 3)); next }
    { if (code) print ".RE\n.fi\n.PP"; code = 0; print roff($0) }
    END { if (code) print ".RE\n.fi" }'
}

# see_also PAGE...
see_also() {
  printf '\n[SEE ALSO]\n'
  printf '.BR %s (1)\n' "$@" | sed '$!s/$/,/'
}

# page NAME COMMAND...: the page of what that command line tells of itself.
# help2man asks a program of that name.
page() {
  local name=$1
  shift
  "$binary" "$@" --help | sed 's/^  -h,--help /  -h, --help/' >"$work/help"
  cat >"$work/$name" <<EOF
#!/bin/sh
sed '/^Examples:\$/,\$d' "$work/help"
EOF
  chmod +x "$work/$name"
  { examples_section <"$work/help" && cat "$work/include"; } >"$work/$name.h2m"
  help2man --no-info --section=1 --manual="Grapevine" \
    --version-string="$version" --source="$version" \
    --include="$work/$name.h2m" "$work/$name" |
    gzip -9n >"$folder/$name.1.gz"
}

version=$("$binary" --version)
mapfile -t commands < <(
  "$binary" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
[ ${#commands[@]} -gt 0 ] || die "$binary names no commands"
rm -f "$folder"/*.1.gz

{ cat $debian/manual.h2m && see_also "${commands[@]/#/grapevine-}"; } \
  >"$work/include"
page grapevine
for command in "${commands[@]}"; do
  what=$("$binary" "$command" --help | sed -n 1p)
  { printf '[NAME]\ngrapevine\\-%s \\- %s\n' "$command" "${what,}" &&
      see_also grapevine; } >"$work/include"
  page "grapevine-$command" "$command"
done

# -- configuration -------------------------------------------------------------

# The defaults are what is in force where no file says otherwise; the state is
# where the unit has it.
env -i XDG_STATE_HOME=/var/lib "$binary" run --print-config |
  sed -E '/^# (Default|Not set)\.$/d; s/^[a-z0-9-]+ = /#&/' |
  cat $debian/grapevine.toml.head - >"$folder/grapevine.toml"
"$binary" run --print-config --config "$folder/grapevine.toml" >/dev/null

gzip -9nc $debian/changelog >"$folder/changelog.Debian.gz"
