#!/usr/bin/env bash
# A governor's attestation with the evidence that it names, from the question to the verdict; with a TPM where swtpm is installed.
#   governor_eat.sh SOURCE_DIR PROGRAM_DIR [KEEP_DIR]: KEEP_DIR gets what was made, as vectors for tests
set -uo pipefail
cd "$1"
PATH=$2:$PATH
. tests/program/checks.sh
keep=${3:-}
work=$(mktemp -d)
out=$work
. script/demo-parts.sh
trap stop_all EXIT
set_clock 2026-12-01T00:00:00Z
h100=data/evidence/nvidia/h100-550.90.07
report=(--as-of 2025-08-21T12:00:00Z --chain $h100/chain.pem --rim $h100/rim-driver.xml --rim $h100/rim-vbios.xml)
nonce=$(printf '%064d' 7)
# Requester nonce of the report (bytes 4 to 36).
own=$(cut -c9-72 <$h100/report.hex)

daymark keygen maker --out "$work/keys" >/dev/null
spawn governor1 daymark --clock-file "$work/clock" governor run --dir "$work/g1" --socket "$work/g1.sock" --maker "$work/keys/maker.pub"
wait_for test -S "$work/g1.sock"
attest=(chip attest --governor "$work/g1.sock" --nonce "$nonce")

# Alone.
json 0 ".nonce == \"$nonce\"" "${attest[@]}" --eat --out "$work/alone.eat"
json 0 ".kind == \"governor's attestation (EAT)\" and .verified == false" evidence explain "$work/alone.eat"
chip=$(jq -r '.fields[] | select(.name == "chip") | .value' "$work/answer")
json 0 '.kind == "governor" and .reason.name == "governor_genuine" and .level == "L1"' evidence verify "$work/alone.eat" --chip "$chip" --nonce "$nonce"
json 1 '.verdict == "undecided" and .reason.name == "governor_unnamed"' evidence verify "$work/alone.eat"
json 1 '.verdict == "refused" and .reason.name == "gov_document_chip"' evidence verify "$work/alone.eat" --chip "${nonce:0:32}"
json 1 '.reason.name == "gov_nonce"' evidence verify "$work/alone.eat" --chip "$chip" --nonce "${nonce/7/8}"
json 1 '.reason.name == "gov_time_unknown"' evidence verify "$work/alone.eat" --chip "$chip" --max-age 10m
# The same as PEM: what stands before an Ed25519 key, then the key.
key=$(jq -rs '.[0].fields[] | select(.name == "chip'"'"'s key") | .value' <(daymark evidence explain "$work/alone.eat" --json))
{ echo "-----BEGIN PUBLIC KEY-----"; printf '302a300506032b6570032100%s' "$key" | xxd -r -p | base64; echo "-----END PUBLIC KEY-----"; } >"$work/chip.pem"
json 0 '.verdict == "genuine"' evidence verify "$work/alone.eat" --key "$work/chip.pem" --nonce "$nonce"

# With a device's report.
json 0 ".tpm | length == 64" evidence nonce --nonce "$nonce" tpm nvidia-gpu-0
json 3 '.error.name == "submodule_name"' evidence nonce --nonce "$nonce" GPU
json 0 '.bytes > 4000' "${attest[@]}" --submodule nvidia-gpu-0=$h100/report.hex --out "$work/bundle.eat"
judged=(evidence verify "$work/bundle.eat" --chip "$chip" "${report[@]}")
json 0 '.verdict == "genuine" and .level == "L1" and .known.finding == "held" and (.submodules | length == 1) and
  .submodules[0].level == "L3" and .submodules[0].comparison.matched == 33' "${judged[@]}" --nonce "$nonce" --submodule-nonce nvidia-gpu-0="$own"
