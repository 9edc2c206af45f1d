#!/bin/bash
# libdaymark-verify as others use it: from Python over ctypes, from C; it exports six functions and can open no socket.
#   test.sh SOURCE_DIR LIBRARY
set -euo pipefail
cd "$1"
library=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "capi: $*"; exit 1; }
h100=data/evidence/nvidia/h100-550.90.07
then=$(($(date -d 2025-08-21T12:00:00Z +%s) * 1000))
ask() { # STATUS FILTER ARGUMENT…
  local want=$1 filter=$2 got=0
  shift 2
  python3 capi/verify.py "$library" "$@" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || { cat "$work/out" "$work/err"; fail "$*: $got, expected $want"; }
  [ "$filter" = none ] || jq -e "$filter" "$work/out" >/dev/null || { cat "$work/out"; fail "$*: not $filter"; }
}

ask 0 '.verdict == "genuine" and .level == "L3"' evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then"
ask 0 '.comparison.matched == 33' evidence $h100/report.hex --chain $h100/chain.pem --rim $h100/rim-driver.xml --rim $h100/rim-vbios.xml --as-of "$then"
ask 1 '.verdict == "refused"' evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then" --nonce "$(printf '00%.0s' {1..32})"
ask 1 '.verdict == "refused"' evidence capi/verify.py --as-of "$then"
ask 3 none evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then" --nonce 00
printf '{"drivers": ["1.2.3"]}' >"$work/policy.json"
ask 1 '.reason.name == "policy_driver"' evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then" --policy "$work/policy.json"
printf '{"drivers": ["550.90.07"]}' >"$work/policy.json"
ask 0 '.allowed.finding == "held"' evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then" --policy "$work/policy.json"
printf '{"drivers": 7}' >"$work/wrong.json"
ask 3 none evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then" --policy "$work/wrong.json"
answers=(--ocsp $h100/ocsp/gpu_certificate_l2.b64 --ocsp $h100/ocsp/gpu_certificate_l3.b64 --ocsp $h100/ocsp/gpu_certificate_l4.b64)
ask 0 '[.revocation[].status] == ["good", "good", "good"]' evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then" "${answers[@]}"
ask 2 '[.revocation[].reason] | all(. == "ocsp_nonce")' evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then" "${answers[@]}" --ocsp-nonce 0011
ask 3 none evidence $h100/report.hex --chain $h100/chain.pem --as-of "$then" --ocsp capi/verify.py
governor=tests/vectors/evidence/governor
ask 0 '.kind == "governor" and .level == "L1"' evidence $governor/alone.eat --key $governor/chip.pem --as-of "$then"
ask 0 '.submodules[0].level == "L3"' evidence $governor/bundle.eat --key $governor/chip.pem --chain $h100/chain.pem --as-of "$then"
ask 1 '.submodules[0].reason.name == "evidence_nonce"' evidence $governor/bundle.eat --key $governor/chip.pem --chain $h100/chain.pem --as-of "$then" \
  --nonce "$(printf '%064d' 7)"
ask 2 '.reason.name == "governor_unnamed"' evidence $governor/alone.eat --as-of "$then"
ask 3 none evidence $governor/alone.eat --key tests/vectors/oms/keys/signing-key-pub.pem --as-of "$then"
tpm=tests/vectors/evidence/tpm-foreign/trustee
ask 0 '.kind == "tpm-quote" and .level == "L1"' tpm $tpm/tpm-quote-v1.json --key $tpm/hcl-report.bin --nonce 6368616c6c656e6765 --as-of "$then"
ask 1 '.reason.name == "quote_nonce"' tpm $tpm/tpm-quote-v1.json --key $tpm/hcl-report.bin --nonce 00 --as-of "$then"
ask 2 '.reason.name == "ak_unshown"' tpm $tpm/tpm_evidence.json --as-of "$then"
printf '{"tpm_firmware": ["0000000000000000"]}' >"$work/policy.json"
ask 1 '.reason.name == "policy_tpm_firmware"' tpm $tpm/tpm-quote-v1.json --key $tpm/hcl-report.bin --policy "$work/policy.json" --as-of "$then"
ask 1 ".verdict == \"refused\"" tpm capi/verify.py --as-of "$then"
oms=tests/vectors/oms
keyed=(model $oms/v1.1.0-elliptic-key --bundle $oms/v1.1.0-elliptic-key/model.sig --as-of "$then")
ask 0 '.verdict == "genuine" and .files == 2' "${keyed[@]}" --key $oms/keys/signing-key-pub.pem
ask 3 none "${keyed[@]}"
cp -r $oms/v1.1.0-elliptic-key "$work/model"
printf x >>"$work/model/signme-1"
ask 1 '.reason == "model_changed" and .file == "signme-1"' model "$work/model" --bundle "$work/model/model.sig" --key $oms/keys/signing-key-pub.pem
rm "$work/model/signme-1"
ask 1 '.reason == "model_missing"' model "$work/model" --bundle "$work/model/model.sig" --key $oms/keys/signing-key-pub.pem
named=(model $oms/v1.1.0-sigstore --bundle $oms/v1.1.0-sigstore/model.sig --trust-root $oms/keys/sigstore-trusted-root.json)
ask 0 '[.proof[] | select(.finding == "held") | .question] | contains(["log entry", "timestamp", "certificate log"])' "${named[@]}" \
  --identity stefanb@us.ibm.com --issuer https://sigstore.verify.ibm.com/oauth2
