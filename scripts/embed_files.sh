#!/usr/bin/env bash
# Makes the source with the live page's files (app/http/page_files.hpp), plain and
# compressed: embed_files.sh OUTPUT FUNCTION 'PATH|CONTENT TYPE|FILE[|FILE...]'...
# Several files become one, in their order. Text is UTF-8.
set -euo pipefail

output=$1
function=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A file as a string of C++, a line for each 16 bytes.
literal() { od -An -v -tx1 "$1" | sed 's/ /\\x/g; s/.*/  "&"/'; }

rows=()
{
  printf '// Made by scripts/embed_files.sh.\n#include "app/http/page_files.hpp"\n\n'
  printf 'namespace grapevine::app::http {\n\nnamespace {\n\n'
  number=0
  for entry in "$@"; do
    IFS='|' read -ra words <<<"$entry"
    cat "${words[@]:2}" >"$folder/file"
    # The same for the same file: without its time.
    gzip -9 --no-name --stdout "$folder/file" >"$folder/packed"
    type=${words[1]}
    [[ $type != text/* ]] || type+='; charset=utf-8'
    tag=$(sha256sum <"$folder/file")
    for form in file packed; do
      printf 'constexpr std::string_view %s_%d{\n%s,\n  %d};\n\n' "$form" "$number" \
        "$(literal "$folder/$form")" "$(stat -c %s "$folder/$form")"
    done
    rows+=("{\"${words[0]}\", \"$type\", file_$number, packed_$number, \"${tag:0:16}\"}")
    number=$((number + 1))
  done
  printf 'constexpr page_file all[] = {\n'
  printf '  %s,\n' "${rows[@]}"
  printf '};\n\n} // namespace\n\n'
  printf 'std::span<const page_file> %s() {\n  return all;\n}\n\n' "$function"
  printf '} // namespace grapevine::app::http\n'
} >"$folder/source"
mv "$folder/source" "$output"
