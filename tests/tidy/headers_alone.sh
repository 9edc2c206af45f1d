#!/usr/bin/env bash
# Compiles every public header alone: headers_alone.sh ROOT CXX
set -u
cd "$1"
cxx=$2
flags=$(pkg-config --cflags libsodium fmt 2>/dev/null)
check() {
  # shellcheck disable=SC2086
  echo "#include \"${1#src/}\"" | "$cxx" -std=c++23 -fsyntax-only -Isrc $3 -x c++ - >"$2" 2>&1 ||
    { echo "$1 does not compile alone:"; head -5 "$2"; }
}
export -f check
export cxx
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
find src -name '*.h' ! -name '*_testing.h' ! -name '*_internal.h' | sort >"$scratch/list"
bad=$(xargs -P 2 -I{} bash -c 'check "$1" "$2/$(echo "$1" | tr / _)" "$3"' _ {} "$scratch" "$flags" <"$scratch/list")
count=$(wc -l <"$scratch/list")
[ -z "$bad" ] && { echo "$count passed, 0 failed"; exit 0; }
echo "$bad"
exit 1
