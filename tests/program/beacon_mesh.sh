#!/usr/bin/env bash
# Three beacons behind real delays range each other and publish meshes; one of them declares a wrong place.
#   beacon_mesh.sh SOURCE_DIR PROGRAM_DIR
set -uo pipefail
cd "$1"
PATH=$2:$PATH
work=$(mktemp -d)
out=$work
. script/demo-parts.sh
trap stop_all EXIT
set_clock 2026-03-01T00:00:00Z
. tests/program/checks.sh
make_keys
make_charter >/dev/null
# The law of a fleet whose third beacon says that it is in Vienna: it stays where it is.
jq '.beacons[2] |= (.lat = 48.2082 | .lon = 16.3738)' "$work/fleet.json" >"$work/wrong.json"
daymark charter new "$work/wrong.json" --out "$work/wrong.charter" >/dev/null

# Jurong and Jakarta, Jurong and Cikarang, Jakarta and Cikarang: their indices add up to 1, 2 and 3.
rtt_ms=(- 14.2 15.8 28.4)
pairs=()
for i in 0 1 2; do
  for j in 0 1 2; do
    [ "$i" != "$j" ] || continue
    pairs+=("{\"listen\":\"127.0.0.1:$((port + 20 + 3 * i + j))\",\"target\":\"127.0.0.1:$((port + 10 + j))\",\"rtt_ms\":${rtt_ms[$((i + j))]}}")
  done
done
(IFS=,; echo "[${pairs[*]}]") >"$work/mesh.pairs"
spawn relay daymark beacon relay "$work/mesh.pairs"

meshing_beacon() { # INDEX CHARTER SOURCE FILE EXTRA…
  local i=$1 charter=$2 source=$3 file=$4 j place peers=()
  shift 4
  place=$(jq -r ".beacons[$i] | \"\(.lat),\(.lon)\"" "$source")
  for j in 0 1 2; do
    [ "$i" = "$j" ] || peers+=(--peer "${beacon_names[$j]}=127.0.0.1:$((port + 20 + 3 * i + j))")
  done
  spawn "${beacon_names[$i]}" daymark --clock-file "$work/clock" beacon serve --key "$work/keys/${beacon_names[$i]}.key" --place "$place" \
    --listen "127.0.0.1:$((port + 10 + i))" --charter "$charter" "${peers[@]}" --mesh "$file" --mesh-every 200ms "$@"
}
stop_beacons() { local n; for n in "${beacon_names[@]}"; do kill "${pid_of[$n]}"; wait "${pid_of[$n]}"; unset "pid_of[$n]"; done; }
# Complete once each of the three holds both peers.
complete() { # CHARTER PREFIX
  daymark locate mesh --charter "$1" "$work/$2".{0,1,2}.mesh --json >"$work/seen" 2>/dev/null
  [ "$(jq '.pairs' "$work/seen")" = 6 ]
}

# All places are true.
for i in 0 1 2; do meshing_beacon "$i" "$work/fleet.charter" "$work/fleet.json" "$work/true.$i.mesh"; done
wait_for complete "$work/fleet.charter" true
json 0 '.suspects == [] and .pairs == 6 and (.meshes | length == 3) and ([.meshes[].timed[].rtt_ms] | min > 1)' \
  locate mesh --charter "$work/fleet.charter" "$work"/true.{0,1,2}.mesh
