#!/bin/bash
# Judges the built objects and image of the chip: no symbol that a chip doesn't have, the sources that CMake names, no door for a
# debugger, no initialised data, sizes within their limits. Usage: link_test.sh SOURCE_DIR FILE_WITH_CORE_SOURCES
# Exit 77 (skipped) where the image was not built.
set -euo pipefail
cd "$1"
core_list=$2
here=tests/firmware
built=build/firmware/rv64
prefix=riscv64-unknown-elf
[ -f $built/governor.elf ] || { echo "firmware_link: skipped, no image was built (script/bootstrap firmware)"; exit 77; }
fail() { echo "firmware_link: $*"; exit 1; }

# What was built is what CMake calls core.
named=$(sed "s|^$1/src/daymark/||" "$core_list" | sed '/^$/d; s|/|-|g; s|$|.o|' | sort)
objects=$(cd $built/core && ls ./*.o | sed 's|^./||' | sort)
[ "$(comm -23 <(echo "$named") <(echo "$objects"))" = "" ] || fail "the image lacks core sources: $(comm -23 <(echo "$named") <(echo "$objects"))"
mapfile -t paths < <(sed "s|^|$built/core/|" <<<"$named")

# Undefined symbols of the whole core, also of code that no image reaches today, less the allowed ones. The objects hold the
# compiler's intermediate code: it is made machine code first, whose calls of helpers are seen.
stray_symbols() {
  ld.lld-19 -r -o "$built/all.o" "$@"
  $prefix-nm -u -C "$built/all.o" | sed 's/^ *U *//' | sort -u | grep -vxEf <(grep -v '^#' $here/allowed_symbols.txt) || true
}
stray=$(stray_symbols "${paths[@]}")
[ -z "$stray" ] || fail "the core needs what a chip doesn't have: $stray"
# Without this, an empty list could mean that nothing was looked at.
planted=$built/planted.o
echo 'void planted(void); void reach(void) { planted(); }' | $prefix-gcc -march=rv64imac -mabi=lp64 -x c -c - -o "$planted"
[ "$(stray_symbols "${paths[@]}" "$planted")" = planted ] || fail "a planted symbol was not noticed"

# Semihosting is entered by three instructions; none of them three may follow one another anywhere in the image.
door='\x13\x10\xf0\x01\x73\x00\x10\x00\x13\x50\x70\x40'
for image in governor first_stage; do
  ! LC_ALL=C grep -qaP "$door" $built/$image.bin || fail "$image can call a debugger"
done
printf "$door" | LC_ALL=C grep -qaP "$door" || fail "the test for a debugger's door finds nothing"

section() { $prefix-size -A $built/governor.elf | awk -v name="$1" '$1 == name { print $2 }'; }
image=$(($(section .text) + $(section .rodata)))
memory=$(($(section .handover) + $(section .bss) + $(section .stack)))
first_stage=$(stat -c %s $built/first_stage.bin)
crypto=$(($($prefix-size -A $built/vectors.elf | awk '$1 == ".text" || $1 == ".rodata" { sum += $2 } END { print sum }')))
echo "firmware_link: text+rodata $image bytes ($crypto of them cryptography and board), memory $memory bytes with $(section .stack) of stack"
echo "firmware_link: first stage $first_stage bytes"
while read -r name limit; do
  [ "${!name}" -le "$limit" ] || fail "$name of ${!name} bytes is above its limit of $limit"
done < <(grep -v '^#' $here/limits.txt)
echo "firmware_link: ${#paths[@]} core sources, no symbol missing, planted symbol caught"
