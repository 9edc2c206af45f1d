#!/bin/bash
# A chip in QEMU states its image, its maker certifies the identity behind, and OpenSSL agrees; an image that no order approved is not
# put in, and a chip's folder starts with no other image than it was made with. Usage: identity_test.sh SOURCE_DIR DAYMARK
# Exit 77 (skipped) where the image was not built or QEMU is missing.
set -euo pipefail
image=$1/build/firmware/rv64/governor.bin
daymark=$2
if [ ! -f "$image" ] || ! command -v qemu-system-riscv64 >/dev/null; then
  echo "firmware_identity: skipped, no image or no QEMU (script/bootstrap firmware)"
  exit 77
fi
fail() { echo "firmware_identity: $*"; exit 1; }
work=$(mktemp -d)
governor=
stop() { [ -z "$governor" ] || { kill "$governor" 2>/dev/null || true; wait "$governor" || true; }; governor=; }
trap 'stop; rm -rf "$work"' EXIT
cd "$work"
start() { # IMAGE
  : >governor.log # of the start before, which the new one may not have emptied yet when it is read
  "$daymark" governor run --firmware "$1" --dir chip --socket g.sock --maker maker.pub >governor.log 2>&1 &
  governor=$!
  for _ in $(seq 300); do
    ! grep -q '^governor: chip' governor.log || return 0
    kill -0 "$governor" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}
expect() { # STATUS COMMAND…
  local want=$1 got=0
  shift
  "$daymark" "$@" >out 2>err || got=$?
  [ "$got" = "$want" ] || { cat out err; fail "daymark $*: exit $got, expected $want"; }
}

expect 0 keygen maker --out .
expect 0 keygen stranger --out .
start "$image" || { cat governor.log; fail "the chip does not start"; }
expect 0 maker ca --key maker.key --out ca.pem --name "Example Chips"
expect 0 maker ca --key stranger.key --out stranger.pem
expect 0 maker certify --key maker.key --ca ca.pem --governor g.sock --out chip.pem
expect 3 maker certify --key stranger.key --ca ca.pem --governor g.sock --out no.pem
[ ! -e no.pem ] || fail "a stranger's certificate was written"
expect 3 firmware identify --governor g.sock
expect 0 firmware identify --governor g.sock --chain chip.pem --root ca.pem --json
[ "$(jq -r .image out)" = "$(sha256sum <"$image" | cut -d' ' -f1)" ] || fail "the chip states another image"
[ "$(jq -r .first_stage out)" = "$(sha256sum <"${image%/*}/first_stage.bin" | cut -d' ' -f1)" ] || fail "another first stage"
[ "$(jq -r .maker out)" = shown ] || fail "the maker's word does not count"
before=$(jq -r .identity,.image_key,.chip out)
expect 1 firmware identify --governor g.sock --chain chip.pem --root stranger.pem
openssl verify -CAfile ca.pem chip.pem >/dev/null || fail "OpenSSL does not follow the chain"
expect 3 firmware install "$image" --governor g.sock
grep -q 'No approved image' err || fail "refused for another reason: $(cat err)"

stop
start "$image" || fail "the chip does not start again"
expect 0 firmware identify --governor g.sock --chain chip.pem --root ca.pem --json
[ "$(jq -r .identity,.image_key,.chip out)" = "$before" ] || fail "keys changed with the power"
stop
cp "$image" other.bin
printf '\0' >>other.bin
if start "$PWD/other.bin"; then fail "the folder starts with another image"; fi
grep -q 'images change by order' governor.log || fail "refused for another reason: $(cat governor.log)"
echo "firmware_identity: certified, the same after a restart, no image beside orders"