# The tables that the rest of `locate` reads.
json 0 '.pairs == 6' locate mesh --charter "$work/fleet.charter" "$work"/true.{0,1,2}.mesh --nodes-out "$work/nodes.csv" --rtt-out "$work/rtt.csv"
json 0 '.verdict == "inside"' locate --nodes "$work/nodes.csv" --rtt "$work/rtt.csv" --target jakarta --not-country RU
# One mesh alone already says something; a mesh is not taken under another law, nor changed, nor from somebody else.
json 0 '.pairs == 2' locate mesh --charter "$work/fleet.charter" "$work/true.0.mesh"
refused mesh_place locate mesh --charter "$work/wrong.charter" "$work/true.2.mesh"
refused receipt_place locate mesh --charter "$work/wrong.charter" "$work/true.0.mesh"
head -c -1 "$work/true.0.mesh" >"$work/short.mesh"
last=$(tail -c 1 "$work/true.0.mesh" | od -An -tu1)
printf "\\x$(printf %02x $((last ^ 1)))" >>"$work/short.mesh"
refused cose_signature locate mesh --charter "$work/fleet.charter" "$work/short.mesh"
json 3 .error locate mesh --charter "$work/fleet.charter" "$work/fleet.charter"
json 2 .error locate mesh --charter "$work/fleet.charter"
# A peer that is gone keeps its last receipt.
kill "${pid_of[cikarang]}"
wait "${pid_of[cikarang]}" 2>/dev/null
spawn cikarang sleep 1000
wait_for grep -q 'mesh: cikarang' "$work/jurong.log"
json 0 '.pairs == 6' locate mesh --charter "$work/fleet.charter" "$work"/true.{0,1,2}.mesh
stop_beacons 2>/dev/null

# One declares a wrong place: both others' clocks contradict it.
for i in 0 1 2; do meshing_beacon "$i" "$work/wrong.charter" "$work/wrong.json" "$work/wrong.$i.mesh"; done
wait_for complete "$work/wrong.charter" wrong
json 1 '(.suspects | length == 1) and .suspects[0].id == "cikarang" and .suspects[0].doubt == "certain" and (.suspects[0].evidence | length == 4)
  and .suspects[0].beyond_km > 5000 and .least_wrong == 1' locate mesh --charter "$work/wrong.charter" "$work"/wrong.{0,1,2}.mesh
# With one pair alone nobody can say which end is wrong.
json 1 '(.suspects | length == 2) and all(.suspects[]; .doubt == "possible")' locate mesh --charter "$work/wrong.charter" "$work/wrong.0.mesh"
stop_beacons 2>/dev/null

# A beacon that signs round trips which can't be is suspected itself, for it contradicts both others.
meshing_beacon 0 "$work/fleet.charter" "$work/fleet.json" "$work/liar.0.mesh" --simulate-lie-rtt-ms 0.05
for i in 1 2; do meshing_beacon "$i" "$work/fleet.charter" "$work/fleet.json" "$work/liar.$i.mesh"; done
wait_for complete "$work/fleet.charter" liar
json 1 '.suspects[0].id == "jurong" and .suspects[0].doubt == "certain" and (.suspects | length == 1)' \
  locate mesh --charter "$work/fleet.charter" "$work"/liar.{0,1,2}.mesh
stop_beacons 2>/dev/null

# What is refused before anything listens.
place=$(jq -r '.beacons[0] | "\(.lat),\(.lon)"' "$work/fleet.json")
start=(beacon serve --key "$work/keys/jurong.key" --charter "$work/fleet.charter" --mesh "$work/none.mesh")
refused mesh_place "${start[@]}" --place 1,2 --peer "jakarta=127.0.0.1:$((port + 11))"
refused mesh_peer "${start[@]}" --place "$place" --peer "elsewhere=127.0.0.1:$((port + 11))"
refused mesh_peer "${start[@]}" --place "$place" --peer "jurong=127.0.0.1:$((port + 11))"
refused net_address_malformed "${start[@]}" --place "$place" --peer jakarta=nowhere
json 2 '.error.name == "usage_wrong"' "${start[@]}" --place "$place" --peer jakarta
json 2 .error beacon serve --key "$work/keys/jurong.key" --place "$place" --mesh "$work/none.mesh"
refused mesh_beacon beacon serve --key "$work/keys/owner.key" --charter "$work/fleet.charter" --mesh "$work/none.mesh" --place "$place" \
  --peer "jakarta=127.0.0.1:$((port + 11))"
[ ! -e "$work/none.mesh" ] && passed=$((passed + 1)) || failed=$((failed + 1))
finish
