#!/usr/bin/env bash
# That a kernel which is compiled for special instructions defines no function that other code could
# be linked to: linkage_test.sh NM ARCHIVE
set -euo pipefail
symbols=$("$1" -A --defined-only "$2" | grep -E 'kernel_(avx2|ifma)\.cc' || true)
[ -n "$symbols" ] || { echo "0 passed, 0 failed: this build has no such kernel"; exit 0; }
if grep -E ' [TWwi] ' <<<"$symbols"; then exit 1; fi
echo "$(wc -l <<<"$symbols") passed, 0 failed"