json 1 '.reason.name == "token_submodule" and .submodules[0].reason.name == "evidence_nonce" and .genuine.finding == "held"' "${judged[@]}" --nonce "$nonce"
json 0 '.submodules[0].facts[] | select(.name == "question") | .value == "another than the attestation'"'"'s"' "${judged[@]}"
json 0 '.submods | length == 2 and (to_entries | map(.value["ear.status"]) == ["affirming", "affirming"])' "${judged[@]}" --ear
json 1 '.verdict == "undecided" and .reason.name == "submodule_undecided"' evidence verify "$work/bundle.eat" --chip "$chip"
json 1 '.verdict == "refused"' evidence verify "$work/bundle.eat" --chip "$chip" "${report[@]:2}" --as-of 1999-01-01T00:00:00Z
json 0 '[.fields[].name] | contains(["submodule nvidia-gpu-0", "member nvidia-gpu-0"])' evidence explain "$work/bundle.eat"
# One character of the report, within the bundle.
size=$(stat -c %s "$work/bundle.eat")
{ head -c $((size - 100)) "$work/bundle.eat"; printf z; tail -c 99 "$work/bundle.eat"; } >"$work/altered.eat"
json 1 '.verdict == "refused" and .reason.name == "submodule_digest" and .submodules == null' evidence verify "$work/altered.eat" --chip "$chip" "${report[@]}"
head -c $((size - 1)) "$work/bundle.eat" >"$work/short.eat"
json 1 '.reason.name == "cbor_truncated"' evidence verify "$work/short.eat" --chip "$chip"
json 1 '.verdict == "refused"' evidence verify "$work/bundle.eat" --chip "$chip" --kind token
# What is no submodule.
json 3 '.error.name == "submodule_nested"' "${attest[@]}" --submodule inner="$work/bundle.eat" --out "$work/no.eat"
json 3 '.error.name == "submodule_name"' "${attest[@]}" --submodule gpu=$h100/report.hex --submodule gpu=$h100/report.hex --out "$work/no.eat"
json 3 '.error.name == "submodule_kind"' "${attest[@]}" --submodule gpu=$h100/chain.pem --out "$work/no.eat"
json 2 '.error.name == "usage_wrong"' "${attest[@]}" --submodule gpu --out "$work/no.eat"
json 3 '.error.name == "gov_operation"' "${attest[@]}" --tpm-submodule tpm --out "$work/no.eat"
if [ -n "$keep" ]; then
  mkdir -p "$keep"
  cp "$work/alone.eat" "$work/bundle.eat" "$work/chip.pem" "$keep/"
fi

if ! command -v swtpm >/dev/null || ! command -v swtpm_setup >/dev/null; then
  finish "tpm: swtpm is not installed"
  exit
fi
# The TPM's statements about an attestation of their own, for the nonce of this submodule. Without an enrolment nobody knows
# which TPM it is (tpm_port.sh has one).
mkdir "$work/tpm"
swtpm_setup --tpm2 --tpmstate "$work/tpm" --pcr-banks sha256 >/dev/null 2>&1 || { failed=1; echo "swtpm_setup failed"; finish; exit; }
spawn tpm swtpm socket --tpm2 --tpmstate "dir=$work/tpm" --server "type=unixio,path=$work/t.sock" \
  --ctrl "type=unixio,path=$work/t.sock.ctrl" --flags not-need-init,startup-clear
wait_for test -S "$work/t.sock.ctrl"
spawn governor2 daymark --clock-file "$work/clock" governor run --dir "$work/g2" --socket "$work/g2.sock" --maker "$work/keys/maker.pub" --tpm "swtpm:path=$work/t.sock"
wait_for test -S "$work/g2.sock"
json 0 '.bytes > 6000' chip attest --governor "$work/g2.sock" --nonce "$nonce" --tpm-submodule tpm --submodule nvidia-gpu-0=$h100/report.hex --out "$work/both.eat"
chip=$(daymark evidence explain "$work/both.eat" --json | jq -r '.fields[] | select(.name == "chip") | .value')
json 1 '.verdict == "undecided" and ([.submodules[].kind] == ["tpm-attested", "nvidia-spdm"]) and
  .submodules[0].reason.name == "tpm_not_enrolled" and .submodules[0].level == "L1" and .submodules[1].verdict == "genuine" and
  (.submodules[0].facts[] | select(.name == "question") | .value == "the attestation'"'"'s")' \
  evidence verify "$work/both.eat" --chip "$chip" "${report[@]}" --nonce "$nonce" --submodule-nonce nvidia-gpu-0="$own"
finish
