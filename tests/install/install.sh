#!/usr/bin/env bash
# Installs the build into an empty folder and builds a stranger's project against it: install.sh SOURCE BUILD CXX
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cmake --install "$2" --prefix "$scratch/prefix" >"$scratch/log"
cmake -S "$1/tests/install" -B "$scratch/build" -G Ninja -DCMAKE_PREFIX_PATH="$scratch/prefix" -DCMAKE_CXX_COMPILER="$3" >>"$scratch/log" ||
  { tail -20 "$scratch/log"; exit 1; }
cmake --build "$scratch/build" >>"$scratch/log" || { tail -20 "$scratch/log"; exit 1; }
said=$("$scratch/build/consumer")
[ "$said" = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad place" ] || { echo "the consumer said: $said"; exit 1; }
"$scratch/prefix/bin/daymark" catalog show cm384 >/dev/null
grep -rl "$1" "$scratch/prefix/lib" --include='*.cmake' && { echo "the package names the source folder"; exit 1; }
echo "1 passed, 0 failed"
