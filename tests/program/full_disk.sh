#!/usr/bin/env bash
# An authority whose disk is full refuses by name, loses nothing it acknowledged, and goes on when there is room; one on a
# disk that may only be read, or on a folder that another works on, does not start, and says why.
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
refuses_to_start() { # ERROR_NAME PORT
  local answer status
  answer=$(timeout 20 daymark --clock-file "$work/clock" authority serve --dir "$work/authority" --charter "$work/fleet.charter" \
    --log-key "$work/keys/log.example.key" --port "$2" --json 2>/dev/null)
  status=$?
  if [ "$status" = 3 ] && [ "$(jq -r .error.name <<<"$answer")" = "$1" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1)) && echo "authority serve: expected $1 and exit 3, got exit $status: $answer"; fi
}
submit 1 0
submit 2 0
refuses_to_start folder_locked $((port + 1))
dd if=/dev/zero of="$work/authority/fill" bs=1k 2>/dev/null
submit 3 3
ask auditor /orders >"$work/full.json" || failed=$((failed + 1))
rm "$work/authority/fill"
submit 4 0
kill -9 "${pid_of[authority]}"
wait "${pid_of[authority]}" 2>/dev/null
mount -o remount,ro "$work/authority"
refuses_to_start file_not_written "$port"
mount -o remount,rw "$work/authority"
start_authority
submit 5 0
[ "$(ask auditor /orders | jq '[.items[] | select(.logged_at != null)] | length')" -ge 4 ] && passed=$((passed + 1)) || failed=$((failed + 1))
[ -z "${DAYMARK_RESULTS:-}" ] || echo "$passed $failed 0" >"$DAYMARK_RESULTS/full_disk.count"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