ask 2 '.reason == "sigstore_identity_unasked"' "${named[@]}"
ask 1 '.reason == "sigstore_identity"' "${named[@]}" --identity eve@example.org --issuer https://sigstore.verify.ibm.com/oauth2
fingerprint=$(cat examples/bundles/fingerprint.txt)
ask 0 '.verdict == "verified"' bundle examples/bundles/chip-2.bundle --trust "$fingerprint"
ask 2 '.verdict == "consistent"' bundle examples/bundles/chip-2.bundle
ask 1 '.verdict == "refused"' bundle examples/bundles/chip-2.bundle --trust "$(printf '00%.0s' {1..32})"
head -c 3000 examples/bundles/chip-2.bundle >"$work/cut"
ask 1 '.verdict == "refused"' bundle "$work/cut" --trust "$fingerprint"

# A plain C program; misuse is answered, never a crash.
cat >"$work/use.c" <<'C'
#include <stdio.h>
#include "daymark_verify.h"
int main(void) {
  char *json = NULL;
  struct daymark_evidence_request ask = {sizeof ask};
  struct daymark_bytes broken = {NULL, 5};
  int wrong = daymark_verify_evidence(NULL, &json) != DAYMARK_MISUSE || daymark_verify_bundle(broken, NULL, &json) != DAYMARK_MISUSE ||
              daymark_verify_evidence(&ask, NULL) != DAYMARK_MISUSE;
  ask.reference_count = 3;
  wrong |= daymark_verify_evidence(&ask, &json) != DAYMARK_MISUSE;
  ask.reference_count = 0;
  ask.struct_size = 8;
  wrong |= daymark_verify_evidence(&ask, &json) != DAYMARK_MISUSE;
  /* A caller of the first form: it knows nothing of what came later. */
  ask.struct_size = offsetof(struct daymark_evidence_request, answers);
  wrong |= daymark_verify_evidence(&ask, &json) != DAYMARK_REFUSED;
  daymark_free(json);
  struct daymark_tpm_request tpm = {sizeof tpm};
  tpm.activation = broken;
  wrong |= daymark_verify_tpm(&tpm, &json) != DAYMARK_MISUSE || daymark_verify_tpm(NULL, &json) != DAYMARK_MISUSE;
  struct daymark_model_request model = {sizeof model};
  wrong |= daymark_verify_model(&model, &json) != DAYMARK_MISUSE || daymark_verify_model(NULL, &json) != DAYMARK_MISUSE;
  puts(daymark_version());
  return wrong;
}
C
cc -std=c99 -Wall -Wextra -Wno-missing-field-initializers -pedantic -Werror -I capi "$work/use.c" "$library" -Wl,-rpath,"${library%/*}" -o "$work/use"
"$work/use" >/dev/null || fail "misuse is not answered as such"

exported=$(nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }' | sed 's/@.*//' | sort | tr '\n' ' ')
[ "$exported" = "daymark_free daymark_verify_bundle daymark_verify_evidence daymark_verify_model daymark_verify_tpm daymark_version " ] || fail "exports $exported"
! nm -D --undefined-only "$library" | grep -wE 'socket|connect|bind|listen|accept|getaddrinfo|sqlite3_[a-z0-9_]+|SSL_[A-Za-z_]+' || fail "it can reach a network or a database"
echo "capi: verdicts, misuse, exports: as stated"
