#!/usr/bin/env bash
# From a notice to a denial that cites it: draft, answer, decide, submit, show, batch, and what is refused on the way.
#   findings.sh SOURCE_DIR PROGRAM_DIR
set -uo pipefail
cd "$1"
PATH=$2:$PATH
work=$(mktemp -d)
out=$work
. script/demo-parts.sh
trap stop_all EXIT
set_clock 2026-03-01T00:00:00Z
. tests/program/checks.sh
declare -A sentence=([order_quorum]="Too few of the parties" [finding_answer]="not the owner's answer" [finding_early]="may still do so"
  [authority_finding_unknown]="no finding that is on record" [finding_chip]="about another chip" [finding_dismissed]="was dismissed")
declined() { json 3 ".error.name == \"authority_refused\" and (.error.text | contains(\"${sentence[$1]}\"))" "${@:2}"; } # by the authority
make_keys
make_charter >/dev/null
start_witnesses
start_authority
for i in 1 2; do
  spawn "governor$i" daymark --clock-file "$work/clock" governor run --dir "$work/g$i" --socket "$work/g$i.sock" --maker "$work/keys/maker.pub"
  wait_for test -S "$work/g$i.sock"
  id_of[$i]=$(as operator dm chip enroll --governor "$work/g$i.sock" --authority "$authority" --maker-key "$work/keys/maker.key" \
    --owner-key "$work/keys/owner.key" --key "$work/keys/owner.key" --key "$work/keys/authority.key" --serial "finding-$i" --json | jq -r .chip)
done
law=(--charter "$work/fleet.charter")
key() { echo "$work/keys/$1.key"; }
echo "a verdict" >"$work/verdict.json"
notice() { # FILE CHIP
  json 0 '.answer_until' finding draft "${law[@]}" --chip "$2" --code fence.left --rule "The chip left its fence." \
    --verdict "$work/verdict.json" --answer-within 24h --out "$1"
}
terms_denying() { # CHIP FINDING
  jq -n --arg chip "$1" --arg finding "$2" '{validity_s:3600,allowance_teraops:1,cluster_max:1,
    deny:{($chip):({reason:"abroad"} + if $finding == "" then {} else {finding:$finding} end)}}' >"$work/terms.json"
}

# Answered by the owner, decided at once by two parties.
notice "$work/a.finding" "${id_of[1]}"
refused finding_malformed finding draft "${law[@]}" --code "Not A Code" --rule r --verdict "$work/verdict.json" --out "$work/none"
refused finding_malformed finding draft "${law[@]}" --code no.evidence --rule r --out "$work/none"
json 0 .notice finding answer "$work/a.finding" --key "$(key owner)" --text "It was in transit."
json 2 '.error.name == "usage_wrong"' finding sign "$work/a.finding" --key "$(key maker)" "${law[@]}"
json 0 '.signatures == 1' finding sign "$work/a.finding" --key "$(key maker)" "${law[@]}" --decision "Two receipts say otherwise." --appeal-within 34h
refused order_quorum finding show "$work/a.finding" "${law[@]}"
as signer declined order_quorum finding submit "$work/a.finding" --authority "$authority"
refused order_signer_duplicate finding sign "$work/a.finding" --key "$(key maker)" "${law[@]}"
refused order_signer_unknown finding sign "$work/a.finding" --key "$(key jurong)" "${law[@]}"
json 0 '.signatures == 2' finding sign "$work/a.finding" --key "$(key regulator-a)" "${law[@]}"
finding=$(jq -r .finding "$work/answer")
json 0 '.answer == "It was in transit." and .denies' finding show "$work/a.finding" "${law[@]}"
as auditor refused authority_not_found finding show "$finding" --authority "$authority"

# Nothing is denied before it is on record, nor without a finding, nor for another chip.
terms_denying "${id_of[1]}" "$finding"
as operator declined authority_finding_unknown order batch "$work/terms.json" --authority "$authority" --out "$work/b.order"
as signer json 0 ".hash == \"$finding\" and .logged_at" finding submit "$work/a.finding" --authority "$authority"
as signer json 0 ".hash == \"$finding\"" finding submit "$work/a.finding" --authority "$authority"
as auditor json 0 '.logged_at != "" and .code == "fence.left"' finding show "$finding" --authority "$authority"
as operator json 0 ".leaves[0].kind == \"denial\" and .leaves[0].reason == \"abroad\"" order batch "$work/terms.json" --authority "$authority" \
  --out "$work/b.order"
as signer json 0 '.signatures == 1' order sign "$work/b.order" --key "$(key authority)" --authority "$authority"
as signer daymark --clock-file "$work/clock" order sign "$work/b.order" --key "$(key owner)" --authority "$authority" \
  2>/dev/null | grep -q "${id_of[1]} denied: abroad; finding $finding" && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "the denial is not shown"; }
terms_denying "${id_of[1]}" ""
as operator declined authority_finding_unknown order batch "$work/terms.json" --authority "$authority" --out "$work/c.order"
terms_denying "${id_of[2]}" "$finding"
as operator declined finding_chip order batch "$work/terms.json" --authority "$authority" --out "$work/c.order"
as operator json 0 '.leaves | length == 2' order batch <(echo '{"validity_s":3600,"allowance_teraops":1,"cluster_max":1}') --authority "$authority" \
  --out "$work/c.order"

# Without an answer only after the deadline; another party's answer is none; a dismissed finding denies nothing.
notice "$work/b.finding" "${id_of[2]}"
cp "$work/b.finding" "$work/forged.finding"
cp "$work/b.finding" "$work/early.finding"
json 0 .notice finding answer "$work/forged.finding" --key "$(key maker)" --text "I am the owner."
for name in forged early; do
  json 0 '.signatures == 2' finding sign "$work/$name.finding" --key "$(key maker)" --key "$(key regulator-a)" "${law[@]}" --decision d --appeal-within 34h
done
as signer declined finding_answer finding submit "$work/forged.finding" --authority "$authority"
as signer declined finding_early finding submit "$work/early.finding" --authority "$authority"
offset=$((offset + 24 * 3600000)) && write_clock
json 0 '.signatures == 2' finding sign "$work/b.finding" --key "$(key maker)" --key "$(key regulator-a)" "${law[@]}" --decision "Not proven." --dismiss --appeal-within 34h
dismissed=$(jq -r .finding "$work/answer")
as signer json 0 .logged_at finding submit "$work/b.finding" --authority "$authority"
terms_denying "${id_of[2]}" "$dismissed"
as operator declined finding_dismissed order batch "$work/terms.json" --authority "$authority" --out "$work/c.order"

# The monitor passes findings over.
json 0 '.alarms == []' log monitor --once "${law[@]}" --key "$(key owner)" --dir "$work/watch" --log-url "$authority"
finish
