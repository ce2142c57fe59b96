# Sourced by the other scripts, not run: starts them at the repository's root.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

in_ci() { [ "${CI:-}" = true ]; }

say() { printf '\n== %s\n' "$*"; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# All C++ sources of the project.
cpp_files() {
  find . \( -name build -o -name '.?*' -o -name node_modules \) -prune -o \
    -type f \( -name '*.cpp' -o -name '*.hpp' \) -print
}
