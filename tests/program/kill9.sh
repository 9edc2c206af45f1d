#!/usr/bin/env bash
# kill -9 of the authority at random moments: no acknowledged order is lost, the log stays consistent.
#   kill9.sh SOURCE_DIR PROGRAM_DIR        30 kills; 200 with DAYMARK_LONG=1; DAYMARK_SEED repeats a run
set -uo pipefail
cd "$1"
PATH=$2:$PATH
kills=${DAYMARK_KILLS:-30}
[ "${DAYMARK_LONG:-0}" = 0 ] || kills=200
seed=${DAYMARK_SEED:-$RANDOM}
RANDOM=$seed
echo "seed $seed, $kills kills"
work=$(mktemp -d)
out=$work
. script/demo-parts.sh
trap stop_all EXIT
set_clock 2026-03-01T00:00:00Z
make_keys
make_charter >/dev/null
start_witnesses
start_authority

acknowledged=()
lost=0
for ((n = 1; n <= kills; ++n)); do
  file=$work/$n.order
  as signer dm order draft suspend --authority "$authority" --reason "rehearsal $n" --for 1h --out "$file" --json >"$work/draft.json" || continue
  signed "$file" owner regulator-a
  (as signer daymark --clock-file "$work/clock" order submit "$file" --authority "$authority" >"$work/$n.answer" 2>/dev/null && touch "$work/$n.ok") &
  submission=$!
  sleep "0.$(printf %03d $((RANDOM % 600)))"
  kill -9 "${pid_of[authority]}" 2>/dev/null
  wait "${pid_of[authority]}" 2>/dev/null
  wait "$submission" 2>/dev/null
  start_authority
  [ -e "$work/$n.ok" ] && acknowledged+=("$(jq -r .order "$work/draft.json")")
  # What was in flight may be pending: handing it in again must give one answer and no second entry.
  as signer dm order submit "$file" --authority "$authority" >/dev/null || true
done
ask auditor /orders >"$work/orders.json" || { echo "the authority does not answer"; exit 1; }
for hash in "${acknowledged[@]}"; do
  jq -e --arg h "$hash" '.items[] | select(.hash == $h and .logged_at != null)' "$work/orders.json" >/dev/null || lost=$((lost + 1))
done
proofs=0
for hash in $(jq -r '.items[].hash' "$work/orders.json"); do
  as auditor dm log proof "$hash" --authority "$authority" --out "$work/p" >/dev/null &&
    daymark log verify --proof "$work/p.tlog-proof" --entry "$work/p.entry" --charter "$work/fleet.charter" --mirrors >/dev/null &&
    proofs=$((proofs + 1))
done
total=$(jq '.items | length' "$work/orders.json")
size=$(curl -sf "$authority/healthz" | jq .log_size)
echo "${#acknowledged[@]} acknowledged before a kill, $total orders, log of $size entries, $proofs proofs verify, $lost lost"
[ "$lost" = 0 ] && [ "$proofs" = "$total" ] && [ "$size" = "$total" ] && [ "$total" -ge $((kills / 2)) ] || { echo "0 passed, 1 failed"; exit 1; }
echo "1 passed, 0 failed"
