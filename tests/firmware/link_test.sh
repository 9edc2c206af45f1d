#!/bin/bash
# Compiles every core source for rv64 without a host, links the governor, and fails where anything
# is needed that a chip doesn't have. Usage: link_test.sh SOURCE_DIR FILE_WITH_CORE_SOURCES WORK_DIR
# Exit 77 (skipped) where the toolchain is not installed.
set -euo pipefail
source_dir=$1
core_list=$2
work=$3
here=$source_dir/tests/firmware
prefix=riscv64-unknown-elf
headers=/usr/include/newlib/c++/12.2.1
if ! command -v $prefix-g++ >/dev/null || [ ! -d $headers ]; then
  echo "firmware_link: skipped, the rv64 toolchain is not installed (script/bootstrap)"
  exit 77
fi
machine=(-march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany)
flags=("${machine[@]}" -std=c++23 -Os -ffreestanding -fno-exceptions -fno-rtti
  -fno-threadsafe-statics -ffunction-sections -fdata-sections -fstack-usage -Wall -Wextra -Werror
  -Wno-error=maybe-uninitialized --specs=picolibc.specs -isystem $headers
  -isystem $headers/arm-none-eabi -I "$source_dir/src")
mkdir -p "$work"
if command -v ccache >/dev/null; then compiler=(ccache $prefix-g++); else compiler=($prefix-g++); fi

# One object per source, named by its path.
compile() {
  local source=$1 object=$2
  shift 2
  "${compiler[@]}" "${flags[@]}" "$@" -c "$source" -o "$object"
}
objects=()
jobs_running=0
while read -r source; do
  name=${source#"$source_dir"/src/daymark/}
  object=$work/${name//\//-}.o
  objects+=("$object")
  compile "$source" "$object" &
  jobs_running=$((jobs_running + 1))
  if [ $jobs_running -ge 2 ]; then
    wait -n
    jobs_running=$((jobs_running - 1))
  fi
done <"$core_list"
while [ $jobs_running -gt 0 ]; do
  wait -n
  jobs_running=$((jobs_running - 1))
done
compile "$here/governor_main.cc" "$work/main.o"
compile "$here/governor_main.cc" "$work/planted.o" -DDAYMARK_PLANTED
compile "$here/ports.cc" "$work/ports.o"

# Undefined symbols of what image_start reaches, less the allowed ones.
missing_symbols() {
  $prefix-ld -r --gc-sections -e image_start -o "$work/reached.o" "$1" "${objects[@]}"
  $prefix-nm -u -C "$work/reached.o" | sed 's/^ *U *//' | sort -u |
    grep -vxEf <(grep -v '^#' "$here/allowed_symbols.txt") || true
}
missing=$(missing_symbols "$work/main.o")
if [ -n "$missing" ]; then
  echo "firmware_link: the core needs what a chip doesn't have:"
  echo "$missing"
  exit 1
fi
# Without this, an empty list could mean that nothing was looked at.
planted=$(missing_symbols "$work/planted.o")
if [ "$planted" != daymark_planted_symbol ]; then
  echo "firmware_link: a planted symbol was not noticed: '$planted'"
  exit 1
fi

# The whole of every object may need no more either: code that no image reaches today.
$prefix-ld -r -o "$work/all.o" "${objects[@]}"
stray=$($prefix-nm -u -C "$work/all.o" | sed 's/^ *U *//' | sort -u |
  grep -vxEf <(grep -v '^#' "$here/allowed_symbols.txt") || true)
if [ -n "$stray" ]; then
  echo "firmware_link: core code that the governor doesn't reach needs:"
  echo "$stray"
  exit 1
fi

$prefix-gcc -march=rv64imac -mabi=lp64 -mcmodel=medany --specs=picolibc.specs -nostartfiles \
  -Wl,--gc-sections -Wl,-e,image_start -Wl,--no-warn-rwx-segments \
  -T "$here/image.ld" -o "$work/image.elf" "$work/main.o" "$work/ports.o" "${objects[@]}"
$prefix-size -A "$work/image.elf" | awk '
  $1 ~ /^\.(text|rodata|srodata)/ { code += $2 }
  $1 ~ /^\.(data|sdata|bss|sbss)/ { ram += $2 }
  END { printf "firmware_link: text+rodata %.1f KiB (without cryptography), static memory %.1f KiB\n",
        code / 1024, ram / 1024 }'
cat "$work"/*.su | sort -t$'\t' -k2 -n -r | awk -F'\t' '
  NR <= 3 { sub(/^.*\/src\//, "", $1); printf "firmware_link: stack %5d bytes in %.90s\n", $2, $1 }'
echo "firmware_link: $(wc -l <"$core_list") core sources, no symbol missing, planted symbol caught"
