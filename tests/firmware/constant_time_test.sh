#!/bin/bash
# The chip's cryptography, compiled for this machine with the chip's flags, takes no branch and reads no address that depends on a
# secret: valgrind follows the secrets as uninitialised memory. Usage: constant_time_test.sh SOURCE_DIR WORK_DIR
# Exit 77 (skipped) where valgrind or libsodium's sources are missing.
set -euo pipefail
cd "$1"
work=$2
sodium=${DAYMARK_LIBSODIUM:-build/libsodium}/src/libsodium
[ -f /usr/include/valgrind/memcheck.h ] || { echo "firmware_constant_time: skipped, valgrind is not installed (script/bootstrap test)"; exit 77; }
[ -d "$sodium" ] || { echo "firmware_constant_time: skipped, no sources of libsodium (script/bootstrap firmware)"; exit 77; }
mkdir -p "$work"
c=(-std=c11 -w -I "$sodium" -I "$sodium/include/sodium" -I "$sodium/include" -DSODIUM_STATIC -DCONFIGURED=1 -DNATIVE_LITTLE_ENDIAN=1
  -DHAVE_TI_MODE=1)
check() { # C++-COMPILER C-COMPILER OPTIMISATION
  local flags=("$3" -gdwarf-4 -ffunction-sections) source objects=()
  for source in firmware/{ed25519,sodium_shim,sodium_curve,scalar,sha512}.c \
    "$sodium"/crypto_shorthash/siphash24/ref/shorthash_siphash24_ref.c; do
    objects+=("$work/$(basename "$source").o")
    "$2" "${flags[@]}" "${c[@]}" -c "$source" -o "${objects[-1]}"
  done
  for source in firmware/crypto.cc src/daymark/crypto/derived.cc src/daymark/crypto/low_order.cc tests/firmware/constant_time_main.cc; do
    objects+=("$work/$(basename "$source").o")
    "$1" "${flags[@]}" -std=c++23 -I src -I firmware -c "$source" -o "${objects[-1]}"
  done
  g++ -Wl,--gc-sections -Wl,--wrap=ge25519_scalarmult_base,--wrap=sc25519_reduce,--wrap=sc25519_muladd -o "$work/constant_time" "${objects[@]}"
  judge() { valgrind -q --error-exitcode=9 --suppressions=tests/firmware/constant_time.supp "$work/constant_time" "$@" 2>"$work/valgrind.log"; }
  judge || { cat "$work/valgrind.log"; echo "firmware_constant_time: time depends on a secret ($1 $3)"; exit 1; }
  if judge leak; then echo "firmware_constant_time: a planted leak was not noticed"; exit 1; fi
}
check g++ gcc -Os
check g++ gcc -O2
# The chip's compiler, which valgrind's judgement is most worth for.
! command -v clang++-19 >/dev/null || check clang++-19 clang-19 -Oz
echo "firmware_constant_time: no branch and no address depends on a secret, a planted branch is noticed"
