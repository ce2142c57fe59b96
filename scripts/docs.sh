#!/usr/bin/env bash
# Makes the reference of the public headers, in build/docs/html, and fails if
# doxygen understands a comment wrongly or one is missing: of a type, and in the
# layers that applications include of a function or alias. Members of structs,
# comparison, copying and moving need none.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/deps.sh build
command -v doxygen >/dev/null || scripts/deps.sh ci
scripts/build.sh release grapevine_headers
log=build/docs/said
mkdir -p build/docs
(cat docs/Doxyfile && printf '%s\n' WARN_IF_UNDOCUMENTED=YES WARN_AS_ERROR=NO \
  WARN_LOGFILE="$log") | doxygen -

undocumented='is not documented\.$'
applications='/(actors|client|gateway|messages|testing)/[^:]*:.* Member '
clear_without='\((variable|friend)\)|Member (operator|([a-z_]+)\((const )?\3 ?&)'
if {
  grep -vE "$undocumented" "$log"
  grep -E "$undocumented" "$log" | grep -E " Compound |$applications" |
    grep -vE "$clear_without"
} | sed 's,^.*build/release/include/grapevine/,,' | grep .; then
  die "see above"
fi
echo build/docs/html/index.html
