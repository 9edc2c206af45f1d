#!/usr/bin/env bash
# An authority whose disk is full refuses by name, loses nothing it acknowledged, and goes on when there is room.
#   full_disk.sh SOURCE_DIR PROGRAM_DIR
set -uo pipefail
cd "$1"
PATH=$2:$PATH
work=$(mktemp -d)
out=$work
. script/demo-parts.sh
unmount_and_stop() { umount -l "$work/authority" 2>/dev/null; stop_all; }
trap unmount_and_stop EXIT
mkdir -p "$work/authority"
mount -t tmpfs -o size=600k daymark-test "$work/authority" 2>/dev/null || {
  [ -z "${DAYMARK_RESULTS:-}" ] || printf '0 0 1\nfull_disk: needs the right to mount a small disk\n' >"$DAYMARK_RESULTS/full_disk.count"
  exit 0
}
set_clock 2026-03-01T00:00:00Z
make_keys
make_charter >/dev/null
start_witnesses
start_authority
passed=0
failed=0
submit() { # N EXPECTED_EXIT
  local file=$work/$1.order answer
  as signer dm order draft suspend --authority "$authority" --reason "rehearsal $1" --for 1h --out "$file" >/dev/null
  signed "$file" owner regulator-a
  answer=$(as signer daymark --clock-file "$work/clock" order submit "$file" --authority "$authority" --json 2>/dev/null)
  if [ $? = "$2" ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "order $1: expected exit $2, got: $answer"; fi
}
submit 1 0
submit 2 0
dd if=/dev/zero of="$work/authority/fill" bs=1k 2>/dev/null
submit 3 3
ask auditor /orders >"$work/full.json" || failed=$((failed + 1))
rm "$work/authority/fill"
submit 4 0
kill -9 "${pid_of[authority]}"
wait "${pid_of[authority]}" 2>/dev/null
start_authority
submit 5 0
[ "$(ask auditor /orders | jq '[.items[] | select(.logged_at != null)] | length')" -ge 4 ] && passed=$((passed + 1)) || failed=$((failed + 1))
[ -z "${DAYMARK_RESULTS:-}" ] || echo "$passed $failed 0" >"$DAYMARK_RESULTS/full_disk.count"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
