# shellcheck shell=bash
# The parts of script/demo: processes, the rehearsed clock, the story. Sourced, not run.

witness_names=(north east west)
mirror_names=(- east.mirror west.mirror) # the second key of the witness at the same place
beacon_names=(jurong jakarta cikarang)
beacon_nodes=(gcp:asia-southeast1 gcp:asia-southeast2 aws:ap-southeast-3)
site=aws:ap-southeast-1
far_site=aws:ap-northeast-1
act_number=0
step_number=0
declare -A pid_of=() gate_of=()
: >"$work/lanes.jsonl"
: >"$work/points.jsonl"
: >"$work/marks.jsonl"
: >"$work/steps.jsonl"
: >"$work/acts.jsonl"

title() { printf '\n== %s\n' "$1"; }

stop_all() {
  local status=$?
  trap - EXIT INT TERM
  [ $status = 0 ] || echo "demo: stopped with status $status at: ${FUNCNAME[*]} line ${BASH_LINENO[*]}" >&2
  # Gates first: they end the work that they started.
  # Without any, a bare `wait` would wait for the servers below.
  if [ ${#gate_of[@]} -gt 0 ]; then
    kill "${gate_of[@]}" 2>/dev/null || true
    wait "${gate_of[@]}" 2>/dev/null || true
  fi
  kill "${pid_of[@]}" 2>/dev/null || true
  # An agent that waits for a beacon that is gone goes on waiting; it keeps nothing that a kill could lose.
  local name
  for name in "${!pid_of[@]}"; do
    [[ $name != agent* ]] || kill -KILL "${pid_of[$name]}" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  [ $status = 0 ] || { mkdir -p "$out/logs"; cp "$work"/*.log "$work"/batch.* "$out/logs/" 2>/dev/null || true; }
  rm -rf "$work"
  exit $status
}

# --- the clock -----------------------------------------------------------------------------------
set_clock() { # RFC 3339
  local wanted
  wanted=$(date -u -d "$1" +%s%3N)
  offset=$((wanted - $(date -u +%s%3N)))
  write_clock
}
write_clock() { echo "$offset" >"$work/clock.new" && mv "$work/clock.new" "$work/clock"; }
now() { date -u -d "@$((($(date -u +%s%3N) + offset) / 1000))" +%Y-%m-%dT%H:%M:%SZ; }
dm() { daymark --clock-file "$work/clock" "$@" 2>>"$work/commands.log"; }

advance() { # STEPS of six hours, each until every agent has worked through it
  local i wanted
  for ((i = 0; i < $1; ++i)); do
    offset=$((offset + 6 * 3600 * 1000))
    write_clock
    wanted=$(now)
    wait_agents "$wanted" "${waited[@]}"
    sample
    [ "${issuing:-1}" = 0 ] || issue_batch
  done
}
days() { advance $(($1 * 4)); }

wait_agents() { # TIME STATE…: until each agent has finished a cycle that began after it
  local tries wanted=$1
  shift
  for ((tries = 0; tries < 600; ++tries)); do
    [[ "$(jq -rs 'map(.time // "") | min' "$@" 2>/dev/null || true)" > "$wanted" ]] && return
    sleep 0.1
  done
  echo "demo: an agent does not keep up" >&2
  exit 3
}

sample() { # one point of every lane and of every workload
  local i count real at
  real=$(date +%s%3N)
  at=$(now)
  jq -c --arg at "$at" '{name: ("chip " + (input_filename | capture("state(?<n>[0-9]+)[.]json$").n)), at: $at, state}' \
    "${states[@]}" >>"$work/lanes.jsonl"
  for i in "${chips[@]}"; do
    count=0
    [ ! -s "$work/progress$i" ] || count=$((10#$(<"$work/progress$i")))
    echo "{\"name\":\"chip $i\",\"at\":\"$at\",\"real\":$real,\"count\":$count}" >>"$work/points.jsonl"
  done
}

# --- the story -----------------------------------------------------------------------------------
act() { # en 简 繁
  title "$1"
  act_number=$((act_number + 1))
  jq -nc --arg a "$1" --arg b "$2" --arg c "$3" --argjson n "$act_number" \
    '{n:$n,title:{en:$a,"zh-Hans":$b,"zh-Hant":$c}}' >>"$work/acts.jsonl"
}
step() { # tone en 简 繁 command output verdicts
  printf '%s  %s\n' "$(now)" "$2"
  [ -z "$6" ] || printf '%s\n' "$6" | sed -n '1,12s/^/    /p'
  jq -nc --argjson n "$act_number" --arg time "$(now)" --arg tone "$1" --arg a "$2" --arg b "$3" --arg c "$4" \
    --arg command "$5" --arg output "$6" --argjson verdicts "${7:-[]}" \
    '{n:$n,time:$time,tone:$tone,text:{en:$a,"zh-Hans":$b,"zh-Hant":$c},command:$command,output:$output,verdicts:$verdicts}' \
    >>"$work/steps.jsonl"
}
say() { step "$1" "$2" "$3" "$4" "" "" "[]"; }
mark() { jq -nc --arg t "$(now)" --arg a "$1" --arg b "$2" --arg c "$3" '{time:$t,label:{en:$a,"zh-Hans":$b,"zh-Hant":$c}}' >>"$work/marks.jsonl"; }
command_of() { # tone en 简 繁 COMMAND…
  local text=("$@") output
  output=$(daymark "${text[@]:4}" 2>&1) || true
  step "$1" "$2" "$3" "$4" "daymark ${text[*]:4}" "$output"
}
verdict_of() { # the same with the verdict's JSON beside it
  local text=("$@") output json
  output=$(daymark "${text[@]:4}" 2>&1) || true
  json=$(daymark "${text[@]:4}" --json 2>/dev/null) || true
  step "$1" "$2" "$3" "$4" "daymark ${text[*]:4}" "$output" \
    "$(jq -c 'if has("verdict") then [{verdict,reason,level:(.level//"L0"),as_of:(.as_of//""),grounds:[(.grounds//[])[]|tostring]}] else [] end' <<<"$json")"
}
chip_says() { # tone en 简 繁 CHIP
  local output json
  output=$(as auditor dm why "${id_of[$5]}" --governor "$work/g$5.sock" --authority "$authority" 2>&1) || true
  json=$(dm why "${id_of[$5]}" --governor "$work/g$5.sock" --json 2>/dev/null) || true
  step "$1" "$2" "$3" "$4" "daymark why ${id_of[$5]}" "$output" \
    "$(jq -c '[{verdict:.state,reason:{name:(.reason//""),text:""},level:"L1",as_of:(.clock.latest//"")}]' <<<"${json:-{\}}")"
}

# --- keys and law --------------------------------------------------------------------------------
make_keys() {
  local name
  for name in owner owner-spare maker maker-spare regulator-a regulator-a-spare regulator-b regulator-b-spare authority \
    authority-spare second-owner second-spare log.example "${witness_names[@]}" "${mirror_names[@]:1}" "${beacon_names[@]}"; do
    daymark keygen "$name" --out "$work/keys" --json >"$work/$name.json"
  done
}
free_base() { # a range of 40 ports that nobody listens at, below those that the kernel hands out (32768)
  local slot port used base
  used=$(ss -Htan 2>/dev/null | awk '{sub(/.*:/, "", $4); print $4}' || true)
  for slot in $(seq 0 424 | shuf); do
    base=$((15000 + 40 * slot))
    for ((port = base; port < base + 40; ++port)); do
      ! grep -qx "$port" <<<"$used" || continue 2
    done
    echo "$base"
    return
  done
}
make_charter() {
  port=$(free_base)
  authority=http://127.0.0.1:$port
  local i places=()
  for i in 0 1 2; do
    mapfile -t -O "${#places[@]}" places < <(awk -F, -v id="${beacon_nodes[$i]}" '$1==id{print $2; print $3}' data/rtt/cloud/nodes.csv)
  done
  charter_spec "Harbour fleet" owner owner-spare "${places[@]}" >"$work/fleet.json"
  daymark charter new "$work/fleet.json" --out "$work/fleet.charter"
  charter_spec "Second fleet" second-owner second-spare "${places[@]}" >"$work/second.json"
  daymark charter new "$work/second.json" --out "$work/second.charter"
}
charter_spec() { # name owner spare lat lon lat lon lat lon
  jq -n --arg name "$1" --arg owner "$work/keys/$2.pub" --arg spare "$work/keys/$3.pub" --arg k "$work/keys" --argjson port "$port" \
    --arg log "$(jq -r .log_vkey "$work/log.example.json")" \
    --argjson vkeys "$(cd "$work" && jq -s 'map({(.name):.witness_vkey})|add' north.json east.json west.json east.mirror.json west.mirror.json)" \
    --argjson places "[$(IFS=,; echo "${*:4}")]" '
    def url(i): "http://127.0.0.1:\($port + i)";
    def peer(name; i): {name:name, vkey:$vkeys[name], url:url(i)};
    def party(role; name): {role:role, key:"\($k)/\(name).pub", spare:"\($k)/\(name)-spare.pub"};
    {name:$name,
     parties:[{role:"owner",key:$owner,spare:$spare}, party("maker";"maker"), party("regulator";"regulator-a"),
              party("regulator";"regulator-b"), party("authority";"authority")],
     logs:[{vkey:$log}],
     witnesses:[peer("north";1), peer("east";2), peer("west";3)],
     mirrors:[peer("east.mirror";2), peer("west.mirror";3)],
     beacons:[range(3) as $i | {name:["jurong","jakarta","cikarang"][$i], operator:["straits","java","sunda"][$i],
              key:"\($k)/\(["jurong","jakarta","cikarang"][$i]).pub", lat:$places[2*$i], lon:$places[2*$i+1]}],
     faults:1, emergency_chip_hours:4,
     bounds:{notice:"24h",grace:"48h",suspension_longest:"72h",suspension_budget:"30d",appeal:"34h",licence_longest:"24h",
             renewal:"6h",time_age:"24h",fence_age:"24h"},
     silence:{action:"lapse",lapsed_longest:"90d",sunset:"2028-01-01T00:00:00Z"}}'
}

# --- processes -----------------------------------------------------------------------------------
spawn() { # NAME COMMAND… : in the background, its output in a log
  local name=$1
  shift
  "$@" >>"$work/$name.log" 2>&1 &
  pid_of[$name]=$!
}
wait_for() { # COMMAND… : until it works
  local tries
  for ((tries = 0; tries < 600; ++tries)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.05
  done
  echo "demo: gave up waiting for: $*" >&2
  exit 3
}
start_witness() { # INDEX
  local name=${witness_names[$1]} extra=()
  [ "$1" = 0 ] || extra=(--mirror-key "$work/keys/${mirror_names[$1]}.key" --log-url "$authority")
  spawn "$name" daymark --clock-file "$work/clock" witness serve --key "$work/keys/$name.key" --dir "$work/$name" \
    --log "$(jq -r .log_vkey "$work/log.example.json")" --port $((port + 1 + $1)) "${extra[@]}"
  wait_for curl -sf "http://127.0.0.1:$((port + 1 + $1))/healthz"
}
start_witnesses() { local i; for i in 0 1 2; do start_witness "$i"; done; }
kill_witnesses() { local n; for n in "${witness_names[@]}"; do kill "${pid_of[$n]}"; wait "${pid_of[$n]}" 2>/dev/null || true; unset "pid_of[$n]"; done; }
# Each caller has a credential of the least role that its work needs.
grant() { # ROLE [CHIP]: once
  local file=$work/credentials/$1${2:+-$2}
  [ ! -e "$file" ] || return 0
  mkdir -p "$work/credentials"
  dm authority grant --dir "$work/authority" --role "$1" ${2:+--chip "$2"} --out "$file" >/dev/null
  (umask 077 && sed 's/^/Authorization: Bearer /' "$file" >"$file.header")
}
as() { DAYMARK_CREDENTIAL=$work/credentials/$1 "${@:2}"; } # ROLE COMMAND…
ask() { curl -sf -H "@$work/credentials/$1.header" "$authority$2"; } # ROLE PATH
start_authority() {
  grant operator
  grant signer
  grant auditor
  spawn authority daymark --clock-file "$work/clock" authority serve --dir "$work/authority" --charter "$work/fleet.charter" \
    --log-key "$work/keys/log.example.key" --port "$port"
  wait_for curl -sf "$authority/healthz"
}
start_beacon() { # INDEX EXTRA…
  local i=$1 name=${beacon_names[$1]} place
  shift
  place=$(jq -r ".beacons[$i] | \"\(.lat),\(.lon)\"" "$work/fleet.json")
  spawn "$name" daymark --clock-file "$work/clock" beacon serve --key "$work/keys/$name.key" --place "$place" \
    --listen "127.0.0.1:$((port + 10 + i))" "$@"
}
rtt_of() { awk -F, -v s="$1" -v d="$2" '$1==s && $2==d {print $3}' data/rtt/cloud/rtt.csv; }
start_relay() { # NAME FIRST_PORT SITE
  local i pairs=()
  for i in 0 1 2; do
    pairs+=("{\"listen\":\"127.0.0.1:$(($2 + i))\",\"target\":\"127.0.0.1:$((port + 10 + i))\",\"rtt_ms\":$(rtt_of "${beacon_nodes[$i]}" "$3")}")
  done
  (IFS=,; echo "[${pairs[*]}]") >"$work/$1.pairs"
  spawn "$1" daymark beacon relay "$work/$1.pairs"
}
start_log_side() {
  title "The log: an authority, and three witnesses of which two are mirrors; three beacons behind real delays"
  start_witnesses
  start_authority
  local i
  for i in 0 1 2; do start_beacon "$i"; done
  start_relay relay $((port + 20)) "$site"
  start_relay relay8 $((port + 23)) "$site"
}
start_chips() { # COUNT
  local i
  chips=()
  states=() # what each agent says of its chip
  declare -gA id_of
  for ((i = 1; i <= $1; ++i)); do
    chips+=("$i")
    states+=("$work/state$i.json")
    start_governor "$i"
  done
  waited=("${states[@]}")
  for i in "${chips[@]}"; do
    wait_for test -S "$work/g$i.sock"
    start_agent "$i"
  done
}
start_governor() { # CHIP
  local how=()
  [ "$1" != "$firmware_chip" ] || how=(--firmware "$image")
  spawn "governor$1" daymark --clock-file "$work/clock" governor run --dir "$work/g$1" --socket "$work/g$1.sock" --maker "$work/keys/maker.pub" "${how[@]}"
}
kill_machine() { # CHIP: its machine ends without warning and starts again from its flash
  local before after
  before=$(dm status --governor "$work/g$1.sock" --json | jq -c '[.chip,.state]')
  kill -KILL "${pid_of[governor$1]}"
  wait "${pid_of[governor$1]}" 2>/dev/null || true
  start_governor "$1"
  wait_for dm status --governor "$work/g$1.sock" --json
  after=$(dm status --governor "$work/g$1.sock" --json | jq -c '[.chip,.state]')
  [ "$before" = "$after" ] || { echo "demo: chip $1 was $before and is $after" >&2; exit 3; }
  step note "Chip $1 is the governor's firmware in a machine of its own (QEMU). Killed and started again, it holds what it held." \
    "芯片 $1 是在独立机器（QEMU）中运行的治理器固件。被强行终止并重新启动后，其状态不变。" \
    "晶片 $1 是在獨立機器（QEMU）中執行的治理器韌體。被強行終止並重新啟動後，其狀態不變。" "kill -KILL; daymark governor run --firmware" "$after"
}
start_agent() { # CHIP EXTRA…
  local i=$1 first=$((port + 20)) chip
  [ "$i" != 8 ] || first=$((port + 23))
  shift
  chip=$(daymark status --governor "$work/g$i.sock" --json | jq -r .chip)
  grant agent "$chip"
  spawn "agent$i" daymark --clock-file "$work/clock" agent run --governor "$work/g$i.sock" --authority "$authority" \
    --credential "$work/credentials/agent-$chip" --state "$work/state$i.json" --outbox "$work/outbox$i" \
    --beacon "127.0.0.1:$first" --beacon "127.0.0.1:$((first + 1))" --beacon "127.0.0.1:$((first + 2))" --renewal 3h --ranging 1h "$@"
}
feed_meter() { # CHIP RECORDING: its agent starts again, with a meter
  kill "${pid_of[agent$1]}"
  wait "${pid_of[agent$1]}" 2>/dev/null || true
  start_agent "$1" --replay-meter "$2"
  wait_agents "$(now)" "$work/state$1.json" # the recording begins to play with the agent's first look at the meter
}
enrol_all() {
  local i
  for i in "${chips[@]}"; do
    id_of[$i]=$(as operator dm chip enroll --governor "$work/g$i.sock" --authority "$authority" --maker-key "$work/keys/maker.key" \
      --owner-key "$work/keys/owner.key" --key "$work/keys/owner.key" --key "$work/keys/authority.key" \
      --serial "sim-$i" --json | jq -r .chip)
  done
  daymark gate approve "$(command -v workload)" --out "$work/programs.cbor" --json >"$work/programs.json"
  terms
}
terms() { # EXTRA as JSON, merged in
  jq -n --arg root "$(jq -r .program_root "$work/programs.json")" --arg one "${id_of[1]}" --argjson extra "${1:-{\}}" '
    {validity_s:86400, allowance_teraops:1000000000, cluster_max:8, program_root:$root,
     fence:{faults:1, alternatives:[{needed:2, clauses:[{beacon:0,rtt_us:20000},{beacon:1,rtt_us:40000},{beacon:2,rtt_us:40000}]}]},
     terms:{($one):{allowance_teraops:120000}}} * $extra' >"$work/terms.json"
}
issue_batch() {
  as operator dm order batch "$work/terms.json" --authority "$authority" --out "$work/batch.order" >"$work/batch.txt"
  # A signer looks at every leaf; one who signs a batch that leaves a chip out did not.
  local unseen=()
  ! jq -e 'has("simulate_omission")' "$work/terms.json" >/dev/null || unseen=(--without-leaves)
  as signer dm order sign "$work/batch.order" --key "$work/keys/authority.key" --authority "$authority" "${unseen[@]}" >/dev/null
  as operator dm order submit "$work/batch.order" --authority "$authority" --json >"$work/batch.json"
}
start_workloads() {
  local i
  for i in "${chips[@]}"; do
    wait_state "$i" licensed
    daymark --clock-file "$work/clock" gate run --governor "$work/g$i.sock" --programs "$work/programs.cbor" --log "$work/gate$i.jsonl" \
      -- workload "$work/progress$i" >>"$work/gate$i.log" 2>&1 &
    gate_of[$i]=$!
  done
  sleep 0.5
}
wait_state() { # CHIP STATE
  local tries
  for ((tries = 0; tries < 600; ++tries)); do
    [ "$(jq -r .state "$work/state$1.json" 2>/dev/null)" = "$2" ] && return
    sleep 0.1
  done
  echo "demo: chip $1 is $(jq -c '[.state,.reason,.problems]' "$work/state$1.json"), expected $2" >&2
  exit 3
}
refused_gate() { # en 简 繁 CHIP ARGUMENT…
  local en=$1 hans=$2 hant=$3 chip=$4 output json
  shift 4
  output=$(dm gate run --governor "$work/g$chip.sock" "$@") && { echo "demo: the gate let it pass" >&2; exit 3; }
  json=$(dm gate run --governor "$work/g$chip.sock" --json "$@") || true
  step refused "$en" "$hans" "$hant" "daymark gate run $*" "$output" "$(jq -c '[{verdict,reason,level}]' <<<"$json")"
}
move_chip() { # 8: another relay, with the delays of another place; nobody waits for its long round trips any more
  waited=("${states[@]:0:7}")
  kill "${pid_of[relay8]}"
  wait "${pid_of[relay8]}" 2>/dev/null || true
  start_relay relay8 $((port + 23)) "$far_site"
}

# --- orders --------------------------------------------------------------------------------------
signed() { # FILE PARTY…
  local file=$1 party keys=()
  shift
  for party in "$@"; do keys+=(--key "$work/keys/$party.key"); done
  dm order sign "$file" "${keys[@]}" --authority "$authority" >/dev/null
}
submitted() { # en 简 繁 FILE tone
  local output
  output=$(as signer dm order submit "$4" --authority "$authority" 2>&1) || true
  step "$5" "$1" "$2" "$3" "daymark order submit ${4##*/}" "$output"
}
suspend() { # CHIP REASON LENGTH PARTY…
  local chip=$1
  as signer dm order draft suspend --authority "$authority" --chip "${id_of[$1]}" --reason "$2" --for "$3" --out "$work/suspend$1.order" >/dev/null
  signed "$work/suspend$chip.order" "${@:4}"
  submitted "A suspension of chip $chip, signed by ${*:4}, enters the log." "对芯片 $chip 的暂停命令由 ${*:4} 签署，进入日志。" \
    "對晶片 $chip 的暫停命令由 ${*:4} 簽署，進入日誌。" "$work/suspend$chip.order" restriction
  sleep 0.6
}
appeal() { # CHIP TEXT: the owner's, against the chip's suspension
  local hash output
  hash=$(dm order show "$work/suspend$1.order" --authority "$authority" --json | jq -r .hash)
  output=$(as signer dm order appeal "$hash" --authority "$authority" --key "$work/keys/owner.key" --text "$2" 2>&1)
  step note "The owner appeals in public; unless the quorum confirms within 34 hours, the suspension of chip $1 ends." \
    "所有者公开申诉；若法定人数未在 34 小时内确认，对芯片 $1 的暂停即告结束。" "所有者公開申訴；若法定人數未在 34 小時內確認，對晶片 $1 的暫停即告結束。" \
    "daymark order appeal $hash" "$output"
}
life_of_order() { # CHIP: its suspension, as the authority tells it
  local hash
  hash=$(dm order show "$work/suspend$1.order" --authority "$authority" --json | jq -r .hash)
  as auditor command_of note "The life of that order." "该命令的经过。" "該命令的經過。" order show "$hash" --authority "$authority"
}
emergency() { # CHIP: two of the charter's emergency hours, by the owner alone
  local output
  output=$(dm chip emergency --governor "$work/g$1.sock" --key "$work/keys/owner.key" --for 2h --text "issuing stopped" 2>&1)
  step granted "The owner grants chip $1 two of the charter's emergency hours on the spot; attestations report them." \
    "所有者当场授予芯片 $1 章程所定紧急时间中的两小时；证明中会予以报告。" "所有者當場授予晶片 $1 章程所定緊急時間中的兩小時；證明中會予以報告。" \
    "daymark chip emergency --for 2h" "$output"
  wait_state "$1" grace
}
resume() { # CHIP REASON PARTY…
  as signer dm order draft resume --authority "$authority" --chip "${id_of[$1]}" --reason "$2" --out "$work/resume$1.order" >/dev/null
  signed "$work/resume$1.order" "${@:3}"
  submitted "Every witness is down; ${*:3} resumes chip $1." "所有见证人均已停用；${*:3} 恢复芯片 $1。" "所有見證人均已停用；${*:3} 恢復晶片 $1。" \
    "$work/resume$1.order" granted
}
transfer_chip() { # CHIP
  as signer dm order draft transfer --authority "$authority" --chip "${id_of[$1]}" --new-charter "$work/second.charter" \
    --new-owner-key "$work/keys/second-owner.key" --out "$work/transfer.order" >/dev/null
  signed "$work/transfer.order" owner regulator-a
  submitted "The transfer of chip $1 enters the log; it binds after the notice." "芯片 $1 的转移命令进入日志；通知期后生效。" \
    "晶片 $1 的轉移命令進入日誌；通知期後生效。" "$work/transfer.order" note
  sleep 0.6
}

# --- act two -------------------------------------------------------------------------------------
attacked() { # en 简 繁 COMMAND… : must be refused (exit 0 of redteam, or a failing command)
  local en=$1 hans=$2 hant=$3 output json
  shift 3
  output=$(dm "$@" 2>&1) || true
  json=$(dm "$@" --json) || true
  grep -qE 'refused|error' <<<"$json" || { echo "demo: an attack went through: $*" >&2; exit 3; }
  step refused "$en" "$hans" "$hant" "daymark $*" "$output" \
    "$(jq -c '[{verdict:"refused",reason:(.reason // .error),level:"L1"}]' <<<"$json")"
}
attack_quorum() {
  as signer dm order draft suspend --authority "$authority" --chip "${id_of[4]}" --reason secret --for 48h --out "$work/secret.order" >/dev/null
  signed "$work/secret.order" regulator-a authority
  attacked "One regulator and the authority sign a stop of chip 4: the chip counts the quorum itself." \
    "一个监管方与管理机构签署停用芯片 4：芯片自行核对法定人数。" "一個監管方與管理機構簽署停用晶片 4：晶片自行核對法定人數。" \
    redteam hand-over "$work/secret.order" --governor "$work/g4.sock"
}
attack_unlogged() {
  as signer dm order draft suspend --authority "$authority" --chip "${id_of[4]}" --reason secret --for 48h --out "$work/coerced.order" >/dev/null
  signed "$work/coerced.order" regulator-a regulator-b
  attacked "Even with a full quorum coerced, an order that is not in the log binds nothing." \
    "即使胁迫到足够法定人数，未进入日志的命令也不具约束力。" "即使脅迫到足夠法定人數，未進入日誌的命令也不具約束力。" \
    redteam hand-over "$work/coerced.order" --governor "$work/g4.sock"
}
attack_mirror() {
  local hash
  hash=$(ask auditor /orders | jq -r '[.items[]|select(.kind=="suspend")][-1].hash')
  as auditor dm log proof "$hash" --authority "$authority" --out "$work/stripped" >/dev/null
  grep -vE '^— (east|west)\.mirror ' "$work/stripped.tlog-proof" >"$work/nomirror.tlog-proof"
  attacked "A logged order whose mirrors' cosignatures are missing is refused." "缺少镜像联署的已入日志命令被拒绝。" "缺少鏡像連署的已入日誌命令被拒絕。" \
    redteam hand-over "$work/suspend3.order" --governor "$work/g4.sock" --proof "$work/nomirror.tlog-proof"
}
attack_split_view() {
  attacked "With the log's key a second history is signed: the witness refuses to cosign it." "用日志密钥签署第二套历史：见证人拒绝联署。" \
    "用日誌金鑰簽署第二套歷史：見證人拒絕連署。" redteam split-view --log-key "$work/keys/log.example.key" --dir "$work/split-$RANDOM" \
    --witness "http://127.0.0.1:$((port + 1))" --vkey "$(jq -r .witness_vkey "$work/north.json")"
}
attack_zero_allowance() {
  terms "{\"terms\":{\"${id_of[4]}\":{\"allowance_teraops\":0}}}"
  advance 1
  chip_says finding "A licence of nothing takes nothing away: what was granted stands to its end." "零额度许可不能剥夺任何东西：已授予的保持到期满。" \
    "零額度許可不能剝奪任何東西：已授予的保持到期滿。" 4
  terms
}
attack_omission() {
  local enrolled count
  terms "{\"simulate_omission\":[\"${id_of[4]}\"]}"
  advance 1
  enrolled=$(ask auditor /orders | jq '[.items[]|select(.kind=="enrol")]|length')
  count=$(ask auditor /orders | jq '[.items[]|select(.kind=="license")][-1].count')
  step finding "Chip 4 is left out of a batch: the public log shows $enrolled enrolments and a batch of $count leaves." \
    "芯片 4 被排除在批次之外：公开日志显示 $enrolled 次登记，而批次只有 $count 个叶。" "晶片 4 被排除在批次之外：公開日誌顯示 $enrolled 次登記，而批次只有 $count 個葉。" \
    "curl $authority/orders" "enrolled $enrolled, leaves $count" \
    '[{"verdict":"omitted","reason":{"name":"batch_omits","text":"a batch must hold one leaf for every enrolled chip"},"level":"L1"}]'
  [ "$count" -lt "$enrolled" ] || exit 3
  terms
  advance 1
}
attack_lying_beacon() {
  kill "${pid_of[jurong]}"
  wait "${pid_of[jurong]}" 2>/dev/null || true
  start_beacon 0 --simulate-lie-time 30d
  advance 1
  wait_state 4 licensed
  chip_says granted "One beacon of three signs a time 30 days ahead: with f = 1 the chip's time does not move, and it works on." \
    "三个信标之一签署了提前 30 天的时间：f = 1 时芯片时间不受影响，继续工作。" "三個信標之一簽署了提前 30 天的時間：f = 1 時晶片時間不受影響，繼續工作。" 4
  kill "${pid_of[jurong]}"
  wait "${pid_of[jurong]}" 2>/dev/null || true
  start_beacon 0
}
let_lapse() { # CHIP: stop issuing and see when it stops
  local steps=0
  issuing=0
  while [ "$(jq -r .state "$work/state$1.json")" != lapsed ]; do
    advance 1
    steps=$((steps + 1))
    [ $steps -lt 16 ] || { echo "demo: chip $1 did not lapse" >&2; exit 3; }
  done
  issuing=1
  say restriction "Chip $1 lapsed within $((steps * 6)) hours after the last licence; computed: 66 to 72, seen in steps of 6." \
    "芯片 $1 在最后一次许可后 $((steps * 6)) 小时内失效；计算值 66 至 72，按 6 小时步进观测。" \
    "晶片 $1 在最後一次許可後 $((steps * 6)) 小時內失效；計算值 66 至 72，按 6 小時步進觀測。"
}

# --- the proof -----------------------------------------------------------------------------------
make_bundle() { # CHIP
  bundle=$out/chip-$1.bundle
  as auditor command_of granted "A bundle for strangers: chip $1's whole history." "给陌生人的证据包：芯片 $1 的完整历史。" "給陌生人的證據包：晶片 $1 的完整歷史。" \
    bundle make --authority "$authority" --chip "${id_of[$1]}" --report "$evidence/report.hex" --chain "$evidence/chain.pem" \
    --out "$bundle"
  echo "$fingerprint" >"$out/fingerprint.txt"
  verdict_of granted "It verifies offline under the fingerprint of the charter." "凭章程指纹即可离线验证。" "憑章程指紋即可離線驗證。" \
    verify bundle "$bundle" --trust "$fingerprint"
  python3 - "$bundle" "$out/flipped.bundle" <<'PY'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[2], "wb").write(data)
PY
  verdict_of refused "One flipped bit, and the part is named." "翻转一位，即指出出错部分。" "翻轉一位，即指出出錯部分。" \
    verify bundle "$out/flipped.bundle" --trust "$fingerprint"
  daymark verify bundle "$bundle" --trust "$fingerprint" >/dev/null
  ! daymark verify bundle "$out/flipped.bundle" --trust "$fingerprint" >/dev/null
}
write_report() {
  jq -n --slurpfile acts "$work/acts.jsonl" --slurpfile steps "$work/steps.jsonl" --slurpfile marks "$work/marks.jsonl" \
    --slurpfile lanes "$work/lanes.jsonl" --slurpfile points "$work/points.jsonl" --rawfile map "$out/map.svg" \
    --arg fingerprint "$fingerprint" -f script/demo-story.jq >"$out/story.json"
  daymark report "$out/story.json" --out "$out/report.html"
}
closing() {
  title "Check it yourself"
  cat <<TEXT
report: out/demo/report.html
  daymark verify bundle out/demo/chip-2.bundle --trust \$(cat out/demo/fingerprint.txt)
  printf '\\x55' | dd of=out/demo/chip-2.bundle bs=1 seek=4000 conv=notrunc status=none
  daymark verify bundle out/demo/chip-2.bundle --trust \$(cat out/demo/fingerprint.txt)
(daymark is build/dev/cmd/daymark/daymark)
TEXT
}
