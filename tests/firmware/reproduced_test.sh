#!/bin/bash
# The image is the same whoever builds it wherever: in the tree, in another folder by another user without compiler cache, and by
# `daymark firmware verify`, which notices one changed bit. Usage: reproduced_test.sh SOURCE_DIR DAYMARK
# Exit 77 (skipped) where the image was not built.
set -euo pipefail
cd "$1"
daymark=$2
image=build/firmware/rv64/governor.bin
[ -f $image ] || { echo "firmware_reproduced: skipped, no image was built (script/bootstrap firmware)"; exit 77; }
fail() { echo "firmware_reproduced: $*"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Another folder, and another user where this one may become one.
elsewhere=$work/another/folder
mkdir -p "$elsewhere/sodium"
cp -r src firmware script "$elsewhere"
cp -r "$(readlink -f "${DAYMARK_LIBSODIUM:-build/libsodium}")/src" "$elsewhere/sodium"
as_other=()
if [ "$(id -u)" = 0 ]; then
  chmod 755 "$work" && chown -R 65534:65534 "$elsewhere"
  as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
(cd "$elsewhere" && "${as_other[@]}" env -i PATH="$PATH" HOME=/nonexistent LANG=de_DE.UTF-8 TZ=Asia/Tokyo CCACHE_DISABLE=1 \
  DAYMARK_LIBSODIUM="$elsewhere/sodium" script/firmware rv64) || fail "the image can't be built elsewhere"
for part in governor first_stage; do
  cmp "$elsewhere/${image%/*}/$part.bin" ${image%/*}/$part.bin || fail "another folder and user gave another $part"
done

# One build judges both: the flipped image is noticed, and what was built is the tree's own.
cp $image "$work/flipped"
printf '\xff' | dd of="$work/flipped" bs=1 seek=4096 conv=notrunc status=none
status=0
verdict=$("$daymark" firmware verify "$work/flipped" --source . --json 2>/dev/null) || status=$?
[ $status = 1 ] || fail "a changed image ends with $status"
[ "$(jq -r .reproduced <<<"$verdict")" = false ] || fail "a changed image is called reproduced"
[ "$(jq -r .built_digest <<<"$verdict")" = "$(sha256sum <$image | cut -d' ' -f1)" ] || fail "verify built another image"
status=0
"$daymark" firmware verify "$work/flipped" --source "$work" >/dev/null 2>&1 || status=$?
[ $status -ge 2 ] || fail "a folder without sources ends with $status"
echo "firmware_reproduced: the same $(stat -c %s $image) bytes from two folders and users"
