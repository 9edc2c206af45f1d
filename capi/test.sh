#!/bin/bash
# libdaymark-verify as others use it: from Python over ctypes, from C; it exports four functions and can open no socket.
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
  puts(daymark_version());
  return wrong;
}
C
cc -std=c99 -Wall -Wextra -Wno-missing-field-initializers -pedantic -Werror -I capi "$work/use.c" "$library" -Wl,-rpath,"${library%/*}" -o "$work/use"
"$work/use" >/dev/null || fail "misuse is not answered as such"

exported=$(nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }' | sed 's/@.*//' | sort | tr '\n' ' ')
[ "$exported" = "daymark_free daymark_verify_bundle daymark_verify_evidence daymark_version " ] || fail "exports $exported"
! nm -D --undefined-only "$library" | grep -wE 'socket|connect|bind|listen|accept|getaddrinfo|sqlite3_[a-z0-9_]+|SSL_[A-Za-z_]+' || fail "it can reach a network or a database"
echo "capi: verdicts, misuse, exports: as stated"
