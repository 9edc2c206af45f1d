#!/usr/bin/env bash
# Parties whose signing keys never leave a token: owner and one regulator on SoftHSM, a real authority, one chip.
#   token_keys.sh SOURCE_DIR PROGRAM_DIR
set -uo pipefail
cd "$1"
PATH=$2:$PATH
. tests/program/checks.sh
module=$(ls /usr/lib/softhsm/libsofthsm2.so /usr/lib64/softhsm/libsofthsm2.so 2>/dev/null | head -1)
if [ -z "$module" ] || ! command -v softhsm2-util >/dev/null; then
  finish "token_keys: softhsm2 is not installed"
  exit
fi
work=$(mktemp -d)
out=$work
. script/demo-parts.sh
trap stop_all EXIT
set_clock 2026-03-01T00:00:00Z

# Two tokens; the keys are made elsewhere and imported, so that a second implementation can say what they are.
export SOFTHSM2_CONF=$work/softhsm2.conf
mkdir "$work/tokens"
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$work" >"$SOFTHSM2_CONF"
(umask 077 && echo 4321 >"$work/pin" && echo 1111 >"$work/wrong-pin")
cp "$work/pin" "$work/open-pin" && chmod 644 "$work/open-pin"
for party in owner regulator-a; do
  softhsm2-util --init-token --free --label "$party" --so-pin 12345678 --pin 4321 >/dev/null
  openssl genpkey -algorithm ed25519 -out "$work/$party.pem"
  softhsm2-util --import "$work/$party.pem" --token "$party" --label signing --id 01 --pin 4321 >/dev/null
done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/other.pem"
softhsm2-util --import "$work/other.pem" --token owner --label other --id 02 --pin 4321 >/dev/null
uri() { echo "pkcs11:token=$1;object=${2:-signing}?module-path=$module&pin-source=${3:-$work/pin}"; }

make_keys
for party in owner regulator-a; do
  rm "$work/keys/$party.key" "$work/keys/$party.pub"
  known=$(openssl pkey -in "$work/$party.pem" -pubout -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \n')
  json 0 ".sign == \"$known\"" keygen "$party" --token "$(uri "$party")" --out "$work/keys"
done
json 3 '.error.name == "file_exists"' keygen owner --token "$(uri owner)" --out "$work/keys"
json 2 '.error.name == "usage_wrong"' keygen none --token "$work/pin" --out "$work/none"
json 3 '.error.name == "token_pin_wrong"' keygen none --token "$(uri owner signing "$work/wrong-pin")" --out "$work/none"
json 3 '.error.name == "secret_exposed"' keygen none --token "$(uri owner signing "$work/open-pin")" --out "$work/none"
json 3 '.error.name == "file_not_opened"' keygen none --token "$(uri owner signing "$work/no-pin")" --out "$work/none"
json 3 '.error.name == "token_missing"' keygen none --token "$(uri nobody)" --out "$work/none"
json 3 '.error.name == "token_key_missing"' keygen none --token "$(uri owner nothing)" --out "$work/none"
json 3 '.error.name == "token_key_type"' keygen none --token "$(uri owner other)" --out "$work/none"
json 3 '.error.name == "token_module_missing"' keygen none --token "pkcs11:token=owner;object=signing?module-path=$work/no.so&pin-source=$work/pin" --out "$work/none"
json 3 '.error.name == "token_pin_exposed"' keygen none --token "$(uri owner)&pin-value=4321" --out "$work/none"
grep -q 4321 "$work/answer" "$work/err" && { failed=$((failed + 1)); echo "the answer repeats the PIN"; }
json 3 '.error.name == "token_pin_missing"' keygen none --token "pkcs11:token=owner;object=signing?module-path=$module" --out "$work/none"
DAYMARK_TOKEN_PIN=4321 json 0 '.sign' keygen by-environment --token "pkcs11:token=owner;object=signing?module-path=$module" --out "$work/none"

# A fleet under that charter: enrolment, a suspension, its appeal, an emergency grant, a monitor.
make_charter >/dev/null
start_witnesses
start_authority
spawn governor1 daymark --clock-file "$work/clock" governor run --dir "$work/g1" --socket "$work/g1.sock" --maker "$work/keys/maker.pub"
wait_for test -S "$work/g1.sock"
as operator json 0 '.enrolled' chip enroll --governor "$work/g1.sock" --authority "$authority" --maker-key "$work/keys/maker.key" \
  --owner-key "$(uri owner)" --key "$(uri owner)" --key "$work/keys/authority.key"
chip=$(jq -r .chip "$work/answer")
as signer json 0 '.order' order draft suspend --authority "$authority" --chip "$chip" --reason review --for 12h --out "$work/s.order"
json 3 '.error.name == "order_signer_unknown"' order sign "$work/s.order" --key "$work/keys/jurong.key" --authority "$authority"
json 3 '.error.name == "token_pin_wrong"' order sign "$work/s.order" --key "$(uri owner signing "$work/wrong-pin")" --authority "$authority"
json 0 '.signatures == 2' order sign "$work/s.order" --key "$(uri owner)" --key "$(uri regulator-a)" --authority "$authority"
json 3 '.error.name == "order_signer_duplicate"' order sign "$work/s.order" --key "$(uri owner)" --authority "$authority"
as signer json 0 '.logged_at' order submit "$work/s.order" --authority "$authority"
as signer json 0 '.term' order appeal "$(jq -r .hash "$work/answer")" --authority "$authority" --key "$(uri owner)" --text "signed on a token"
# A chip without any licence grants nothing, but looks at the signature first.
json 3 '.error.name == "emergency_signer"' chip emergency --governor "$work/g1.sock" --key "$(uri regulator-a)" --for 1h --text "rehearsal"
json 3 '.error.name == "gov_no_licence"' chip emergency --governor "$work/g1.sock" --key "$(uri owner)" --for 1h --text "rehearsal"
json 1 '.alarms | length > 0' log monitor --once --charter "$work/fleet.charter" --key "$work/keys/owner.open" --dir "$work/watch" \
  --log-url "$authority" --chip "$chip"
finish
