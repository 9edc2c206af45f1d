#!/usr/bin/env bash
# Checks renewal.pml with spin: what must hold, and that what must not hold is noticed. check.sh [WORK_FOLDER]
set -euo pipefail
model=$(cd "$(dirname "$0")" && pwd)/renewal.pml
work=${1:-$(mktemp -d)}
mkdir -p "$work" && cd "$work"
command -v spin >/dev/null || { echo "model: skipped, spin is not installed"; exit 77; }
failed=0

errors() { # CLAIM OPTION… : how many errors spin finds, of a search that came to its end
  local claim=$1 report
  shift
  rm -f pan pan.* ./*.trail errors states
  spin -a "$@" "$model" >spin.log || { cat spin.log >&2; exit 3; }
  gcc -O1 -w -o pan pan.c
  report=$(./pan -a -f -m2000000 -N "$claim")
  if grep -qE 'max search depth too small|out of memory' <<<"$report"; then echo unfinished >errors; return; fi
  grep -oE '[0-9]+ states, stored' <<<"$report" >states
  sed -n 's/.*errors: \([0-9]*\)$/\1/p' <<<"$report" >errors
}
expect() { # none|some CLAIM OPTION…
  local wanted=$1 found
  shift
  errors "$@"
  found=$(cat errors)
  if { [ "$wanted" = none ] && [ "$found" = 0 ]; } || { [ "$wanted" = some ] && [ "$found" != 0 ]; }; then
    echo "ok: $* ($(cat states), $found errors)"
  else
    echo "FAILED: $*: $found errors, expected $wanted"
    failed=$((failed + 1))
  fi
}

# Each adversity costs at most three ticks: a chip never lapses with validity + grace >= renewal + 3 + 3 * adversity.
expect none never_lapses -DVALIDITY=5 -DADVERSITY=0
expect none never_lapses -DVALIDITY=8 -DADVERSITY=1
expect none never_lapses -DVALIDITY=11 -DADVERSITY=2
expect none renews -DVALIDITY=8 -DADVERSITY=1
expect none renews -DVALIDITY=11 -DADVERSITY=2
# With one tick less, or with more adversity, it does: the bound is no accident of the model.
expect some never_lapses -DVALIDITY=4 -DADVERSITY=0
expect some never_lapses -DVALIDITY=7 -DADVERSITY=1
expect some never_lapses -DVALIDITY=9 -DADVERSITY=2
expect some never_lapses -DVALIDITY=8 -DADVERSITY=1 -DRENEWAL=4
# Planted faults.
expect some never_lapses -DVALIDITY=8 -DADVERSITY=1 -DFAULT_ANY_LEAF
expect some never_lapses -DVALIDITY=8 -DADVERSITY=1 -DFAULT_EARLIER_REQUEST
expect some renews -DVALIDITY=8 -DADVERSITY=1 -DFAULT_POSTED_ONCE
expect some never_lapses -DVALIDITY=11 -DADVERSITY=2 -DRENEWAL=3 -DFAULT_WAIT_AFTER_REFUSAL
[ $failed = 0 ]
