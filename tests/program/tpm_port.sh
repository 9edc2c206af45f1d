#!/usr/bin/env bash
# One chip whose governor rests on a TPM (swtpm, started here): enrolment with its record, level, restored state.
#   tpm_port.sh SOURCE_DIR PROGRAM_DIR [KEEP_DIR]: KEEP_DIR gets what was made, as vectors for tests
set -uo pipefail
cd "$1"
PATH=$2:$PATH
. tests/program/checks.sh
keep=${3:-}
if ! command -v swtpm >/dev/null || ! command -v swtpm_setup >/dev/null; then
  finish "tpm: swtpm is not installed"
  exit
fi
work=$(mktemp -d)
out=$work
. script/demo-parts.sh
trap stop_all EXIT
set_clock 2026-12-01T00:00:00Z

says() { # TEXT FILE
  if grep -q "$1" "$2"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "no '$1' in: $(head -c 300 "$2")"
  fi
}

# Two TPMs with certificates of one authority.
mkdir "$work/ca" "$work/tpm1" "$work/tpm2"
printf 'statedir = %s\nsigningkey = %s/key.pem\nissuercert = %s/issuer.pem\ncertserial = %s/serial\n' "$work/ca" "$work/ca" "$work/ca" "$work/ca" >"$work/ca.conf"
printf -- '--platform-manufacturer Test\n--platform-version 1\n--platform-model Test\n' >"$work/ca.options"
printf 'create_certs_tool = %s\ncreate_certs_tool_config = %s/ca.conf\ncreate_certs_tool_options = %s/ca.options\nactive_pcr_banks = sha256\n' \
  "$(command -v swtpm_localca)" "$work" "$work" >"$work/setup.conf"
for i in 1 2; do
  swtpm_setup --tpm2 --tpmstate "$work/tpm$i" --config "$work/setup.conf" --create-ek-cert --pcr-banks sha256 >/dev/null 2>&1 || { failed=1; echo "swtpm_setup failed"; finish; exit; }
  spawn "tpm$i" swtpm socket --tpm2 --tpmstate "dir=$work/tpm$i" --server "type=unixio,path=$work/t$i.sock" \
    --ctrl "type=unixio,path=$work/t$i.sock.ctrl" --flags not-need-init,startup-clear
  wait_for test -S "$work/t$i.sock.ctrl"
done
cat "$work/ca/issuer.pem" "$work/ca/swtpm-localca-rootca-cert.pem" >"$work/authorities.pem"

make_keys
make_charter >/dev/null
start_witnesses
start_authority
start_governor() {
  spawn governor1 daymark --clock-file "$work/clock" governor run --dir "$work/g1" --socket "$work/g1.sock" --maker "$work/keys/maker.pub" --tpm "swtpm:path=$work/t1.sock"
  wait_for test -S "$work/g1.sock"
}
stop_governor() {
  kill "${pid_of[governor1]}"
  wait "${pid_of[governor1]}" 2>/dev/null
  unset "pid_of[governor1]"
  rm -f "$work/g1.sock"
}
judged=(--tpm-document "$work/chip.tpm-enrolment" --maker "$work/keys/maker.pub")
nonce=$(printf '%064d' 7)

enrol=(chip enroll --governor "$work/g1.sock" --authority "$authority" --maker-key "$work/keys/maker.key" --owner-key "$work/keys/owner.key" --key "$work/keys/owner.key")
start_governor
wait_for grep -q governor: "$work/governor1.log"
says 'software TPM of id:00001014 swtpm' "$work/governor1.log"
# One key is no quorum; the chip has saved a nonce by then. Its folder as it is now is put back later.
as operator json 3 '.error.name == "authority_refused"' "${enrol[@]}"
stop_governor
cp -a "$work/g1" "$work/g1-then"
start_governor
as operator json 0 '.enrolled' "${enrol[@]}" --key "$work/keys/authority.key" --tpm-document "$work/chip.tpm-enrolment"
json 0 '.level == "L1"' status --governor "$work/g1.sock"
json 0 '.level == "L2" and .evidence.tpm.software' status --governor "$work/g1.sock" "${judged[@]}" --tpm-authorities "$work/authorities.pem"
daymark --clock-file "$work/clock" status --governor "$work/g1.sock" "${judged[@]}" >"$work/text"
says 'level: L2, bound to software TPM' "$work/text"
json 0 ".nonce == \"$nonce\"" chip attest --governor "$work/g1.sock" --nonce "$nonce" --out "$work/chip.attested"
json 0 '.level == "L2" and .tpm.name == "software TPM of id:00001014 swtpm"' verify tpm "$work/chip.attested" "${judged[@]}" --nonce "$nonce" --tpm-authorities "$work/authorities.pem"
json 1 '.reason == "gov_nonce" and .level == "L0"' verify tpm "$work/chip.attested" "${judged[@]}" --nonce "${nonce/7/8}"
json 1 '.reason == "tpm_maker"' verify tpm "$work/chip.attested" --tpm-document "$work/chip.tpm-enrolment" --maker "$work/keys/owner.pub"
json 3 '.reason == "tpm_not_enrolled" and .level == "L0"' verify tpm "$work/chip.attested"

# The TPM's statements as a submodule of the chip's own attestation.
json 0 ".nonce == \"$nonce\"" chip attest --governor "$work/g1.sock" --nonce "$nonce" --tpm-submodule tpm --out "$work/chip.eat"
named=(evidence verify "$work/chip.eat" --enrolment "$work/chip.tpm-enrolment" --maker "$work/keys/maker.pub" --as-of 2026-12-02T00:00:00Z)
json 0 '.level == "L1" and .submodules[0].level == "L2" and .submodules[0].reason.name == "tpm_bound"' "${named[@]}" --authorities "$work/authorities.pem" --nonce "$nonce"
json 1 '.reason.name == "gov_nonce"' "${named[@]}" --nonce "${nonce/7/8}"
json 1 '.reason.name == "tpm_maker"' "${named[@]:0:5}" --maker "$work/keys/owner.pub"

# A state folder that is put back, another TPM, no TPM: each is refused.
stop_governor
run=(governor run --dir "$work/g1" --socket "$work/g1.sock" --maker "$work/keys/maker.pub")
json 3 '.error.name == "tpm_unsealed_not"' "${run[@]}" --tpm "swtpm:path=$work/t2.sock"
json 3 '.error.name == "agent_key_kept"' "${run[@]}"
json 3 '.error.name == "tpm_tcti"' "${run[@]}" --tpm libother.so
mv "$work/g1" "$work/g1-now" && mv "$work/g1-then" "$work/g1"
json 3 '.error.name == "gov_rolled_back"' "${run[@]}" --tpm "swtpm:path=$work/t1.sock"
mv "$work/g1" "$work/g1-then" && mv "$work/g1-now" "$work/g1"
start_governor
json 0 '.level == "L2"' status --governor "$work/g1.sock" "${judged[@]}"
if [ -n "$keep" ]; then
  mkdir -p "$keep"
  cp "$work/chip.attested" "$work/chip.tpm-enrolment" "$work/authorities.pem" "$work/keys/maker.pub" "$keep/"
fi
finish
