#!/usr/bin/env bash
# daymark log monitor against a real authority with a witness and two mirrors; each alarm and its absence.
#   log_monitor.sh SOURCE_DIR PROGRAM_DIR
set -uo pipefail
cd "$1"
PATH=$2:$PATH
work=$(mktemp -d)
out=$work
. script/demo-parts.sh
trap stop_all EXIT
set_clock 2026-03-01T00:00:00Z
make_keys
make_charter >/dev/null
start_witnesses
start_authority
passed=0
failed=0
watch() { # STATUS ALARMS ARGUMENT… : one round; the alarms by name, blank between them
  local want=$1 alarms=$2 got said
  shift 2
  daymark --clock-file "$work/clock" log monitor --once --json "$@" >"$work/watch.json" 2>"$work/watch.err"
  got=$?
  said=$(jq -rs 'if length == 1 then .[0] | (.error.name // ([.alarms[].alarm] | join(" "))) else "no document" end' "$work/watch.json")
  if [ "$got" = "$want" ] && [ "$said" = "$alarms" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "log monitor $*: exit $got '$said', expected $want '$alarms'"
    head -3 "$work/watch.err"
  fi
}
mine=(--charter "$work/fleet.charter" --key "$work/keys/owner.key" --dir "$work/watch" --log-url "$authority")

for i in 1 2; do
  spawn "governor$i" daymark --clock-file "$work/clock" governor run --dir "$work/g$i" --socket "$work/g$i.sock" --maker "$work/keys/maker.pub"
  wait_for test -S "$work/g$i.sock"
  id_of[$i]=$(as operator dm chip enroll --governor "$work/g$i.sock" --authority "$authority" --maker-key "$work/keys/maker.key" \
    --owner-key "$work/keys/owner.key" --key "$work/keys/owner.key" --key "$work/keys/authority.key" --serial "watch-$i" --json | jq -r .chip)
done
watch 0 "" "${mine[@]}"
mine+=(--chip "${id_of[1]}")

# An order that names the chip is told before it binds, once; one for another chip is not.
suspend 1 "export review" 12h owner regulator-a >/dev/null
watch 1 monitor_names_chip "${mine[@]}"
jq -e '.alarms[0] | .kind == "suspend" and .reason == "export review" and .notice_left_s > 86000 and .notice_left_s <= 86400' \
  "$work/watch.json" >/dev/null && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "wrong alarm: $(cat "$work/watch.json")"; }
watch 0 "" "${mine[@]}"
suspend 2 "export review" 12h owner regulator-a >/dev/null
watch 0 "" "${mine[@]}"
watch 1 "monitor_sealed monitor_sealed monitor_sealed monitor_sealed" --charter "$work/fleet.charter" --dir "$work/blind" --log-url "$authority" --chip "${id_of[1]}"

# A batch that leaves a chip out.
sleep 1
echo '{"validity_s":3600,"allowance_teraops":1,"cluster_max":1}' >"$work/terms.json"
offset=$((offset + 60000)) && write_clock
issue_batch
watch 0 "" "${mine[@]}"
jq -n --arg chip "${id_of[1]}" '{validity_s:3600,allowance_teraops:1,cluster_max:1,simulate_omission:[$chip]}' >"$work/terms.json"
issue_batch
watch 1 monitor_batch_short "${mine[@]}"

# The log as static files, as any file server shows it: served honestly, cut short, and set back.
python3 - "$work/authority/log" $((port + 30)) >"$work/files.log" 2>&1 <<'PY' &
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), handler).serve_forever()
PY
pid_of[files]=$!
still=http://127.0.0.1:$((port + 30))
wait_for curl -sf "$still/checkpoint"
alone=(--charter "$work/fleet.charter" --key "$work/keys/owner.key" --dir "$work/alone" --log-url "$still")
watch 1 monitor_batch_short "${alone[@]}"
cp "$work/authority/log/checkpoint" "$work/before.note"
suspend 2 "a second review" 12h owner regulator-a >/dev/null
cp "$work/authority/log/checkpoint" "$work/after.note"
watch 0 "" "${alone[@]}"
cp "$work/before.note" "$work/authority/log/checkpoint"
watch 1 monitor_log_back "${alone[@]}"
cp "$work/after.note" "$work/authority/log/checkpoint"
watch 0 "" "${alone[@]}"
kill_witnesses
mv "$work/authority/log/tile" "$work/authority/log/held"
watch 1 monitor_withheld --charter "$work/fleet.charter" --dir "$work/late" --log-url "$still"
mv "$work/authority/log/held" "$work/authority/log/tile"

# Heads handed in: the public pair of a split view, and one that nobody known signed.
split=tests/vectors/tlog/split-view
cat >"$work/pair.policy" <<'TEXT'
witness w witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN
witness m mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O
quorum none
TEXT
watch 0 "" --policy "$work/pair.policy" --dir "$work/pair1" --also-head $split/checkpoint-a --also-head $split/checkpoint-a
watch 1 log_split --policy "$work/pair.policy" --dir "$work/pair2" --also-head $split/checkpoint-a --also-head $split/checkpoint-b
watch 1 log_split --policy "$work/pair.policy" --dir "$work/pair1" --also-head $split/checkpoint-b
watch 3 proof_log_unknown "${alone[@]}" --also-head $split/checkpoint-a

# What can't be done is said as such, and is no alarm.
watch 3 net_unreachable --charter "$work/fleet.charter" --dir "$work/nobody" --log-url http://127.0.0.1:9
watch 3 file_not_opened --charter "$work/missing" --dir "$work/none"
watch 2 usage_wrong --dir "$work/none"
[ -z "${DAYMARK_RESULTS:-}" ] || echo "$passed $failed 0" >"$DAYMARK_RESULTS/log_monitor.count"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
