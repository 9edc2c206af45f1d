#!/usr/bin/env bash
# The verdicts of script/bench's table: rates and ratios are met at or above their goal, all else at or below it.
# Usage: table_test.sh SOURCE-FOLDER
set -euo pipefail
failed=0
check() { # UNIT VALUE VERDICT : against a goal of 10
  local figure="{\"what\":\"a figure\",\"unit\":\"$1\",\"value\":$2,\"goal\":10,\"samples\":1,\"command\":\"bench\"}" row
  row=$(jq -r -f "$source/script/bench-table.jq" <<<"{\"cpu\":\"x\",\"cores\":1,\"load\":\"0\",\"time\":\"t\",\"quick\":false,\"figures\":[$figure]}" | tail -n 1)
  grep -qw "$3" <<<"$row" || { echo "table: $2 $1 for a goal of 10 should be $3: $row" >&2; failed=1; }
}
source=$1
for unit in "1/s" "1/s a core" ratio; do
  check "$unit" 9 missed
  check "$unit" 10 met
  check "$unit" 11 met
done
for unit in ms us MiB km; do
  check "$unit" 9 met
  check "$unit" 10 met
  check "$unit" 11 missed
done
exit $failed
